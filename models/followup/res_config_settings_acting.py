from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    hot_notice = fields.Boolean(related="company_id.hot_notice", readonly=False)
    hot_activity_type_id = fields.Many2one(
        related="company_id.hot_activity_type_id", readonly=False
    )
    hot_quiet_from = fields.Float(related="company_id.hot_quiet_from", readonly=False)
    hot_quiet_to = fields.Float(related="company_id.hot_quiet_to", readonly=False)
    hot_quiet_weekend = fields.Boolean(related="company_id.hot_quiet_weekend", readonly=False)
    hot_daily_cap = fields.Integer(related="company_id.hot_daily_cap", readonly=False)
    hot_repeat_days = fields.Integer(related="company_id.hot_repeat_days", readonly=False)
    followup_reminder = fields.Boolean(related="company_id.followup_reminder", readonly=False)
    followup_summary = fields.Boolean(related="company_id.followup_summary", readonly=False)
