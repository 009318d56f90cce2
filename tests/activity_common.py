"""What salespeople do, as Odoo records it, at chosen moments."""

from datetime import timedelta

from odoo.fields import Datetime

from .common import KpiCase


class ActivityCase(KpiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.call_in = cls.env.ref("crm_roi.mail_activity_type_call_in")
        cls.call_out = cls.env.ref("crm_roi.mail_activity_type_call_out")
        cls.call = cls.env.ref("mail.mail_activity_data_call")
        cls.todo = cls.env.ref("mail.mail_activity_data_todo")
        cls.meeting = cls.env.ref("mail.mail_activity_data_meeting")
        cls._join(cls.team, cls.rep)
        cls._join(cls.team, cls.colleague)
        cls.Fact = cls.env["crm.activity.fact"]

    @classmethod
    def _join(cls, team, user):
        return cls.env["crm.team.member"].create({"crm_team_id": team.id, "user_id": user.id})

    def say(self, lead, at=None, user=None, **values):
        user = user or self.rep
        own = lead.with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
        message = own.message_post(**{
            "body": "Hello", "message_type": "comment", "subtype_xmlid": "mail.mt_comment",
            **values,
        })
        return self.at(message, at)

    def note(self, lead, at=None, user=None):
        return self.say(lead, at, user, subtype_xmlid="mail.mt_note")

    def done(self, lead, kind, at=None, user=None, owner=None):
        """An activity of ``owner`` that ``user`` marks as done."""
        user = user or self.rep
        activity = lead.with_user(user).activity_schedule(
            activity_type_id=kind.id, user_id=(owner or user).id
        )
        messages, _next = activity._action_done(feedback="Done")
        return self.at(messages, at)

    def meet(self, lead, start, user=None, **values):
        start = Datetime.to_datetime(start)
        return self.env["calendar.event"].create({
            "name": "Meeting", "start": start, "stop": start + timedelta(hours=1),
            "opportunity_id": lead.id, "user_id": (user or self.rep).id, **values,
        })

    @classmethod
    def at(cls, message, moment):
        if moment:
            message.sudo().date = Datetime.to_datetime(moment)
        return message

    def facts(self, *names, domain=()):
        """Rows of the two test companies as tuples, oldest first."""
        self.env.flush_all()
        found = self.Fact.search(
            [("company_id", "in", (self.company + self.other_company).ids), *domain],
            order="moment, id",
        )
        return [
            tuple(row[n].id if hasattr(row[n], "_name") else row[n] for n in names)
            for row in found
        ]

    def kinds(self, domain=()):
        return [row[0] for row in self.facts("kind", domain=domain)]
