"""What becomes of the mails of report kits: sent, or refused and tried again."""

from odoo import api, models
from odoo.tools import split_every

from .crm_kpi_report_log import FIRST_WAIT, MOST_DELIVERIES

# Addresses that no later attempt makes better.
PERMANENT = {"mail_email_invalid", "mail_email_missing", "mail_bl", "mail_optout", "mail_dup"}
BATCH = 1000


class KpiReportFollow(models.AbstractModel):
    _name = "crm.kpi.report.follow"
    _description = "Following Mails of Report Kits"

    @api.model
    def _follow_mails(self):
        """Note what was sent, and queue again what a mail server refused.

        Odoo never takes up a mail that failed. With waits that double from a quarter of an hour a
        server may be down for two days.
        """
        # The mails are the program's own: each was made for the recipient of its row.
        Log = self.env["crm.kpi.report.log"].sudo()
        for ids in split_every(BATCH, Log.search(self._news_of_mails(), order="id").ids):
            for row in Log.browse(ids):
                self._follow(row)
            self.env["ir.cron"]._commit_progress()
            self.env.invalidate_all()

    @api.model
    def _news_of_mails(self):
        """Domain of rows of whose mail something is to be noted now. Those that wait for their next
        attempt are not among them: thousands of them must not hide what was sent."""
        due = ("next_try", "<=", self.env.cr.now())
        return [
            ("state", "in", ("queued", "waiting")), "|", ("mail_id", "=", False),
            "|", ("mail_id.state", "in", ("sent", "cancel")),
            "&", ("mail_id.state", "=", "exception"), "|", ("state", "=", "queued"), due,
        ]

    @api.model
    def _follow(self, row):
        mail = row.mail_id
        if not mail:
            reason = self.env._("The mail was deleted before it was sent.")
            row._put(state="given_up", reason=reason)
        elif mail.state == "sent":
            row._put(state="sent", sent_at=mail.write_date, reason=None, next_try=None)
            mail.unlink()  # the figures in it are the recipient's
        elif mail.state == "cancel":
            row._put(state="given_up", reason=self.env._("The mail was cancelled."))
        elif mail.state == "exception":
            self._follow_refused(row, mail)

    @api.model
    def _follow_refused(self, row, mail):
        reason = (mail.failure_reason or "")[:500] or None
        recipient = row.schedule_id.recipient_ids.filtered(lambda one: one.user_id == row.user_id)
        if not recipient or recipient.unsubscribed_at:
            mail.cancel()
        elif mail.failure_type in PERMANENT or row.deliveries >= MOST_DELIVERIES:
            row._put(state="given_up", reason=reason)
        elif row.state == "queued":
            wait = FIRST_WAIT * 2 ** (row.deliveries - 1)
            row._put(state="waiting", reason=reason, next_try=self.env.cr.now() + wait)
        elif row.next_try <= self.env.cr.now():
            mail.mark_outgoing()
            row._put(state="queued", next_try=None, deliveries=row.deliveries + 1)
            self.env["mail.mail"]._crm_wake_queue()
