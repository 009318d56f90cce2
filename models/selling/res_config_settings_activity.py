from odoo import fields, models

from ..base.optional_number import OptionalFloat


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    activity_shared = fields.Boolean(related="company_id.activity_shared", readonly=False)
    sales_race_off = fields.Boolean(related="company_id.sales_race_off", readonly=False)
    response_hours = OptionalFloat(related="company_id.response_hours", readonly=False)
