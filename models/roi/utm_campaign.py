from odoo import models


class UtmCampaign(models.Model):
    _name = "utm.campaign"
    _inherit = ["utm.campaign", "crm.roi.channel.mixin", "crm.roi.cost.dimension.mixin"]
