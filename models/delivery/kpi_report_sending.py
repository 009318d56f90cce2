"""Report kits on their way: who is due, each made once, with the rights of who gets it."""

from odoo import api, models

from ...tools.period import UTC, known_timezone
from ...tools.rhythm import local_now, utc_of
from ..base.attempt import attempt, error_text
from .crm_kpi_report_log import FIRST_WAIT, MOST_ATTEMPTS

# What one run keeps in memory is forgotten after so many kits.
FORGET_AFTER = 50


class KpiReportSending(models.AbstractModel):
    _name = "crm.kpi.report.sending"
    _inherit = ["crm.kpi.report.delivery", "crm.kpi.report.follow"]
    _description = "Sending of Report Kits"

    @api.model
    def _run_kits(self):
        """Make what is due and follow what was made. Killed anywhere, the next run goes on.

        :return: number of kits handed to the mail queue
        """
        self._follow_mails()
        progress = self.env["ir.cron"]._commit_progress
        # Whoever never failed comes first: one at whom the server dies holds up nobody.
        waiting = sorted(self._due_again() + self._claim_due(), key=lambda row: row.attempts)
        left, made = progress(remaining=len(waiting)), 0
        for number, row in enumerate(waiting, 1):
            if not left:
                break
            made += self._try_row(row)
            left = progress(processed=1)
            if not number % FORGET_AFTER:
                self.env.invalidate_all(flush=False)
        return made

    # ------------------------------------------------------------------
    # What is due
    # ------------------------------------------------------------------

    @api.model
    def _claim_due(self):
        """A new row in the ledger for everybody whose moment has come.

        Only the latest moment counts: whoever was to get a kit in each of three weeks in which the
        server was down gets one, for the last of them.

        :return: list of rows
        """
        Log, rows = self.env["crm.kpi.report.log"], []
        due = self._due_now()
        known = set(Log._read_group(
            [("kind", "=", "scheduled"), ("period_key", "in", list({item[2] for item in due}))],
            ["schedule_id", "user_id", "period_key"],
        ))
        for recipient, day, key in due:
            if (recipient.schedule_id, recipient.user_id, key) not in known:
                rows += Log._claim(recipient, "scheduled", day, key)
        return rows

    @api.model
    def _due_now(self):
        """:return: list of ``(recipient, day, period key)`` of the latest moment of each recipient
        that came after he was subscribed and the kit was switched on"""
        now, due = self.env.cr.now(), []
        recipients = self.env["crm.kpi.report.recipient"].search([
            ("schedule_id.active", "=", True), ("unsubscribed_at", "=", False),
        ])
        for recipient in recipients:
            kit = recipient.schedule_id
            timezone = self._timezone_of(recipient)
            slot = kit._rhythm().latest(local_now(now, timezone))
            if utc_of(slot, timezone) >= max(kit.since, recipient.subscribed_at):
                due.append((recipient, slot.date(), kit._rhythm().key(slot)))
        return due

    @api.model
    def _timezone_of(self, recipient):
        return known_timezone(recipient.user_id.tz) or recipient.company_id._kpi_timezone() or UTC

    @api.model
    def _due_again(self):
        """:return: list of rows whose kit was not finished, oldest first"""
        Log, now = self.env["crm.kpi.report.log"], self.env.cr.now()
        unfinished = Log.search([("state", "in", ("claimed", "failed"))], order="id")
        current = {(recipient.schedule_id, recipient.user_id): key
                   for recipient, _day, key in self._due_now()}
        again = []
        for row in unfinished:
            newest = current.get((row.schedule_id, row.user_id), row.period_key)
            if row.attempts >= MOST_ATTEMPTS:
                row._put(state="given_up", reason=row.reason or self.env._(
                    "It was begun %(count)s times and never finished.", count=row.attempts))
            elif row.kind == "scheduled" and row.period_key != newest:
                row._put(state="given_up", reason=self.env._("A newer kit was due."))
            elif not row.next_try or row.next_try <= now:
                again.append(row)
        return again

    # ------------------------------------------------------------------
    # One kit
    # ------------------------------------------------------------------

    @api.model
    def _try_row(self, row):
        """Make the kit of a row of the ledger; one that fails stops no other.

        :return: whether it was handed to the mail queue
        """
        return attempt(
            self.env, f"Report kit {row.id}", lambda: self._serve(row),
            lambda error: self._note_failure(row, error), take=row._take,
        )

    @api.model
    def _note_failure(self, row, error):
        wait = FIRST_WAIT * 2 ** (row.attempts - 1)
        row._put(
            state="given_up" if row.attempts >= MOST_ATTEMPTS else "failed",
            reason=error_text(error), next_try=self.env.cr.now() + wait,
        )

    @api.model
    def _serve(self, row):
        kit = row.schedule_id
        recipient = kit.recipient_ids.filtered(lambda one: one.user_id == row.user_id)
        if not recipient:
            row._put(state="skipped", reason=self.env._("Not a recipient any more"))
            return False
        status = recipient._status()
        if status != "ready":
            labels = dict(recipient._fields["status"]._description_selection(self.env))
            row._put(state="skipped", reason=labels[status])
            return False
        return kit._deliver(recipient, row)

    def action_send_now(self):
        """Have the kit made for all its recipients at once, whatever its conditions say."""
        self.ensure_one()
        self.check_access("write")
        Log = self.env["crm.kpi.report.log"]
        ready = self.recipient_ids.filtered(lambda one: one.status == "ready")
        for recipient in ready:
            now = local_now(self.env.cr.now(), self._timezone_of(recipient))
            Log._claim(recipient, "manual", now.date(), self._rhythm().key(now))
        # Whoever may change the kit may have it sent; nothing else of the action is his.
        self.env.ref("crm_roi.ir_cron_kpi_report").sudo()._trigger()
        return self._sent_notice(len(ready))

    def _sent_notice(self, count):
        text = self.env._("It is made for %(count)s recipients and sent within a minute.",
                          count=count)
        if not count:
            text = self.env._("Nobody can get it: add a recipient who is subscribed, has an "
                              "e-mail address and rights in sales.")
        return {
            "type": "ir.actions.client", "tag": "display_notification",
            "params": {"title": self.name, "message": text,
                       "type": "success" if count else "warning",
                       "next": {"type": "ir.actions.client", "tag": "soft_reload"}},
        }
