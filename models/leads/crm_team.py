from odoo import models


class CrmTeam(models.Model):
    _name = "crm.team"
    _inherit = ["crm.team", "crm.kpi.dimension.mixin", "crm.roi.cost.dimension.mixin"]
