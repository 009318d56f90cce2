"""What people did: each thing once, credited to who did it, on the company's day."""

from datetime import date

from odoo.tests import tagged

from .activity_common import ActivityCase
from .test_nightly import NightlyCase

AT = "2026-03-10 09:30:00"


@tagged("post_install", "-at_install", "fault")
class TestActivityFact(ActivityCase):
    def setUp(self):
        super().setUp()
        self.lead = self._lead(source_id=self.web.id)

    def test_each_kind(self):
        self.done(self.lead, self.call_out, "2026-03-10 09:00")
        self.say(self.lead, "2026-03-10 10:00")
        self.meet(self.lead, "2026-03-10 11:00")
        self.done(self.lead, self.todo, "2026-03-10 12:00")
        self.note(self.lead, "2026-03-10 13:00")
        self.assertEqual(self.kinds(), ["call", "email", "meeting", "task", "note"])

    def test_automatic_messages_are_no_activity(self):
        customer = self.env["res.partner"].create({"name": "Cus", "email": "cus@example.com"})
        self.lead.message_post(body="I ask", message_type="email", author_id=customer.id,
                               subtype_xmlid="mail.mt_comment")
        self.say(self.lead, message_type="notification")
        self.lead.with_user(self.rep).with_context(tracking_disable=False).stage_id = self.stage_won
        self.env.flush_all()
        self.lead.sudo().with_user(1).message_post(
            body="System", message_type="comment", subtype_xmlid="mail.mt_comment",
            author_id=self.env.ref("base.partner_root").id,
        )
        self.assertEqual(self.kinds(), [])

    def test_the_doer_is_credited_with_his_team(self):
        self.done(self.lead, self.call, AT, user=self.colleague, owner=self.rep)
        self.lead.user_id = self.manager
        self.assertEqual(
            self.facts("user_id", "team_id", "lead_user_id", "source_id", "lead_id"),
            [(self.colleague.id, self.team.id, self.manager.id, self.web.id, self.lead.id)],
        )

    def test_A13_a_change_of_team_leaves_the_past(self):
        member = self.rep.crm_team_member_ids
        self.env.cr.execute(
            "UPDATE crm_team_member SET create_date = '2026-01-01' WHERE id = %s", [member.id]
        )
        member.active = False
        second = self._team("Second Team", self.company)
        later = self._join(second, self.rep)
        self.env.cr.execute(
            "UPDATE crm_team_member SET create_date = '2026-03-11' WHERE id = %s", [later.id]
        )
        for moment in ("2025-06-01 10:00", AT, "2026-03-12 10:00"):
            self.say(self.lead, moment)
        self.assertEqual(
            [row[0] for row in self.facts("team_id")],
            [self.team.id, self.team.id, second.id],
        )

    def test_direction_minutes_and_outcome_of_calls(self):
        reached = self.done(self.lead, self.call_in, "2026-03-10 09:00")
        reached.sudo().write({"call_minutes": 12.5, "call_outcome": "reached"})
        self.done(self.lead, self.call_out, "2026-03-10 10:00").sudo().call_outcome = "no_answer"
        self.done(self.lead, self.call, "2026-03-10 11:00")
        self.assertEqual(
            self.facts("direction", "minutes", "connected"),
            [("in", 12.5, 1), ("out", False, 0), (False, False, 1)],
        )

    def test_a_meeting_in_the_calendar_counts_once(self):
        activity = self.lead.with_user(self.rep).activity_schedule(
            activity_type_id=self.meeting.id, user_id=self.rep.id
        )
        event = self.meet(self.lead, "2026-03-10 11:00", activity_ids=[(6, 0, activity.ids)])
        activity._action_done(feedback="Held")
        self.assertEqual(self.kinds(), ["meeting"])
        event.with_context(active_test=False).active = False
        self.assertEqual(self.kinds(), ["meeting"])
        # Another one, marked as done without the calendar.
        self.done(self.lead, self.meeting)
        self.assertEqual(self.kinds(), ["meeting", "meeting"])

    def test_meetings_to_come_are_not_held(self):
        self.meet(self.lead, "2099-03-10 11:00")
        self.assertEqual(self.kinds(), [])

    def test_cancelled_activities_do_not_count(self):
        self.lead.with_user(self.rep).activity_schedule(
            activity_type_id=self.call.id, user_id=self.rep.id
        ).unlink()
        self.assertEqual(self.kinds(), [])

    def test_H5_a_rep_who_has_left_keeps_what_he_did(self):
        self.say(self.lead, AT)
        self.rep.active = False
        self.assertEqual(self.facts("user_id"), [(self.rep.id,)])

    def test_D6_days_and_hours_are_the_companys(self):
        other = self._lead(company_id=self.other_company.id, team_id=self.other_team.id,
                           user_id=False)
        # Clocks go forward on 29 March 2026 in Brussels (01:00 UTC), on 8 March in New York.
        for moment in ("2026-03-28 22:59", "2026-03-28 23:00", "2026-03-29 00:59",
                       "2026-03-29 01:00", "2026-03-29 21:59", "2026-03-29 22:00"):
            self.say(self.lead, moment)
        self.say(other, "2026-03-08 06:59", self.other_manager)
        self.say(other, "2026-03-08 07:00", self.other_manager)
        self.assertEqual(
            self.facts("day", "hour", "weekday", domain=[("company_id", "=", self.company.id)]),
            [(date(2026, 3, 28), "23:00", "6"), (date(2026, 3, 29), "00:00", "7"),
             (date(2026, 3, 29), "01:00", "7"), (date(2026, 3, 29), "03:00", "7"),
             (date(2026, 3, 29), "23:00", "7"), (date(2026, 3, 30), "00:00", "1")],
        )
        self.assertEqual(
            self.facts("hour", domain=[("company_id", "=", self.other_company.id)]),
            [("01:00",), ("03:00",)],
        )

    def test_C9_merged_leads_keep_their_activities(self):
        other = self._lead()
        self.done(other, self.call_out, AT)
        self.meet(other, "2026-03-10 11:00")
        survivor = (self.lead + other).merge_opportunity(auto_unlink=True)
        self.assertEqual(
            self.facts("kind", "lead_id", domain=[("kind", "!=", "note")]),
            [("call", survivor.id), ("meeting", survivor.id)],
        )


