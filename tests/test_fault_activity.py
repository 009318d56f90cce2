"""Activities in bad weather: clocks, teams that change, leads that are merged, people who go."""

from collections import Counter
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from odoo.tests import new_test_user, tagged

from .activity_common import ActivityCase
from .test_nightly import NightlyCase

# From ten hours behind to fourteen ahead; some change their clocks on the days looked at.
ZONES = ("Pacific/Honolulu", "America/New_York", "America/St_Johns", "UTC", "Europe/Brussels",
         "Asia/Kolkata", "Pacific/Chatham", "Pacific/Kiritimati")
# Clocks change in New York, in Brussels (a day of 23 hours, one of 25) and in Chatham.
CHANGES = tuple(datetime(2026, month, day) for month, day in ((3, 8), (3, 29), (4, 4), (10, 25)))
AT = "2026-03-10 09:30:00"


@tagged("post_install", "-at_install", "fault")
class TestFaultActivityClock(ActivityCase, NightlyCase):
    """D6: the day of the company, whoever looks from wherever."""

    def setUp(self):
        super().setUp()
        self.lead = self._lead()
        self.moments = [
            change + timedelta(hours=hour, minutes=30)
            for change in CHANGES for hour in range(-14, 38)
        ]
        self.env["mail.message"].create([
            {"model": "crm.lead", "res_id": self.lead.id, "body": "x", "date": moment,
             "message_type": "comment", "author_id": self.rep.partner_id.id,
             "subtype_id": self.env.ref("mail.mt_comment").id}
            for moment in self.moments
        ])
        self.domain = [("company_id", "=", self.company.id)]

    def local(self, zone):
        """The same moments on the clock of a place, told by Python."""
        return [
            moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(zone))
            for moment in self.moments
        ]

    def seen_from(self, model, zone):
        self.rep.tz = zone
        return model.with_user(self.rep).with_context(
            tz=zone, allowed_company_ids=self.company.ids
        )

    def test_D6_days_hours_and_weekdays_in_every_time_zone(self):
        for zone, other in zip(ZONES, reversed(ZONES), strict=True):
            self.company.kpi_tz = zone
            self.env.flush_all()
            self.env.invalidate_all()
            Fact = self.seen_from(self.Fact, other)
            expected = self.local(zone)
            with self.subTest(zone=zone):
                rows = Fact.search(self.domain, order="moment, id")
                self.assertEqual(
                    [(row.day, row.hour, row.weekday) for row in rows],
                    [(at.date(), f"{at.hour:02}:00", str(at.isoweekday())) for at in expected],
                )
                days = Counter(at.date() for at in expected)
                grouped = Fact._read_group(self.domain, ["day:day"], ["__count"])
                self.assertEqual(dict(grouped), days)
                for day, count in days.items():
                    found = Fact.search_count([*self.domain, ("day", "=", day)])
                    self.assertEqual(found, count, "filter and group agree")

    def test_D6_days_add_up_in_every_time_zone(self):
        for zone, other in zip(ZONES, reversed(ZONES), strict=True):
            self.company.kpi_tz = zone
            self.env.flush_all()
            days = Counter(at.date() for at in self.local(zone))
            for change in CHANGES:
                first = change.date() - timedelta(days=2)
                self.Snapshot._refresh(first, first + timedelta(days=6), self.company)
            Snapshot = self.seen_from(self.Snapshot, other)
            with self.subTest(zone=zone):
                grouped = Snapshot._read_group(self.domain, ["day:day"], ["email_count:sum"])
                self.assertEqual({day: count for day, count in grouped if count}, days)
                total = Snapshot._read_group(self.domain, [], ["email_count:sum"])[0][0]
                self.assertEqual(total, len(self.moments))
                day = min(days)
                action = Snapshot.action_drill("email_count", [*self.domain, ("day", "=", day)])
                found = self.seen_from(self.env[action["res_model"]], other)
                self.assertEqual(found.search_count(action["domain"]), days[day])

    def test_D6_short_and_long_days(self):
        """A day of 23 hours and one of 25 are a day each (control: not 24 hours each)."""
        self.company.kpi_tz = "Europe/Brussels"
        self.env.flush_all()
        counts = dict(self.Fact._read_group(self.domain, ["day:day"], ["__count"]))
        self.assertEqual(counts[date(2026, 3, 29)], 23)
        self.assertEqual(counts[date(2026, 10, 25)], 25)
        twice = [*self.domain, ("day", "=", date(2026, 10, 25)), ("hour", "=", "02:00")]
        self.assertEqual(self.Fact.search_count(twice), 2)


