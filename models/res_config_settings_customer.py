from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    customer_basis = fields.Selection(related="company_id.customer_basis", readonly=False)
    customer_lapse_days = fields.Integer(related="company_id.customer_lapse_days", readonly=False)
    customer_tier_method = fields.Selection(
        related="company_id.customer_tier_method", readonly=False
    )
    customer_tier_slack = fields.Float(related="company_id.customer_tier_slack", readonly=False)

    def action_run_customer_nightly(self):
        """Compute the figures of customers now, as their own scheduled job (one at a time).

        :return: True, or the client action that shows why it failed
        """
        cron = self.env.ref("crm_roi.ir_cron_customer_nightly")
        cron.check_access("write")
        return cron.method_direct_trigger()