@tagged("post_install", "-at_install", "fault")
class TestActivityKpi(ActivityCase, NightlyCase):
    NAMES = ("call_count", "call_in_count", "call_out_count", "call_connected_count",
             "call_minutes", "email_count", "meeting_count", "task_count", "note_count")

    def setUp(self):
        super().setUp()
        self.lead = self._lead()

    def figures(self, *names, domain=()):
        return self.Snapshot._read_group(
            [("company_id", "=", self.company.id), *domain], [], [f"{n}:sum" for n in names]
        )[0]

    def build(self):
        self.Snapshot._refresh("2026-03-01", "2026-04-01", self.company)

    def test_counts_of_days(self):
        first = self.done(self.lead, self.call_in, "2026-03-10 09:00")
        first.sudo().call_minutes = 7
        missed = self.done(self.lead, self.call_out, "2026-03-31 21:59")  # 23:59 in Brussels
        missed.sudo().call_outcome = "no_answer"
        self.done(self.lead, self.call_out, "2026-03-31 22:00")  # April there
        self.say(self.lead, AT, self.colleague)
        self.meet(self.lead, "2026-03-10 11:00")
        self.done(self.lead, self.todo, AT)
        self.note(self.lead, AT)
        self.build()
        self.assertEqual(self.figures(*self.NAMES), (2, 1, 1, 1, 7, 1, 1, 1, 1))
        own = [("user_id", "=", self.colleague.id), ("team_id", "=", self.team.id)]
        self.assertEqual(self.figures("email_count", "call_count", domain=own), (1, 0))

    def test_D6_days_add_up_to_the_period(self):
        for hour in range(48):
            self.say(self.lead, f"2026-03-{28 + hour // 24} {hour % 24:02}:30")
        self.build()
        rows = self.Snapshot._read_group(
            [("company_id", "=", self.company.id)], ["day:day"], ["email_count:sum"],
            order="day:day",
        )
        self.assertEqual(
            [(day, count) for day, count in rows if count],
            [(date(2026, 3, 28), 23), (date(2026, 3, 29), 23), (date(2026, 3, 30), 2)],
        )
        self.assertEqual(sum(count for _day, count in rows), self.figures("email_count")[0])

    def test_effort_counts_lost_deals_too(self):
        won = self._lead("won", closed="2026-03-20 12:00")
        lost = self._lead("lost", closed="2026-03-21 12:00")
        self.done(won, self.call_out, "2026-03-15 09:00")
        self.done(won, self.call_out, "2026-03-25 09:00")  # after it was won
        for day in (12, 13, 14):
            self.done(lost, self.call_out, f"2026-03-{day} 09:00")
        self.say(lost, "2026-03-16 09:00")
        self.note(lost, "2026-03-16 09:00")
        self.build()
        names = ("deal_call_count", "deal_activity_count", "sales_per_call", "calls_per_sale",
                 "activities_per_won")
        self.assertEqual(self.figures(*names), (4, 5, 0.25, 4, 5))

    def test_no_calls_no_ratio(self):
        self._lead("won", closed="2026-03-20 12:00")
        self.build()
        self.assertEqual(self.figures("sales_per_call", "calls_per_sale"), (False, 0))

    def test_overdue_activities_of_a_night(self):
        for day in ("2026-03-30", "2026-03-31", "2026-04-02"):
            self.lead.activity_schedule(
                activity_type_id=self.call.id, user_id=self.colleague.id, date_deadline=day
            )
        archived = self._lead("lost", closed="2026-03-20 12:00")
        archived.activity_schedule(
            activity_type_id=self.call.id, user_id=self.rep.id, date_deadline="2026-03-01"
        )
        with self._on(date(2026, 4, 1)):
            self.Snapshot._run_nightly()
        rows = self._rows("day", "user_id", "team_id", "overdue_activity_count")
        self.assertEqual(
            [row for row in rows if row[3]],
            [(date(2026, 3, 31), self.colleague.id, self.team.id, 1)],
        )

    def test_changes_mark_finished_days(self):
        with self._on(date(2026, 4, 1)):
            message = self.say(self.lead, AT)
            event = self.meet(self.lead, "2026-03-11 11:00")
            self.Snapshot._run_nightly()
            for change, days in (
                (lambda: message.sudo().write({"date": "2026-03-12 10:00"}), {10, 12}),
                (lambda: message.sudo().write({"subtype_id": False}), {12}),
                (lambda: message.sudo().unlink(), {12}),
                (lambda: event.write({"start": "2026-03-14 11:00"}), {11, 14}),
                (lambda: event.unlink(), {14}),
            ):
                change()
                self.env.flush_all()
                self.assertEqual({day.day for day in self.Dirty._days(self.company.id)}, days)
                self.Dirty._forget(self.company.id, date(2026, 1, 1), date(2027, 1, 1))

    def test_a_message_of_today_costs_no_query_more(self):
        self.say(self.lead)
        count = self.env["mail.message"].search_count([])
        statements = []
        execute = type(self.env.cr).execute

        def watch(cursor, query, *args, **kwargs):
            statements.append(str(getattr(query, "code", query)))
            return execute(cursor, query, *args, **kwargs)

        self.patch(type(self.env.cr), "execute", watch)
        self.say(self.lead)
        self.assertEqual(self.env["mail.message"].search_count([]), count + 1)
        self.assertFalse([s for s in statements if "crm_kpi_dirty_day" in s])

    def test_a_moved_lead_takes_its_activities_along(self):
        self.say(self.lead, "2026-03-12 10:00")
        self.build()
        self.assertEqual(self.figures("email_count"), (1,))
        self.Dirty._forget(self.company.id, date(2026, 1, 1), date(2027, 1, 1))
        self.lead.source_id = self.web
        self.env.flush_all()
        self.assertIn(date(2026, 3, 12), self.Dirty._days(self.company.id))

    def test_the_drill_opens_what_was_counted(self):
        self.done(self.lead, self.call_out, AT, self.colleague)
        self.say(self.lead, AT)
        self.build()
        action = self.Snapshot.action_drill("call_count", [("company_id", "=", self.company.id)])
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual((found.kind, found.user_id), ("call", self.colleague))
        self.assertEqual(found.action_open()["res_id"], self.lead.id)