@tagged("post_install", "-at_install", "fault")
class TestFaultActivityTeam(ActivityCase):
    """A13: activities stay with the team of that time and with the person who did them."""

    def setUp(self):
        super().setUp()
        self.lead = self._lead()
        self.south = self._team("South Team", self.company)
        self.say(self.lead, AT)
        self.env.cr.execute(
            "UPDATE crm_team_member SET create_date = '2026-01-01' WHERE user_id = %s",
            [self.rep.id],
        )
        self.rep.crm_team_member_ids.active = False
        later = self._join(self.south, self.rep)
        self.env.cr.execute(
            "UPDATE crm_team_member SET create_date = '2026-03-11' WHERE id = %s", [later.id]
        )
        self.say(self.lead, "2026-03-12 10:00")
        self.env.invalidate_all()

    def test_A13_a_rep_who_changes_team_sees_both_and_each_team_keeps_its_own(self):
        Fact = self.Fact.with_user(self.rep).with_context(allowed_company_ids=self.company.ids)
        self.env.flush_all()
        rows = Fact.search([("company_id", "=", self.company.id)], order="moment")
        self.assertEqual(rows.mapped("team_id"), self.team + self.south)
        self.Snapshot._refresh("2026-03-01", "2026-04-01", self.company)
        found = self.Snapshot._read_group(
            [("company_id", "=", self.company.id), ("email_count", ">", 0)],
            ["team_id"], ["email_count:sum"],
        )
        self.assertEqual(dict(found), {self.team: 1, self.south: 1})

    def test_A13_the_lead_s_new_owner_does_not_take_what_others_did(self):
        self.lead.write({"user_id": self.colleague.id, "team_id": self.south.id})
        self.assertEqual(
            self.facts("user_id", "team_id", "lead_user_id"),
            [(self.rep.id, self.team.id, self.colleague.id),
             (self.rep.id, self.south.id, self.colleague.id)],
        )

    def test_A13_the_comparison_is_with_the_team_of_today(self):
        people = [self._user(f"kpi_south_{number}", "sales_team.group_sale_salesman",
                             self.company) for number in range(4)]
        for user in people:
            self._join(self.south, user)
        comparison = self.env["crm.activity.comparison"].with_user(self.rep).with_context(
            allowed_company_ids=self.company.ids
        ).create({"period": "last_30"})
        self.assertIn("5 people of South Team", comparison.group_text)

    def test_A13_who_changes_team_runs_once_in_the_race(self):
        race = self.env["crm.sales.race"].with_user(self.manager).with_context(
            allowed_company_ids=self.company.ids
        ).create({"period": "this_year"})
        runners = race._results()[0]
        self.assertEqual([user for user in runners if user == self.rep], [self.rep])


