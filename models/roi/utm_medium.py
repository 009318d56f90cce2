from odoo import models


class UtmMedium(models.Model):
    _name = "utm.medium"
    _inherit = ["utm.medium", "crm.roi.channel.mixin", "crm.roi.cost.dimension.mixin"]