@tagged("post_install", "-at_install", "fault")
class TestFaultActivity(ActivityCase):
    def setUp(self):
        super().setUp()
        self.lead = self._lead()
        self.done(self.lead, self.call_out, AT)
        self.done(self.lead, self.call_out, AT, self.colleague)

    def test_A5_a_rep_sees_his_own_activities(self):
        for user, expected in ((self.rep, 1), (self.colleague, 2), (self.manager, 2),
                               (self.other_manager, 0)):
            Fact = self.Fact.with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
            domain = [("company_id", "=", self.company.id)]
            self.assertEqual(Fact.search_count(domain), expected, user.login)
            self.assertEqual(Fact._read_group(domain, [], ["__count"])[0][0], expected)
            self.assertEqual(
                len(Fact.web_search_read(domain, {"user_id": {}})["records"]), expected
            )

    def test_A5_the_company_may_allow_more(self):
        self.company.activity_shared = True
        Fact = self.Fact.with_user(self.rep).with_context(allowed_company_ids=self.company.ids)
        self.assertEqual(Fact.search_count([("company_id", "=", self.company.id)]), 2)

    def test_A5_the_drill_of_a_rep_opens_his_own(self):
        self.env["crm.kpi.snapshot"]._refresh("2026-03-01", "2026-04-01", self.company)
        Snapshot = self.Snapshot.with_user(self.rep).with_context(
            allowed_company_ids=self.company.ids
        )
        domain = [("company_id", "=", self.company.id)]
        self.assertEqual(Snapshot._read_group(domain, [], ["call_count:sum"]), [(1,)])
        action = Snapshot.action_drill("call_count", domain)
        found = Snapshot.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found.user_id, self.rep)
