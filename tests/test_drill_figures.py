"""Lines of reports, races, alerts, targets and rankings open their records."""

from datetime import timedelta

from odoo.fields import Datetime
from odoo.tests import tagged

from .activity_common import ActivityCase


@tagged("post_install", "-at_install", "fault")
class TestDrillReports(ActivityCase):

    def setUp(self):
        super().setUp()
        self.today = Datetime.now().replace(hour=12, minute=0, second=0, microsecond=0)
        self.first = str(self.today.date() - timedelta(days=40))

    def ago(self, days):
        return str(self.today - timedelta(days=days))

    def measure(self):
        self.Snapshot._refresh(self.first, str(self.today.date()), self.company)

    def make(self, model, user, **values):
        return self.env[model].with_user(user).with_context(
            allowed_company_ids=self.company.ids).create(values)

    def opened(self, request, user):
        """The records that a request opens to a user."""
        action = self.env["crm.kpi.figures"].with_user(user).with_context(
            allowed_company_ids=self.company.ids).action_drill(request)
        records = self.env[action["res_model"]].with_user(user)
        return records.with_context(**action["context"]).search(action["domain"])

    # -- Response ------------------------------------------------------------------------------

    def enquiry(self, hours, **values):
        created = self.today - timedelta(days=10)
        lead = self._lead(created=str(created), **values)
        if hours is not None:
            self.say(lead, created + timedelta(hours=hours), lead.user_id)
            lead._kpi_recompute_sql(lead.ids)
        return lead

    def test_response_lines(self):
        second = self._team("Second", self.company)
        for hours in (1, 3, 30, None, None):
            self.enquiry(hours)
        self.enquiry(7, team_id=second.id, user_id=self.colleague.id)
        self.enquiry(5, team_id=False, user_id=False)
        self.measure()
        for dimension, key in (("team_id", "team_id"), ("user_id", "user_id")):
            report = self.make("crm.response.report", self.manager, period="last_30",
                               dimension=dimension)
            self.assertEqual(sum(line.expected for line in report.line_ids[:-1]),
                             report.line_ids[-1].expected)
            for line in report.line_ids:
                opened = {name: self.opened(line.drills[name], self.manager)
                          for name in ("expected", "unanswered", "in_time", "median", "hours")}
                self.assertEqual(len(opened["expected"]), line.expected)
                self.assertAlmostEqual(len(opened["unanswered"]) / line.expected, line.unanswered)
                self.assertAlmostEqual(len(opened["in_time"]) / line.expected, line.in_time)
                self.assertEqual(opened["median"], opened["expected"])
                hours = opened["hours"].mapped("response_hours")
                if hours:
                    self.assertAlmostEqual(sum(hours) / len(hours), line.hours, 1)
                if line != report.line_ids[-1]:
                    self.assertLessEqual(len(opened["expected"][key]), 1)

    def test_A5_response_of_a_salesperson_opens_his_own(self):
        self.enquiry(1)
        self.enquiry(None, user_id=self.colleague.id)
        self.measure()
        everybody = self.make("crm.response.report", self.manager, period="last_30",
                              dimension="user_id")
        for line in everybody.line_ids:
            found = self.opened(line.drills["expected"], self.rep)
            self.assertLessEqual(found.user_id, self.rep)
        self.assertEqual(len(self.opened(everybody.line_ids[-1].drills["expected"], self.rep)), 1)

    # -- Comparison and race -------------------------------------------------------------------

    def test_A5_how_i_compare_opens_own_records_only(self):
        lead, other = self._lead(created=self.ago(10)), self._lead(
            created=self.ago(10), user_id=self.colleague.id)
        for _number in range(3):
            self.done(lead, self.call_out, self.ago(2))
        self.say(lead, self.ago(3))
        self.done(other, self.call_out, self.ago(2), self.colleague)
        self.measure()
        comparison = self.make("crm.activity.comparison", self.rep, period="last_7")
        counted = 0
        for line in comparison.line_ids:
            self.assertEqual(list(line.drills), ["mine"], "of the others nobody is shown")
            found = self.opened(line.drills["mine"], self.rep)
            self.assertEqual(len(found), line.mine, line.name)
            self.assertLessEqual(found.user_id, self.rep)
            counted += len(found)
        # Three calls, counted as calls and as calls connected, and a message.
        self.assertEqual(counted, 7)

    def test_A5_race(self):
        for user, count in ((self.rep, 2), (self.colleague, 4)):
            for _deal in range(count):
                self._lead("won", self.ago(30), self.ago(10), user_id=user.id)
        self.measure()
        race = self.make("crm.sales.race", self.manager, period="last_30")
        self.assertEqual(race.line_ids.user_id, self.rep + self.colleague)
        for line in race.line_ids:
            found = self.opened(line.drills["value_text"], self.manager)
            self.assertEqual((str(len(found)), found.user_id), (line.value_text, line.user_id))
            # Whoever sees the line of somebody else opens what he may read, and no more.
            mine = self.opened(line.drills["value_text"], self.rep)
            self.assertEqual(mine, found if line.user_id == self.rep else found.browse())
        own = self.make("crm.sales.race", self.rep, period="last_30").line_ids
        self.assertEqual(own.user_id, self.rep)
        self.assertEqual(len(self.opened(own.drills["value_text"], self.rep)), 2)

    # -- Alerts and targets --------------------------------------------------------------------

    def test_what_an_alert_fired_on(self):
        figures = self.env["crm.kpi.figures"].with_user(self.manager)
        week = figures._period("last_week")
        moment = f"{week.first + timedelta(days=1)} 12:00"
        for outcome, user in (("won", self.rep), ("lost", self.rep), ("lost", self.colleague)):
            self._lead(outcome, moment, moment, user_id=user.id)
        self.Snapshot._refresh(week.first, week.stop)
        kpi = self.env["crm.kpi"].search([("code", "=", "lost_count")])
        for scope, count in (({}, 2), ({"user_id": self.rep.id}, 1)):
            alert = self.env["crm.kpi.alert"].create({
                "kpi_id": kpi.id, "condition": "above", "value": 0, "step": "week", "periods": 1,
                "owner_id": self.manager.id, "company_id": self.company.id, **scope,
            })
            alert._check()
            event = alert.event_ids.with_user(self.manager)
            self.assertEqual((event.kind, event.value), ("fired", count))
            found = self.opened(event.drills["value_text"], self.manager)
            self.assertEqual((len(found), set(found.mapped("won_status"))), (count, {"lost"}))
            alert.write({"user_id": self.colleague.id, "step": "month"})
            self.assertEqual(self.opened(event.drills["value_text"], self.manager), found,
                             "history is that of the alert as it was")

    def test_targets(self):
        for user, revenue in ((self.rep, 400), (self.colleague, 700)):
            self._lead("won", self.ago(30), self.ago(3), expected_revenue=revenue, user_id=user.id)
        self.measure()
        day = self.today.date() - timedelta(days=3)
        kpi = self.env["crm.kpi"].search([("code", "=", "won_revenue")])
        for holder, revenue in (({}, 1100), ({"user_id": self.rep.id}, 400)):
            target = self.env["crm.kpi.target"].create({
                "kpi_id": kpi.id, "company_id": self.company.id, "amount": 1000,
                "date_from": day.replace(day=1), "period_type": "month", **holder,
            }).with_user(self.manager)
            found = self.opened(target.drills["value_text"], self.manager)
            self.assertEqual(sum(found.mapped("expected_revenue")), revenue)
            text = self.env["crm.kpi.figures"]._text("won_revenue", revenue)
            self.assertEqual(target.value_text, text)

    # -- Winning -------------------------------------------------------------------------------

    def test_places_open_the_deals_of_their_team_and_company(self):
        second = self._team("Second", self.company)
        for team, won, lost in ((self.team, 3, 2), (second, 5, 1)):
            for outcome, count in (("won", won), ("lost", lost)):
                for _deal in range(count):
                    self._lead(outcome, self.ago(30), self.ago(10), team_id=team.id)
        self.measure()
        day = self.today.date()
        for team, won, closed in ((self.team, 3, 5), (second, 5, 6), (None, 8, 11)):
            analysis = self.env["crm.winning.analysis"].with_user(self.manager).create({
                "company_id": self.company.id, "team_id": team and team.id,
                "date_from": day - timedelta(days=30), "date_to": day - timedelta(days=1),
            })
            analysis.action_run()
            place = analysis.place_ids
            self.assertEqual((place.user_id, place.won_count, place.closed_count),
                             (self.rep, won, closed))
            for reader in (self.manager, self.rep):
                drills = place.with_user(reader).drills
                self.assertEqual(len(self.opened(drills["won_count"], reader)), won)
                self.assertEqual(len(self.opened(drills["closed_count"], reader)), closed)
            self.assertFalse(self.opened(drills["won_count"], self.other_rep()))

    def other_rep(self):
        login = "kpi_third"
        found = self.env["res.users"].search([("login", "=", login)])
        return found or self._user(login, "sales_team.group_sale_salesman", self.company)

    # -- Activities ----------------------------------------------------------------------------

    def test_activities_open_their_documents(self):
        lead = self._lead(created=self.ago(10))
        self.done(lead, self.call_out, self.ago(2))
        meeting = self.meet(lead, self.ago(3))
        self.measure()
        self.env.flush_all()
        for kind, record in (("call", lead), ("meeting", meeting)):
            fact = self.Fact.search([("lead_id", "=", lead.id), ("kind", "=", kind)])
            action = fact.action_open()
            self.assertEqual((action["res_model"], action["res_id"]), (record._name, record.id))

    def test_an_effort_opens_its_opportunity(self):
        lead = self._lead("won", self.ago(10), self.ago(2))
        self.env.flush_all()
        effort = self.env["crm.deal.effort"].search([("lead_id", "=", lead.id)])
        self.assertEqual(effort.action_open()["res_id"], lead.id)
