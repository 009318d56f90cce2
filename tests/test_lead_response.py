from datetime import datetime, timedelta

import psycopg2

from odoo.addons.mail.tests.common import mail_new_test_user
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from .facts_common import LeadFacts, put, raw

FIELDS = ("first_response_date", "first_response_hours")


@tagged("post_install", "-at_install", "fault")
class TestLeadResponse(LeadFacts, TransactionCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_leads()
        cls.customer = cls.env["res.partner"].create({"name": "Cus", "email": "cus@example.com"})
        cls.portal = mail_new_test_user(
            cls.env, login="portal_cus", name="Portal", groups="base.group_portal"
        )
        cls.call = cls.env.ref("mail.mail_activity_data_call")
        cls.todo = cls.env.ref("mail.mail_activity_data_todo")

    def lead(self, **values):
        """A lead of two hours ago that nobody has answered."""
        lead = self.new_lead(partner_id=self.customer.id, **values)
        put(lead, create_date=datetime.now() - timedelta(hours=2))
        self.assertFalse(lead.first_response_date)
        return lead

    def say(self, lead, user=None, **values):
        values = {"body": "Hello", "message_type": "comment", "subtype_xmlid": "mail.mt_comment",
                  **values}
        return lead.with_user(user or self.rep).message_post(**values)

    def done(self, lead, kind, user=None):
        activity = lead.with_user(user or self.rep).activity_schedule(
            activity_type_id=kind.id, user_id=(user or self.rep).id
        )
        return activity.action_feedback(feedback="Talked")

    def meet(self, lead, start, user=None, **values):
        return self.env["calendar.event"].create({
            "name": "Meeting", "start": start, "stop": start + timedelta(hours=1),
            "opportunity_id": lead.id, "user_id": (user or self.rep).id, **values,
        })

    def assertAnswered(self, lead, moment):
        self.assertEqual(lead.first_response_date, moment)
        hours = (moment - lead.create_date.replace(microsecond=0)).total_seconds() / 3600
        self.assertAlmostEqual(lead.first_response_hours, hours)

    def test_public_message(self):
        lead = self.lead()
        message = self.say(lead)
        self.assertAnswered(lead, message.date)

    def test_reply_from_the_mail_program(self):
        lead = self.lead()
        message = self.say(lead, message_type="email")
        self.assertAnswered(lead, message.date)

    def test_call(self):
        lead = self.lead()
        self.done(lead, self.call)
        message = lead.message_ids.filtered("mail_activity_type_id")
        self.assertAnswered(lead, message.date)

    def test_what_is_no_answer(self):
        lead = self.lead()
        self.say(lead, subtype_xmlid="mail.mt_note")
        self.say(lead, author_id=self.portal.partner_id.id)
        self.say(lead, author_id=self.customer.id, message_type="email")
        self.say(lead, message_type="auto_comment")
        self.say(lead, message_type="email_outgoing")
        self.say(lead, message_type="notification")
        self.say(lead, self.env.ref("base.user_root"))
        self.say(lead, is_internal=True)
        lead.message_notify(body="ping", partner_ids=self.colleague.partner_id.ids)
        self.done(lead, self.todo)
        lead.with_user(self.rep).activity_schedule(activity_type_id=self.call.id).unlink()
        lead.user_id = self.colleague
        lead.stage_id = self.won_stage
        self.env.flush_all()
        self.assertFalse(lead.first_response_date)
        self.assertEqual(raw(self.env, "crm_lead", lead.ids, *FIELDS)[lead.id], (None, None))
        lead._kpi_recompute_sql(lead.ids)
        self.assertFalse(lead.first_response_date)

    def test_kept_once_set(self):
        lead = self.lead()
        first = self.say(lead)
        later = self.say(lead, self.colleague)
        put(later, date=first.date + timedelta(hours=5))
        self.assertAnswered(lead, first.date)
        first.unlink()
        lead._kpi_recompute_sql(lead.ids)
        self.assertTrue(lead.first_response_date, "deleting the message does not undo the answer")

    def test_answer_of_a_former_colleague(self):
        lead = self.lead()
        message = self.say(lead, self.colleague)
        self.colleague.active = False
        put(lead, first_response_date=None, first_response_hours=None)
        lead._kpi_recompute_sql(lead.ids)
        self.assertAnswered(lead, message.date)

    def test_recorded_after_the_contact(self):
        """The rep talks to somebody, then enters the lead and writes: nothing to respond to."""
        lead = self.env["crm.lead"].with_user(self.rep).create(
            {"name": "By hand", "type": "opportunity"}
        )
        self.say(lead, self.rep)
        self.assertFalse(lead.first_response_date)
        self.say(lead, self.colleague)
        self.assertFalse(lead.first_response_date, "the creator had answered before")
        lead._kpi_recompute_sql(lead.ids)
        self.assertFalse(lead.first_response_date)

    def test_entered_by_one_answered_by_another(self):
        lead = self.env["crm.lead"].with_user(self.colleague).create(
            {"name": "By hand", "type": "opportunity"}
        )
        message = self.say(lead, self.rep)
        self.assertAnswered(lead, message.date)

    def test_meeting_held(self):
        lead = self.lead()
        start = datetime.now().replace(microsecond=0) - timedelta(hours=1)
        self.meet(lead, start)
        self.assertAnswered(lead, start)

    def test_meeting_to_come_is_counted_when_it_began(self):
        lead = self.lead()
        event = self.meet(lead, datetime.now().replace(microsecond=0) + timedelta(days=1))
        self.assertFalse(lead.first_response_date)
        start = datetime.now().replace(microsecond=0) - timedelta(minutes=30)
        put(event, start=start)
        self.assertEqual(self.env["crm.lead"]._kpi_record_meetings(), 1)
        self.assertAnswered(lead, start)
        self.assertEqual(self.env["crm.lead"]._kpi_record_meetings(), 0)

    def test_cancelled_meeting(self):
        lead = self.lead()
        past = datetime.now() - timedelta(hours=1)
        self.meet(lead, past, active=False)
        lead._kpi_recompute_sql(lead.ids)
        self.assertFalse(lead.first_response_date)

    def test_meeting_linked_afterwards(self):
        lead = self.lead()
        start = datetime.now().replace(microsecond=0) - timedelta(hours=1)
        event = self.meet(self.lead(), start)
        event.opportunity_id = lead
        self.assertAnswered(lead, start)

    def test_contact_before_the_lead_has_no_response_time(self):
        lead = self.lead()
        start = datetime.now().replace(microsecond=0) - timedelta(days=3)
        self.meet(lead, start)
        self.assertEqual(lead.first_response_date, start)
        self.assertIs(lead.first_response_hours, False)
        lead._kpi_recompute_sql(lead.ids)
        self.assertEqual(raw(self.env, "crm_lead", lead.ids, *FIELDS)[lead.id], (start, None))

    def test_earliest_of_all_channels(self):
        """Everything at once, dated behind the ORM's back: against a plain Python oracle."""
        leads = self.env["crm.lead"]
        expected = {}
        base = datetime(2025, 5, 1, 8)
        # hours after creation of: message, call, meeting, note, customer's mail
        for number, hours in enumerate(
            [(5, 3, 4, 1, 0), (2, 3, 4, 1, 0), (5, 3, 1, 0, 0), (None, None, None, 1, 2),
             (None, 7, None, 1, 2)]
        ):
            message, call, meeting, note, mail = hours
            lead = self.lead()
            put(lead, create_date=base + timedelta(days=number))
            created = base + timedelta(days=number)
            if message is not None:
                put(self.say(lead), date=created + timedelta(hours=message))
            if call is not None:
                self.done(lead, self.call)
                put(lead.message_ids.filtered("mail_activity_type_id"),
                    date=created + timedelta(hours=call))
            if meeting is not None:
                self.meet(lead, created + timedelta(hours=meeting))
            put(self.say(lead, subtype_xmlid="mail.mt_note"), date=created + timedelta(hours=note))
            put(self.say(lead, author_id=self.customer.id, message_type="email"),
                date=created + timedelta(hours=mail))
            answers = [hour for hour in hours[:3] if hour is not None]
            expected[lead.id] = (
                (created + timedelta(hours=min(answers)), float(min(answers))) if answers
                else (None, None)
            )
            leads += lead
        self.env["crm.lead"]._kpi_recompute_sql(leads.ids)
        self.assertEqual(raw(self.env, "crm_lead", leads.ids, *FIELDS), expected)

    def test_orm_and_sql_hours_agree(self):
        lead = self.lead()
        self.say(lead)
        put(lead, create_date=datetime(2025, 1, 1, 3, 0, 0, 999999),
            first_response_date=datetime(2025, 1, 2, 4, 30, 7))
        lead._kpi_recompute_sql(lead.ids)
        by_sql = raw(self.env, "crm_lead", lead.ids, *FIELDS)
        self.env.add_to_compute(lead._fields["first_response_hours"], lead)
        self.assertEqual(raw(self.env, "crm_lead", lead.ids, *FIELDS), by_sql)
        self.assertAlmostEqual(lead.first_response_hours, 25.5 + 7 / 3600)

    def test_message_is_kept_when_the_lead_is_locked(self):
        """A customer's answer must never be lost for the sake of a figure."""
        lead = self.lead()

        def locked(model, ids):
            raise psycopg2.errors.SerializationFailure("could not serialize access")

        original = type(lead)._kpi_record_responses
        self.patch(type(lead), "_kpi_record_responses", locked)
        with mute_logger("odoo.addons.crm_roi.models.selling.crm_lead_response"):
            message = self.say(lead)
        self.assertTrue(message.exists())
        self.assertFalse(lead.first_response_date)
        self.patch(type(lead), "_kpi_record_responses", original)
        self.env["crm.lead"]._kpi_record_meetings()
        self.assertAnswered(lead, message.date)

    def test_C9_a_merged_duplicate_keeps_the_answer(self):
        first, second = self.lead(probability=90), self.lead()
        message = self.say(second)
        survivor = (first + second).merge_opportunity()
        self.assertEqual(survivor.first_response_date, message.date)
