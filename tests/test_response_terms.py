"""Who has to be answered, in what time it was, whether that was in time; who waits now."""

from ast import literal_eval
from datetime import datetime, timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.tests import BaseCase, tagged

from ..tools.work_clock import WorkClock
from .activity_common import ActivityCase

NAMES = ("response_status", "response_hours", "response_in_time")


class TestWorkClock(BaseCase):
    def test_hours_between_moments(self):
        day = datetime(2026, 3, 9)
        clock = WorkClock([
            (day + timedelta(days=n, hours=8), day + timedelta(days=n, hours=12)) for n in range(3)
        ])
        self.assertEqual(clock.hours(day, day + timedelta(days=3)), 12)
        self.assertEqual(clock.hours(day + timedelta(hours=10), day + timedelta(hours=11)), 1)
        self.assertEqual(clock.hours(day + timedelta(hours=11), day + timedelta(hours=33)), 2)
        self.assertEqual(clock.hours(day + timedelta(hours=13), day + timedelta(hours=20)), 0)
        self.assertEqual(clock.hours(day + timedelta(hours=11), day + timedelta(hours=9)), 0)
        self.assertEqual(WorkClock([]).hours(day, day + timedelta(days=1)), 0)


@tagged("post_install", "-at_install", "fault")
class TestResponseTerms(ActivityCase):
    def terms(self, lead):
        self.env.invalidate_all()
        return tuple(lead[name] for name in NAMES)

    def enquiry(self, created="2026-03-06 15:00", **values):
        """A lead that came in by itself."""
        return self._lead(created=created, **values)

    def test_an_enquiry_waits_until_it_is_answered(self):
        lead = self.enquiry()
        self.assertEqual(self.terms(lead), (False, False, False))
        self.say(lead, "2026-03-07 13:00")
        lead._kpi_recompute_sql(lead.ids)
        self.assertEqual(self.terms(lead), ("answered", 22, True))

    def test_the_time_to_answer_is_the_teams_else_the_companys(self):
        lead = self.enquiry()
        self.say(lead, "2026-03-07 13:00")
        lead._kpi_recompute_sql(lead.ids)
        self.company.response_hours = 20
        self.assertEqual(self.terms(lead), ("answered", 22, False))
        self.team.response_hours = 22
        self.assertEqual(self.terms(lead), ("answered", 22, True))
        self.team.response_hours = False
        self.assertEqual(self.terms(lead), ("answered", 22, False))

    def test_working_hours_of_the_team(self):
        # Friday 16:00 to Monday 09:30 in Brussels, where one works from 8 to 12 and 13 to 17.
        self.team.response_calendar_id = self.env["resource.calendar"].create({
            "name": "Office", "tz": "Europe/Brussels", "company_id": self.company.id,
        })
        lead = self.enquiry()
        self.say(lead, "2026-03-09 08:30")
        lead._kpi_recompute_sql(lead.ids)
        self.assertEqual(self.terms(lead), ("answered", 2.5, True))
        self.team.response_calendar_id = False
        self.assertEqual(self.terms(lead), ("answered", 65.5, False))

    def test_own_entries_need_no_answer(self):
        own = self.Lead.with_user(self.rep).create({"name": "Own", "company_id": self.company.id})
        self.assertEqual(own.user_id, self.rep)
        self.assertEqual(own.response_status, "unneeded")
        self.say(own, user=self.colleague)
        self.assertEqual(self.terms(own)[0], "answered")

    def test_recorded_after_the_contact(self):
        first = self.Lead.with_user(self.rep).create({
            "name": "Phoned", "company_id": self.company.id, "user_id": False,
        })
        self.assertFalse(first.response_status)
        self.say(first)
        self.assertEqual(self.terms(first), ("unneeded", False, False))
        before = self.enquiry()
        self.say(before, "2026-03-01 10:00")
        before._kpi_recompute_sql(before.ids)
        self.assertEqual(self.terms(before), ("unneeded", False, False))

    def test_terms_can_not_be_entered(self):
        with self.assertRaisesRegex(UserError, "measured"):
            self.enquiry().with_user(self.manager).response_status = "answered"

    def test_kpis_of_answers(self):
        answered, late, open_lead, lost = (
            self.enquiry(f"2026-03-{day} 10:00") for day in ("02", "03", "04", "05")
        )
        self._lead("void", "2026-03-06 10:00")
        own = self.Lead.with_user(self.rep).create({"name": "Own", "company_id": self.company.id})
        self._date(own, create_date="2026-03-06 10:00")
        self.say(answered, "2026-03-02 13:00")
        self.say(late, "2026-03-05 10:00")
        (answered + late)._kpi_recompute_sql((answered + late).ids)
        lost.action_set_lost()
        self.Snapshot._refresh("2026-03-01", "2026-04-01", self.company)
        names = [f"first_response_{name}" for name in (
            "expected_count", "count", "unanswered_count", "in_time_count", "hours_total",
            "hours_average", "unanswered_rate", "service_level",
        )]
        figures = self.Snapshot._read_group(
            [("company_id", "=", self.company.id)], [], [f"{name}:sum" for name in names]
        )[0]
        self.assertEqual(figures, (4, 2, 2, 1, 51, 25.5, 0.5, 0.25))
        self.assertTrue(open_lead.active)

    def test_an_answer_marks_the_day_of_the_lead(self):
        lead = self.enquiry()
        dirty = self.env["crm.kpi.dirty.day"]
        dirty._forget(self.company.id, lead.create_date.date(), self._today())
        self.say(lead)
        self.assertIn(lead.create_date.date(), dirty._days(self.company.id))

    def test_waiting_now(self):
        now = datetime.now().replace(microsecond=0)
        lead, young, closed = (
            self.enquiry(str(now - timedelta(minutes=minutes)))
            for minutes in (50 * 60 + 5, 65, 10)
        )
        closed.action_set_lost()
        domain = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_roi.crm_lead_waiting_action"
        )["domain"]
        found = self.env["crm.lead"].search(
            [*literal_eval(domain), ("company_id", "=", self.company.id)], order="create_date"
        )
        self.assertEqual(found, lead + young)
        self.assertEqual(found.mapped("waiting_text"), ["2 days", "1 hour"])
        self.assertAlmostEqual(lead.waiting_hours, 50 + 5 / 60, 1)
        self.assertEqual(found.mapped("is_waiting_late"), [True, False])
        self.assertFalse(closed.waiting_text)
        self.assertIs(closed.waiting_hours, False)
        action = lead.with_user(self.rep).action_write_answer()
        self.assertEqual(action["context"]["default_res_ids"], lead.ids)

    def test_A5_a_rep_sees_his_own_waiting_leads_in_words(self):
        lead = self.enquiry(str(datetime.now() - timedelta(minutes=3.5)))
        self.team.response_calendar_id = self.env["resource.calendar"].create({"name": "Day"})
        self.assertEqual(lead.with_user(self.rep).waiting_text, "3 minutes")


