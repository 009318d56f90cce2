from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    kpi_tz = fields.Selection(related="company_id.kpi_tz", readonly=False)
    kpi_lock_date = fields.Date(related="company_id.kpi_lock_date", readonly=False)
    roi_attribution_days = fields.Integer(
        related="company_id.roi_attribution_days", readonly=False
    )
    kpi_last_night = fields.Date("Last Measured Night", compute="_compute_kpi_health")
    kpi_health = fields.Char("Measurement", compute="_compute_kpi_health")

    @api.depends("company_id")
    def _compute_kpi_health(self):
        for settings in self:
            # Whoever may open the settings may know when figures were last measured.
            nights = self.env["crm.kpi.snapshot.day"].sudo()
            company = settings.company_id
            settings.kpi_last_night = nights._last_night(company)
            settings.kpi_health = nights._health(company)

    def action_run_kpi_nightly(self):
        """Run the nightly action now, as its own scheduled job (one at a time).

        :return: True, or the client action that shows why it failed
        """
        cron = self.env.ref("crm_roi.ir_cron_kpi_nightly")
        cron.check_access("write")
        # After three killed runs Odoo refuses the next one; whoever asks for it by hand means it.
        # Progress is nobody's to write: the right to run the job is checked above.
        self.env["ir.cron.progress"].sudo().search([
            ("cron_id", "=", cron.id), ("timed_out_counter", ">", 0),
        ]).timed_out_counter = 0
        return cron.method_direct_trigger()
