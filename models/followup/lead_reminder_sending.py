"""Reminders by mail or inbox: overdue activities every working day, a summary every week."""

from datetime import timedelta

from odoo import api, models

from ...tools.quiet import SATURDAY
from ..base.attempt import attempt, error_text

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
        due = self._due_reminders()
        progress = self.env["ir.cron"]._commit_progress
        left, sent = progress(remaining=len(due)), 0
        for kind, user, day in due:
            if not left:
                break
            sent += self._try_remind(kind, user, day)
            left = progress(processed=1)
        return sent

    @api.model
    def _due_reminders(self):
        """:return: list of ``(kind, user, day)`` that were not sent yet"""
        people = {"overdue": self._late_people(), "summary": self._leaders()}
        due = {
            (kind, user, day) for kind, users in people.items() for user in users
            if (day := self._reminder_day(kind, user))
        }
        sent = self.env["crm.lead.reminder"].search([
            ("day", "in", list({day for _kind, _user, day in due})),
        ])
        due -= {(one.kind, one.user_id, one.day) for one in sent}
        return sorted(due, key=lambda item: (item[0], item[1].id))

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

    @api.model
    def _try_remind(self, kind, user, day):
        """:return: whether a reminder was sent; one that fails stops no other"""
        return attempt(
            self.env, f"Reminder of user {user.id}", lambda: self._remind(kind, user, day),
            lambda error: self._log_reminder(kind, user, day, problem=error_text(error)),
        )

    @api.model
    def _log_reminder(self, kind, user, day, **values):
        """What is logged is not tried again: the next day, or week, has a reminder of its own."""
        self.env["crm.lead.reminder"].create({
            "kind": kind, "user_id": user.id, "company_id": user.company_id.id, "day": day,
            **values,
        })

    @api.model
    def _remind(self, kind, user, day):
        self._log_reminder(kind, user, day)
        subject, body = getattr(self.with_context(lang=user.lang), f"_content_{kind}")(user)
        if not body:
            return False
        self.env["mail.thread"].with_context(lang=user.lang).message_notify(
            partner_ids=user.partner_id.ids, subject=subject, body=body,
            email_layout_xmlid="mail.mail_notification_light",
        )
        return True