@tagged("post_install", "-at_install")
class TestLogCall(ActivityCase):
    def setUp(self):
        super().setUp()
        self.lead = self._lead(created="2026-03-06 15:00")

    def log(self, user=None, **values):
        user = user or self.rep
        context = self.lead.with_user(user).action_log_call()["context"]
        call = self.env["crm.lead.call"].with_user(user).with_context(**context).create(values)
        return call.action_log()

    def test_a_call_is_a_done_activity(self):
        self.log(direction="in", minutes=12, outcome="reached", note="Wants two machines")
        self.assertEqual(
            self.facts("kind", "direction", "minutes", "connected", "user_id"),
            [("call", "in", 12, 1, self.rep.id)],
        )
        message = self.lead.message_ids[:1]
        self.assertIn("Wants two machines", message.body)
        done = self.env["mail.activity"].with_context(active_test=False).search([
            ("res_model", "=", "crm.lead"), ("res_id", "=", self.lead.id),
        ])
        self.assertEqual((done.active, done.activity_type_id), (False, self.call_in))
        self.assertEqual(self.lead.first_response_date, message.date)

    def test_no_answer_is_an_attempt(self):
        self.log(outcome="no_answer")
        self.assertEqual(self.facts("direction", "connected"), [("out", 0)])

    def test_a_call_of_yesterday(self):
        moment = datetime.now().replace(microsecond=0) - timedelta(days=1)
        self.log(moment=moment)
        self.assertEqual(self.facts("moment"), [(moment,)])
        self.assertEqual(self.lead.first_response_date, moment)

    def test_what_comes_next(self):
        self.log(next_type_id=self.todo.id, next_summary="Send the offer")
        activity = self.lead.activity_ids.filtered("active")
        self.assertEqual((activity.summary, activity.user_id), ("Send the offer", self.rep))
        self.assertTrue(activity.date_deadline)

    def test_impossible_calls_are_refused(self):
        with self.assertRaisesRegex(ValidationError, "-3.*KPI lead"):
            self.log(minutes=-3)
        with self.assertRaisesRegex(ValidationError, "future"):
            self.log(moment=datetime.now() + timedelta(hours=2))

    def test_without_the_shipped_types(self):
        (self.call_in + self.call_out).active = False
        self.log(direction="in")
        self.assertEqual(self.facts("kind", "direction"), [("call", False)])