@tagged("post_install", "-at_install", "fault")
class TestFaultActivityMerge(ActivityCase, NightlyCase):
    """C9: what was done on leads that are merged or deleted."""

    NAMES = ("call_count", "call_in_count", "call_out_count", "call_connected_count",
             "call_minutes", "email_count", "meeting_count", "task_count", "note_count")

    def setUp(self):
        super().setUp()
        self.lead, self.other = self._lead(), self._lead(user_id=self.colleague.id)
        self.done(self.lead, self.call_out, "2026-03-10 09:00")
        self.done(self.other, self.call_in, "2026-03-11 09:00", self.colleague)
        self.meet(self.other, "2026-03-12 11:00", self.colleague)
        self.say(self.other, "2026-03-13 11:00", self.colleague)

    def log(self, lead, **values):
        context = lead.with_user(lead.user_id).action_log_call()["context"]
        self.env["crm.lead.call"].with_user(lead.user_id).with_context(
            **context, allowed_company_ids=self.company.ids
        ).create(values).action_log()

    def build(self):
        self.Snapshot._refresh("2026-03-01", "2026-04-01", self.company)
        return self.Snapshot._read_group(
            [("company_id", "=", self.company.id)], [], [f"{name}:sum" for name in self.NAMES]
        )[0]

    def calls(self):
        return self.facts("direction", "minutes", "connected", "user_id",
                          domain=[("kind", "=", "call")])

    def test_C9_calls_move_to_the_survivor_and_count_once(self):
        self.log(self.other, direction="in", minutes=7, outcome="reached",
                 moment=datetime(2026, 3, 14, 8))
        self.log(self.other, direction="out", outcome="no_answer",
                 moment=datetime(2026, 3, 15, 8))
        before, figures = self.calls(), self.build()
        self.assertEqual(len(before), 4)
        self.assertEqual(figures[:6], (4, 2, 2, 3, 7, 1))
        survivor = (self.lead + self.other).merge_opportunity(auto_unlink=True)
        self.assertEqual(self.calls(), before)
        found = self.facts("lead_id", domain=[("kind", "!=", "note")])
        self.assertEqual({row[0] for row in found}, {survivor.id})
        self.assertEqual(len(found), 6)
        self.assertEqual(self.build()[:8], figures[:8], "the merge's own note is no more")

    def test_C9_planned_calls_move_to_the_survivor(self):
        planned = self.other.activity_schedule(
            activity_type_id=self.call_out.id, user_id=self.colleague.id,
            date_deadline="2026-04-10",
        )
        survivor = (self.lead + self.other).merge_opportunity(auto_unlink=True)
        self.assertEqual((planned.res_model, planned.res_id), ("crm.lead", survivor.id))
        planned.with_user(self.colleague)._action_done(feedback="Reached")
        self.assertEqual(
            self.facts("lead_id", "user_id", domain=[("kind", "=", "call")])[-1],
            (survivor.id, self.colleague.id),
        )

    def test_C9_the_effort_of_the_survivor_holds_both(self):
        survivor = (self.lead + self.other).merge_opportunity(auto_unlink=True)
        survivor.stage_id = self.stage_won
        self.env.flush_all()
        effort = self.env["crm.deal.effort"].search([("lead_id", "in", survivor.ids)])
        self.assertEqual((len(effort), effort.call_count, effort.activity_count), (1, 2, 4))

    def test_C9_a_merge_marks_the_days_of_what_moved(self):
        self.other.source_id = self.web
        self.build()
        self.Dirty._forget(self.company.id, date(2026, 1, 1), date(2027, 1, 1))
        (self.lead + self.other).merge_opportunity(auto_unlink=True)
        self.env.flush_all()
        self.assertLessEqual(
            {date(2026, 3, day) for day in (11, 12, 13)}, set(self.Dirty._days(self.company.id))
        )

    def test_C9_what_was_done_on_a_deleted_lead_goes_with_it(self):
        self.build()
        self.Dirty._forget(self.company.id, date(2026, 1, 1), date(2027, 1, 1))
        self.other.unlink()
        self.env.flush_all()
        marked = set(self.Dirty._days(self.company.id))
        self.assertLessEqual({date(2026, 3, 11), date(2026, 3, 13)}, marked)
        self.assertEqual(self.facts("kind", "user_id"), [("call", self.rep.id)])
        self.assertEqual(self.build(), (1, 0, 1, 1, False, 0, 0, 0, 0))


