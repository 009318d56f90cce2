from odoo import models


class UtmSourceMixin(models.AbstractModel):
    """Mailings, and what else has a source of its own, know what they cost and brought."""

    _name = "utm.source.mixin"
    _inherit = ["utm.source.mixin", "crm.roi.source.figures"]
