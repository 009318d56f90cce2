"""Reminders by mail or inbox: overdue activities every working day, a summary every week."""

from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ...tools.quiet import SATURDAY
from ..base.attempt import attempt
from .lead_retry import MOST_TRIES

# Local hour from which people are reminded.
FIRST_HOUR = 7


class LeadReminderSending(models.AbstractModel):
    _name = "crm.lead.reminder.sending"
    _inherit = ["crm.lead.reminder.content"]
    _description = "Sending of Reminders"

    @api.model
    def _run_reminders(self):
        """Send what is due. Killed anywhere or run twice, nobody gets a reminder twice.

        :return: number of reminders sent
        """
        due = self._due_rows()
        progress = self.env["ir.cron"]._commit_progress
        left, sent = progress(remaining=len(due)), 0
        for row in due:
            if not left:
                break
            sent += row._try_remind()
            left = progress(processed=1)
        return sent

    @api.model
    def _due_rows(self):
        """A row of the ledger for each reminder whose moment has come.

        :return: those to be sent now; whoever never failed comes first, so that one at whom the
            server dies holds up nobody
        """
        due, Reminder = self._due_reminders(), self.env["crm.lead.reminder"]
        rows = Reminder.search([("day", "in", list({day for _kind, _user, day in due}))])
        known = {(row.kind, row.user_id, row.day): row for row in rows}
        rows = Reminder.concat(*(known[item] for item in due if item in known))
        rows = rows.filtered(lambda row: row._is_due()) + Reminder.create([
            {"kind": kind, "user_id": user.id, "company_id": user.company_id.id, "day": day,
             "is_done": False}
            for kind, user, day in due if (kind, user, day) not in known
        ])
        return rows.sorted(lambda row: (row.tries, row.kind, row.user_id.id))

    def _is_due(self):
        if self.is_done or (self.tries >= MOST_TRIES and self.problem):
            return False
        return not self.next_try or self.next_try <= self.env.cr.now()

    @api.model
    def _due_reminders(self):
        """:return: set of ``(kind, user, day)`` whose moment has come"""
        people = {"overdue": self._late_people(), "summary": self._leaders()}
        return {
            (kind, user, day) for kind, users in people.items() for user in users
            if (day := self._reminder_day(kind, user))
        }

    @api.model
    def _reminder_day(self, kind, user):
        """The day a reminder is for, where the user is; None when it is not due."""
        now = self._local_now(user)
        if kind == "summary":
            monday = now.date() - timedelta(days=now.weekday())
            return monday if now.weekday() or now.hour >= FIRST_HOUR else None
        is_due = now.hour >= FIRST_HOUR and now.weekday() < SATURDAY
        return now.date() if is_due else None

    @api.model
    def _late_people(self):
        """Users with activities of yesterday or before on leads, in companies that remind."""
        late = self.env["mail.activity"]._read_group(
            [("res_model", "=", "crm.lead"), ("date_deadline", "<", self.env.cr.now().date()),
             ("user_id.company_id.followup_reminder", "=", True)], ["user_id"],
        )
        users = self.env["res.users"].concat(*(user for (user,) in late))
        return users.filtered(lambda user: user.active and not user.share)

    @api.model
    def _leaders(self):
        leaders = self.env["crm.team"].search([
            ("user_id.company_id.followup_summary", "=", True),
        ]).user_id
        return leaders.filtered(lambda user: user.active and not user.share)

    def _try_remind(self):
        """:return: whether a reminder was sent; one that fails stops no other"""
        return attempt(
            self.env, f"Reminder of user {self.user_id.id}", self._remind, self._note_failure,
            take=lambda: self._take_try(SQL("is_done IS NOT TRUE")), clashed=self._untake_try,
        )

    def _remind(self):
        user = self.user_id
        self.write({"is_done": True, "tries": 0, "next_try": False, "problem": False})
        content = getattr(self.with_context(lang=user.lang), f"_content_{self.kind}")
        subject, body = content(user)
        if not body:
            return False
        self.env["mail.thread"].with_context(lang=user.lang).message_notify(
            partner_ids=user.partner_id.ids, subject=subject, body=body,
            email_layout_xmlid="mail.mail_notification_light",
        )
        return True