@tagged("post_install", "-at_install", "fault")
class TestFaultActivityGone(ActivityCase, NightlyCase):
    """H5, D10: people, teams, sources and companies go, what was done stays."""

    def setUp(self):
        super().setUp()
        self.lead = self._lead(source_id=self.web.id)
        self.done(self.lead, self.call_out, "2026-03-10 09:00").sudo().call_minutes = 4
        self.say(self.lead, "2026-03-11 09:00")
        self.done(self.lead, self.call_in, "2026-03-12 09:00", self.colleague)

    def build(self):
        self.env.flush_all()
        self.Snapshot._refresh("2026-03-01", "2026-04-01", self.company)
        return self.figures()

    def figures(self):
        return self.Snapshot._read_group(
            [("company_id", "=", self.company.id)], [],
            ["call_count:sum", "call_minutes:sum", "email_count:sum"],
        )[0]

    def test_H5_a_deleted_team_or_source(self):
        before = self.build()
        self.assertEqual(before, (2, 4, 1))
        self.lead.team_id = False
        for record in (self.web, self.team):
            record.unlink()
            self.assertEqual(self.figures(), before)
            self.assertEqual(self.build(), before)
        self.assertEqual(set(self.facts("team_id", "source_id")), {(False, False)})

    def test_H5_a_deleted_salesperson(self):
        before = self.build()
        self.lead.user_id = False
        self.env.flush_all()
        self.rep.unlink()
        self.assertEqual(self.figures(), before, "what is stored stays")
        self.assertEqual(self.build(), before, "and comes out again")
        self.assertEqual(
            self.facts("kind", "user_id"),
            [("call", False), ("email", False), ("call", self.colleague.id)],
        )

    def test_H5_a_salesperson_who_comes_back_as_a_customer(self):
        self.build()
        person = self.rep.partner_id
        self.lead.user_id = False
        self.env.flush_all()
        self.rep.unlink()
        self.build()
        new_test_user(
            self.env, "kpi_back", "base.group_portal", partner_id=person.id,
            company_id=self.company.id, company_ids=[(6, 0, self.company.ids)],
        )
        message = self.lead.message_post(
            body="I ask", message_type="comment", author_id=person.id,
            subtype_xmlid="mail.mt_comment",
        )
        self.at(message, "2026-03-13 09:00")
        self.assertNotIn(("email", False), self.facts("kind", "user_id"))

    def test_H5_a_customer_who_had_a_login_is_no_salesperson(self):
        before = self.build()
        portal = new_test_user(
            self.env, "kpi_portal", "base.group_portal", company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        message = self.lead.message_post(
            body="I ask", message_type="comment", author_id=portal.partner_id.id,
            subtype_xmlid="mail.mt_comment",
        )
        self.at(message, "2026-03-13 09:00")
        portal.unlink()
        self.assertEqual(self.build(), before)

    def test_D10_an_archived_company_keeps_what_was_done(self):
        other = self._lead(company_id=self.other_company.id, team_id=self.other_team.id,
                           user_id=False)
        self.say(other, AT, self.other_manager)
        self.env.flush_all()
        self.Snapshot._refresh("2026-03-01", "2026-04-01", self.other_company)
        domain = [("company_id", "=", self.other_company.id)]
        stored = self.Snapshot._read_group(domain, ["day:day"], ["email_count:sum"])
        mine = self.build()
        self.other_manager.write(
            {"company_ids": [(4, self.company.id)], "company_id": self.company.id}
        )
        self.other_company.active = False
        with self._on(date(2026, 4, 1)):
            self.Snapshot._run_nightly()
        self.assertEqual(self.figures(), mine)
        self.assertEqual(self.Snapshot._read_group(domain, ["day:day"], ["email_count:sum"]),
                         stored)
        self.assertEqual(self.Fact.search_count([("lead_id", "=", other.id)]), 1)
        self.other_company.active = True
        self.env.flush_all()
        self.Snapshot._refresh("2026-03-01", "2026-04-01", self.other_company)
        self.assertEqual(self.Snapshot._read_group(domain, ["day:day"], ["email_count:sum"]),
                         stored)
