import logging
from contextlib import contextmanager

from odoo import api, fields, models

from ...tools.report_period import ReportPeriod

_logger = logging.getLogger(__name__)

# The period a digest tells of: always one that is over.
PERIODS = {
    "daily": "yesterday", "weekly": "last_week", "monthly": "last_month",
    "quarterly": "last_quarter",
}


class DigestDigest(models.Model):
    """Odoo's digest with KPIs of the dictionary.

    A digest that shows them is not sent at once: a row for each recipient goes to
    ``crm.digest.mail``, whose scheduled action sends one after the other, so that nobody's mail
    depends on anybody else's. All other digests stay as they are, except that one that fails stops
    no other.
    """

    _name = "digest.digest"
    _inherit = ["digest.digest", "crm.roi.company.mixin"]

    is_crm = fields.Boolean(
        "CRM Digest", help="Sales managers set up these digests; all others are for administrators."
    )
    crm_kpi_ids = fields.Many2many(
        "crm.kpi", "digest_crm_kpi_rel", "digest_id", "kpi_id", "CRM KPIs",
        groups="sales_team.group_sale_salesman",
        help="Each recipient sees those that he may see, with the figures he may see.",
    )
    crm_mail_ids = fields.One2many(
        "crm.digest.mail", "digest_id", "Mails", groups="sales_team.group_sale_manager",
    )
    crm_seed_kpis = fields.Char(
        copy=False,
        help="Codes of the KPIs a supplied digest starts with; emptied once it has them.",
    )
    crm_problem = fields.Char("Last Problem", readonly=True, copy=False)

    # ------------------------------------------------------------------
    # Sending
    # ------------------------------------------------------------------

    @api.model
    def _cron_send_digest_email(self):
        guarded = self.with_context(crm_digest_guard=True)
        return super(DigestDigest, guarded)._cron_send_digest_email()

    def _action_send(self, update_periodicity=True):
        ours = self.filtered(lambda digest: digest._crm_kpis())
        ours._queue_mails(is_manual=not update_periodicity)
        for digest in self - ours:
            with digest._guarded():
                super(DigestDigest, digest)._action_send(update_periodicity)

    @contextmanager
    def _guarded(self):
        """In the scheduled action a digest that fails stops no other; the next day tries again."""
        if not self.env.context.get("crm_digest_guard"):
            yield
            return
        try:
            with self.env.cr.savepoint():
                yield
                self.crm_problem = False
        except Exception as error:  # whatever any addon's figure raises
            _logger.warning("Digest %s was not sent: %s", self.id, error)
            self.invalidate_recordset(flush=False)
            self.crm_problem = str(error)

    def action_send_manual(self):
        result = super().action_send_manual()
        if not self._crm_kpis():
            return result
        return {
            "type": "ir.actions.client", "tag": "display_notification",
            "params": {
                "type": "success", "message": self.env._("The mails are on their way."),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _queue_mails(self, is_manual):
        """A row for each recipient, in one statement: claimed before anything is sent."""
        for digest in self:
            digest.crm_problem = False
            period = digest._crm_period()
            # The ledger is the machine's; whoever may send a digest may add to it.
            self.env["crm.digest.mail"].sudo()._claim(digest, period, is_manual)
            if not is_manual:
                digest.next_run_date = digest._get_next_run_date()
        if self:
            # Waking the job needs no right of whoever presses the button.
            self.env.ref("crm_roi.ir_cron_crm_digest").sudo()._trigger()

    def _crm_kpis(self):
        # Which KPIs a digest shows is part of it, whoever sends it; their figures are the
        # recipient's.
        return self.sudo().crm_kpi_ids

    def _crm_company(self, user=None):
        """The company whose figures are shown: the digest's, whoever receives it; that of the
        recipient only when the digest has none."""
        self.ensure_one()
        return self.company_id or (user or self.env.user).company_id

    def _crm_period(self):
        """The latest period that is over, in the company's days; that of a mail which is sent
        later than it was due stays what it was.

        :return: ReportPeriod
        """
        row = self.env["crm.digest.mail"].browse(self.env.context.get("crm_digest_mail"))
        if row:
            return row._report_period()
        company = self._crm_company().sudo()  # only its time zone is read
        return ReportPeriod.of(
            PERIODS[self.periodicity], company._kpi_today(company._kpi_timezone())
        )

    # ------------------------------------------------------------------
    # What is supplied
    # ------------------------------------------------------------------

    @api.model
    def _fill_crm_seeds(self):
        """Give supplied digests their KPIs once the dictionary knows them; never a second time."""
        managers = self.env.ref("sales_team.group_sale_manager").all_user_ids
        managers = managers.filtered(lambda user: not user.share)
        for digest in self.search([("crm_seed_kpis", "!=", False)]):
            kpis = self.env["crm.kpi"].search([("code", "in", digest.crm_seed_kpis.split())])
            people = managers.filtered_domain([("company_ids", "in", digest.company_id.ids)])
            digest.write({
                "crm_kpi_ids": kpis.ids, "user_ids": people.ids, "crm_seed_kpis": False,
            })
