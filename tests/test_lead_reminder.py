"""Reminders: who gets which, once, in his morning, with his rights."""

from datetime import datetime, timedelta
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.followup.lead_retry import MOST_TRIES
from ..tools.retry import next_try
from .test_fault_poison import Killed, dies, raising
from .test_followup import FollowupCase

TUESDAY = datetime(2026, 6, 16, 7)
ATTEMPT = "odoo.addons.crm_roi.models.base.attempt"


@tagged("post_install", "-at_install", "fault")
class TestLeadReminder(FollowupCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.lead.score.set"].search([("state", "=", "live")]).active = False
        cls.env["res.company"].search([]).write(
            {"followup_reminder": False, "followup_summary": False}
        )
        cls.company.write({"followup_reminder": True})
        cls.Reminder = cls.env["crm.lead.reminder"]

    def setUp(self):
        super().setUp()
        self._at(TUESDAY)

    def _at(self, moment):
        self.patch(
            self.env.registry["crm.lead.reminder"], "_local_now", lambda _self, _user: moment
        )

    def _planned(self, days, lead=None, user=None):
        lead = lead or self._lead()
        return lead.activity_schedule(
            activity_type_id=self.call.id, user_id=(user or self.rep).id, summary="Ring",
            date_deadline=TUESDAY.date() + timedelta(days=days),
        )

    def _send(self):
        before = self.env["mail.message"].search([], order="id desc", limit=1).id
        self.env.flush_all()
        self.Reminder._run_reminders()
        return self.env["mail.message"].search([
            ("id", ">", before), ("message_type", "=", "user_notification"),
        ])

    def test_overdue_activities_are_listed(self):
        late = self._lead(name="Late lead")
        self._planned(-3, late)
        self._planned(0, self._lead(name="Today lead"))
        self._planned(-2, self._lead(name="Other's lead"), self.colleague)
        self._planned(-9, self._lead(name="Done lead")).action_feedback()
        messages = self._send()
        self.assertEqual(messages.notified_partner_ids, (self.rep + self.colleague).partner_id)
        own = messages.filtered(lambda one: one.notified_partner_ids == self.rep.partner_id)
        self.assertEqual(own.subject, "1 overdue activities")
        for text in ("Late lead", "Ring", "06/13/2026", f"res_id={late.id}"):
            self.assertIn(text, own.body)
        for text in ("Today lead", "Done lead", "Other's lead"):
            self.assertNotIn(text, own.body)
        self.assertFalse(self._send(), "once a day")
        self._at(TUESDAY + timedelta(days=1))
        self.assertEqual(len(self._send()), 2)

    def test_in_the_morning_of_a_working_day(self):
        self._planned(-8)
        for moment in (TUESDAY.replace(hour=6), TUESDAY + timedelta(days=4, hours=3)):
            self._at(moment)
            self.assertFalse(self._send(), moment)
        self._at(TUESDAY.replace(hour=15))
        self.assertEqual(len(self._send()), 1)

    def test_only_companies_that_want_it(self):
        self._planned(-3)
        self.company.followup_reminder = False
        self.assertFalse(self._send())

    def test_A12_leads_he_may_not_open_are_not_named(self):
        secret = self._lead(name="Secret lead")
        self._planned(-3, secret)
        self.env["ir.rule"].create({
            "name": "Secret", "model_id": self.env["ir.model"]._get_id("crm.lead"),
            "domain_force": [("id", "!=", secret.id)],
        })
        self.assertFalse(self._send())
        self._planned(-3, self._lead(name="Open lead"))
        self._at(TUESDAY + timedelta(days=1))
        body = self._send().body
        self.assertIn("Open lead", body)
        self.assertNotIn("Secret", body)

    def test_summary_of_the_week(self):
        self.company.write({"followup_reminder": False, "followup_summary": True})
        leads = self.Lead.concat(*(self._lead() for _n in range(4)))
        self._planned(-3, leads[0])
        self._planned(2, leads[1])
        self._lead("won", closed="2026-06-01 12:00")
        self._lead(user_id=self.colleague.id)
        self.env.flush_all()
        self.env.cr.execute("UPDATE crm_lead SET is_hot = TRUE WHERE id = ANY(%s)", [leads[:3].ids])
        self.env.invalidate_all()
        rows = self.Reminder._summary_rows(self.leader, self.team)
        self.assertEqual(
            {row["user"]: (row["open"], row["hot"], row["late"], row["idle"]) for row in rows},
            {self.rep: (4, 3, 1, 2), self.colleague: (1, 0, 0, 1)},
        )
        message = self._send()
        self.assertEqual(message.notified_partner_ids, self.leader.partner_id)
        self.assertIn("North Team", message.subject)
        self.assertFalse(self._send(), "once a week")
        self._at(TUESDAY + timedelta(days=5))
        self.assertFalse(self._send())
        self._at(TUESDAY + timedelta(days=6))
        self.assertEqual(len(self._send()), 1, "Monday")

    def test_summary_is_read_with_the_rights_of_the_leader(self):
        self.company.write({"followup_reminder": False, "followup_summary": True})
        self.team.user_id = self.rep
        self._lead(user_id=self.colleague.id)
        self.assertFalse(self._send(), "own documents only: the lead of the colleague is hidden")
        self._at(TUESDAY + timedelta(days=7))
        self._lead()
        self.assertEqual(len(self._send()), 1)
        self.assertEqual(
            [row["user"] for row in self.Reminder._summary_rows(self.rep, self.team)], [self.rep]
        )

    def test_language_of_the_recipient(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.rep.lang = "fr_FR"
        self._planned(-3)
        self.assertIn("13/06/2026", self._send().body)

    def test_D11_one_reminder_that_fails_stops_no_other(self):
        self._planned(-3)
        self._planned(-3, user=self.colleague)
        with (self._poisoned("overdue", self.rep, ValueError("planted fault")),
              mute_logger(ATTEMPT)):
            self.assertEqual(self._send().notified_partner_ids, self.colleague.partner_id)
        self.assertEqual(
            {row.user_id: row.problem for row in self.Reminder.search([])},
            {self.colleague: False, self.rep: "ValueError: planted fault"},
        )

    def _poisoned(self, kind, victim, error):
        model = self.env.registry["crm.lead.reminder"]
        content = getattr(model, f"_content_{kind}")

        def broken(rows, user):
            if user == victim:
                raising(error)()
            return content(rows, user)

        return patch.object(model, f"_content_{kind}", broken)

    def _summary_due(self):
        self.company.write({"followup_reminder": False, "followup_summary": True})
        self._lead()

    def test_E1_a_summary_that_failed_is_sent_in_a_later_run(self):
        self._summary_due()
        with (self._poisoned("summary", self.leader, ValueError("planted fault")),
              mute_logger(ATTEMPT)):
            self.assertFalse(self._send())
            row = self.Reminder.search([])
            self.assertEqual(
                (row.user_id, row.is_done, row.tries, row.problem),
                (self.leader, False, 1, "ValueError: planted fault"))
            self.assertEqual(row.next_try, next_try(self.env.cr.now(), 1))
            self.assertFalse(self._send())
            self.assertEqual(row.tries, 1, "it waits")
        self._at(TUESDAY + timedelta(days=2))
        row.next_try = self.env.cr.now()
        self.assertEqual(self._send().notified_partner_ids, self.leader.partner_id)
        self.assertEqual(
            (row.is_done, row.tries, row.next_try, row.problem), (True, 0, False, False))
        self.assertFalse(self._send(), "once a week")
        self.assertEqual(self.Reminder.search([]), row)

    @mute_logger(ATTEMPT)
    def test_E1_a_reminder_that_never_works_is_given_up(self):
        self._summary_due()
        with self._poisoned("summary", self.leader, ValueError("planted fault")):
            for _run in range(MOST_TRIES + 2):
                self._send()
                self.Reminder.search([]).next_try = False
        self.assertFalse(self._send())
        self.assertEqual(self.Reminder.search([]).tries, MOST_TRIES)

    def test_E1_one_at_whom_the_server_dies_holds_up_nobody(self):
        self._planned(-3)
        self._planned(-3, user=self.colleague)
        victim = min(self.rep, self.colleague, key=lambda user: user.id)
        other = (self.rep + self.colleague) - victim
        with self._poisoned("overdue", victim, Killed()):
            self.assertTrue(dies(self._send))
            row = self.Reminder.search([("user_id", "=", victim.id)])
            for tries in range(1, MOST_TRIES):
                self.assertEqual((row.tries, row.is_done), (tries, False))
                row.next_try = False
                self.assertTrue(dies(self._send))
                self.assertTrue(self.Reminder.search([("user_id", "=", other.id)]).is_done)
            row.next_try = False
            self.assertFalse(dies(self._send))
        self.assertEqual(row.problem, "It was begun 12 times and never finished.")
        self.assertFalse(self._send())

    def test_E1_a_clash_does_not_count(self):
        self.patch(self.env.cr, "rollback", lambda: None)
        self._summary_due()
        with self._poisoned("summary", self.leader, SerializationFailure("other was first")):
            for _run in range(MOST_TRIES + 2):
                self._send()
        row = self.Reminder.search([])
        self.assertEqual((row.is_done, row.tries, row.next_try), (False, 0, False))
        self.assertEqual(len(self._send()), 1)

    def test_upgrade_reminders_of_earlier_versions_are_not_sent_again(self):
        """They had neither state nor attempts: the new column is filled with its default."""
        self._summary_due()
        self.Reminder.create({
            "kind": "summary", "user_id": self.leader.id, "company_id": self.company.id,
            "day": TUESDAY.date() - timedelta(days=1),
        })
        self.assertFalse(self._send())
