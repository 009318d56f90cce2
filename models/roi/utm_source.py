from odoo import models


class UtmSource(models.Model):
    _name = "utm.source"
    _inherit = [
        "utm.source", "crm.kpi.dimension.mixin", "crm.roi.channel.mixin",
        "crm.roi.cost.dimension.mixin",
    ]
