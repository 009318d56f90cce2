from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    customer_basis = fields.Selection(related="company_id.customer_basis", readonly=False)
    customer_lapse_days = fields.Integer(related="company_id.customer_lapse_days", readonly=False)
    customer_tier_method = fields.Selection(
        related="company_id.customer_tier_method", readonly=False
    )
    customer_tier_slack = fields.Float(related="company_id.customer_tier_slack", readonly=False)
    priority_rules_active = fields.Boolean(
        "Start With Ready-Made Priority Rules", config_parameter="crm_roi.priority_rules_active",
        help="When a ticket app is installed, its ready-made priority rules are switched on at "
             "once. Otherwise somebody has to switch them on.",
    )

    def action_run_customer_nightly(self):
        """Compute the figures of customers now, as their own scheduled job (one at a time).

        :return: True, or the client action that shows why it failed
        """
        cron = self.env.ref("crm_roi.ir_cron_customer_nightly")
        cron.check_access("write")
        return cron.method_direct_trigger()
