from datetime import date, timedelta
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import BaseCase, tagged
from odoo.tools import mute_logger

from ..tools import attainment as tool
from ..tools.report_period import ReportPeriod
from .common import KpiCase

TODAY = date(2026, 3, 18)  # a Wednesday; 12 of March's 22 weekdays are over


@tagged("post_install", "-at_install")
class TestAttainmentTools(BaseCase):
    def test_a_target_of_any_days_adds_up_to_its_months(self):
        months = {date(2026, month, 1): 100.0 * month for month in range(1, 13)}
        first, stop = date(2026, 1, 10), date(2026, 11, 20)
        whole = tool.prorated(months, first, stop, True)
        # Day by day, an oracle that knows no months.
        daily = sum(
            months[day.replace(day=1)] / ((day.replace(day=28) + timedelta(days=4)).replace(
                day=1) - day.replace(day=1)).days
            for day in (first + timedelta(days=n) for n in range((stop - first).days))
        )
        self.assertAlmostEqual(whole, daily)
        for cut in (date(2026, 1, 31), date(2026, 2, 1), date(2026, 6, 15)):
            self.assertAlmostEqual(
                whole, tool.prorated(months, first, cut, True)
                + tool.prorated(months, cut, stop, True))
        self.assertIsNone(tool.prorated(months, first, date(2027, 1, 2), True))
        self.assertIsNone(tool.prorated(months, first, first, True))

    def test_a_rate_is_averaged_by_days(self):
        months = {date(2026, 1, 1): 0.2, date(2026, 2, 1): 0.4}
        self.assertAlmostEqual(
            tool.prorated(months, date(2026, 1, 1), date(2026, 3, 1), False),
            (0.2 * 31 + 0.4 * 28) / 59)
        self.assertAlmostEqual(
            tool.prorated(months, date(2026, 2, 3), date(2026, 2, 9), False), 0.4)

    def test_season(self):
        months = tool.month_starts(date(2026, 1, 1), date(2027, 1, 1))
        last = {date(2025, month, 1): month for month in range(1, 13)}
        self.assertEqual(tool.season_weights(months, last), list(range(1, 13)))
        for broken in ({**last, date(2025, 5, 1): None}, {**last, date(2025, 5, 1): -1}, {},
                       dict.fromkeys(last, 0)):
            self.assertIsNone(tool.season_weights(months, broken))

    def test_share_of_working_days(self):
        march = [date(2026, 3, 1) + timedelta(days=n) for n in range(31)]
        work = {day for day in march if day.weekday() < 5} - {date(2026, 3, 2)}
        share = tool.elapsed_share(date(2026, 3, 1), date(2026, 4, 1), TODAY, work)
        self.assertAlmostEqual(share, 11 / 21)
        self.assertEqual(
            tool.elapsed_share(date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1), work), 1)
        # Half of the quarter's business is expected in January; by working days within months.
        days = {date(2026, 1, 1) + timedelta(days=n) for n in range(90)}
        weights = {date(2026, 1, 1): 50, date(2026, 2, 1): 30, date(2026, 3, 1): 20}
        share = tool.elapsed_share(
            date(2026, 1, 1), date(2026, 4, 1), date(2026, 3, 1), days, weights)
        self.assertAlmostEqual(share, 0.8)

    def test_attainment_and_pace(self):
        for value, target, better, reached in (
            (80, 100, "higher", 0.8), (120, 100, "higher", 1.2), (80, 100, "lower", 1.25),
            (200, 100, "lower", 0.5), (0, 100, "lower", 1.0), (0, 0, "lower", 1.0),
            (5, 0, "lower", 0.0), (5, 0, "higher", None), (None, 5, "higher", None),
            (5, None, "lower", None), (-50, 100, "higher", -0.5),
        ):
            self.assertEqual(tool.attainment(value, target, better), reached)
        for reached, running, over in (
            (1.05, "ahead", "ahead"), (1.0, "on_track", "on_track"), (0.95, "on_track", "behind"),
            (0.94, "behind", "behind"), (None, None, None),
        ):
            self.assertEqual(tool.pace(reached, True), running)
            self.assertEqual(tool.pace(reached, False), over)
        self.assertEqual([tool.target_status(r, False) for r in (1, 0.9, 0.8, 0.7, None)],
                         ["good", "warning", "warning", "bad", None])

    def test_thresholds_respect_the_direction(self):
        for value, better, status in (
            (0.5, "higher", "good"), (0.3, "higher", "warning"), (0.2, "higher", "bad"),
            (None, "higher", None), (0.2, "none", None),
        ):
            self.assertEqual(tool.threshold_status(value, 0.3, 0.2, better), status)
        for value, status in ((10, "good"), (30, "warning"), (40, "bad")):
            self.assertEqual(tool.threshold_status(value, 30, 40, "lower"), status)
        self.assertIsNone(tool.threshold_status(1, 0, 0, "higher"))


def days(first, stop):
    return ReportPeriod(date.fromisoformat(first), date.fromisoformat(stop))


class TargetCase(KpiCase):
    """Deals of 2025 with a season and of the first weeks of 2026; today is 18 March 2026."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Figures, cls.Target = cls.env["crm.kpi.figures"], cls.env["crm.kpi.target"]
        cls.startClassPatcher(patch.object(
            type(cls.env["res.company"]), "_kpi_today", lambda self, timezone, now=None: TODAY))
        # A five-day week without holidays, whatever the company's calendar begins with.
        cls.calendar = cls.company.resource_calendar_id
        cls.kpis = {kpi.code: kpi for kpi in cls.env["crm.kpi"].search([])}
        for month in range(1, 13):
            cls._lead("won", f"2025-{month:02}-02 10:00", f"2025-{month:02}-10 10:00",
                      expected_revenue=1000 * month)
        for day in (3, 5, 11):
            cls._lead("won", "2026-02-01 10:00", f"2026-03-{day:02} 10:00", expected_revenue=400)
        cls._lead("lost", "2026-02-01 10:00", "2026-03-06 10:00", user_id=cls.colleague.id)
        cls.Snapshot._refresh("2025-01-01", "2026-03-18", cls.company)

    @classmethod
    def _target(cls, code="won_revenue", amount=1200, first="2026-03-01", period="month", **vals):
        return cls.Target.create({
            "kpi_id": cls.kpis[code].id, "amount": amount, "date_from": first,
            "period_type": period, "company_id": cls.company.id, **vals,
        })

    def _figure(self, code, period="this_month", scope=None, user=None):
        figures = self.Figures.with_user(user or self.env.user)._figures([code], period, scope)
        return figures[0]

    def _months(self, target):
        return [month.amount for month in target.month_ids.sorted("month")]


@tagged("post_install", "-at_install", "fault")
class TestTarget(TargetCase):
    def test_spread_evenly_to_the_cent(self):
        target = self._target(amount=1000, first="2026-01-15", period="year")
        self.assertEqual((target.date_from, target.date_to), (date(2026, 1, 1), date(2026, 12, 31)))
        self.assertEqual(self._months(target), [83.34] * 4 + [83.33] * 8)
        self.assertEqual(round(sum(self._months(target)), 2), 1000)

    def test_spread_by_last_years_season(self):
        target = self._target(amount=7800, first="2026-01-01", period="year", spread="season")
        self.assertEqual(self._months(target), [100.0 * month for month in range(1, 13)])
        self.assertFalse(target.is_season_missing)
        # Nobody sold in 2024: evenly, and said so.
        before = self._target(amount=1200, first="2025-01-01", period="year", spread="season")
        self.assertEqual(self._months(before), [100.0] * 12)
        self.assertTrue(before.is_season_missing)

    def test_seasons_are_those_of_the_holder(self):
        own = self._target(amount=7800, first="2026-01-01", period="year", spread="season",
                           user_id=self.colleague.id)
        self.assertTrue(own.is_season_missing)
        team = self._target(amount=7800, first="2026-01-01", period="year", spread="season",
                            team_id=self.team.id)
        self.assertEqual(self._months(team)[11], 1200)

    def test_rates_and_levels_are_not_shared(self):
        for code in ("win_rate", "open_count"):
            target = self._target(code, 0.3, "2026-01-01", "quarter")
            self.assertEqual(self._months(target), [0.3] * 3)

    def test_a_year_may_begin_in_any_month(self):
        target = self._target(first="2026-04-01", period="year")
        self.assertEqual((target.date_to, len(target.month_ids)), (date(2027, 3, 31), 12))
        self.assertEqual(target.period_text, "04/01/2026 – 03/31/2027")

    def test_change_moves_the_months(self):
        target = self._target(amount=300, first="2026-01-01", period="quarter")
        target.amount = 600
        self.assertEqual(self._months(target), [200.0] * 3)
        target.write({"period_type": "month", "date_from": "2026-05-20"})
        self.assertEqual([str(m.month) for m in target.month_ids], ["2026-05-01"])
        months = target.month_ids
        target.unlink()
        self.assertFalse(months.exists())

    def test_overlap_is_refused_in_words(self):
        self._target(first="2026-01-01", period="year")
        with self.assertRaisesRegex(ValidationError, "Won Revenue · 2026.*same months"):
            self._target(first="2026-06-01")
        self._target(first="2027-01-01")
        self._target(first="2026-06-01", team_id=self.team.id)
        self._target(first="2026-06-01", user_id=self.rep.id)
        self._target("won_count", first="2026-06-01")

    def test_negative_targets_are_refused(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._target(amount=-1)

    def test_running_month(self):
        self._target(amount=2200)
        figure = self._figure("won_revenue")
        self.assertEqual((figure["value"], figure["target"]), (1200, 2200))
        self.assertAlmostEqual(figure["attainment"], 1200 / 2200)
        # 12 of the 22 weekdays of March are over by the eighteenth.
        self.assertAlmostEqual(figure["projected"], 1200 * 22 / 12)
        self.assertEqual((figure["pace"], figure["status"]), ("on_track", "good"))

    def test_behind_and_ahead(self):
        target = self._target(amount=2500)
        self.assertEqual(self._figure("won_revenue")["status"], "warning")
        target.amount = 4000
        self.assertEqual(self._figure("won_revenue")["status"], "bad")
        self.assertEqual(self._figure("won_revenue")["pace"], "behind")
        target.amount = 1500
        self.assertEqual(self._figure("won_revenue")["pace"], "ahead")

    def test_lower_is_better(self):
        self._target("lost_count", 1)
        # One lost deal in 12 of 22 days: nearly two by the end of the month.
        figure = self._figure("lost_count")
        self.assertAlmostEqual(figure["projected"], 22 / 12)
        self.assertAlmostEqual(figure["attainment"], 12 / 22)
        self.assertEqual((figure["pace"], figure["status"]), ("behind", "bad"))

    def test_projection_follows_the_season(self):
        self._target(amount=7800, first="2026-01-01", period="year", spread="season")
        figure = self._figure("won_revenue", "this_quarter")
        # 100 and 200 of January and February, and 12/22 of March's 300, of 600 in all.
        share = (100 + 200 + 300 * 12 / 22) / 600
        self.assertAlmostEqual(figure["projected"], 1200 / share)
        self.assertEqual(figure["target"], 600)

    def test_a_holiday_is_no_working_day(self):
        self.env["resource.calendar.leaves"].create({
            "calendar_id": self.calendar.id, "name": "Holiday", "company_id": self.company.id,
            "date_from": "2026-03-23 00:00:00", "date_to": "2026-03-24 23:00:00",
        })
        self._target(amount=2200)
        self.assertAlmostEqual(self._figure("won_revenue")["projected"], 1200 * 20 / 12)

    def test_rates_are_taken_to_stay(self):
        self._target("win_rate", 0.5)
        figure = self._figure("win_rate")
        self.assertEqual(
            (figure["value"], figure["projected"], figure["target"]), (0.75, 0.75, 0.5))
        self.assertEqual(figure["attainment"], 1.5)

    def test_finished_period(self):
        self._target(amount=2000, first="2025-02-01")
        figure = self.Figures._figures(
            ["won_revenue"], days("2025-02-01", "2025-03-01"))[0]
        self.assertEqual((figure["value"], figure["projected"], figure["pace"]),
                         (2000, 2000, "on_track"))

    def test_target_of_a_part_of_the_year(self):
        self._target(amount=3650, first="2025-01-01", period="year")
        week = self.Figures._figures(["won_revenue"], days("2025-02-01", "2025-02-15"))[0]
        self.assertAlmostEqual(week["target"], 304.16 / 2, 1)
        half = self.Figures._figures(["won_revenue"], days("2024-12-31", "2025-02-15"))[0]
        self.assertIsNone(half["target"], "a month without a target has none")

    def test_scopes_have_their_own_targets(self):
        self._target(amount=100)
        self._target(amount=30, team_id=self.team.id)
        self._target(amount=20, user_id=self.rep.id)
        self._target(amount=7, user_id=self.colleague.id, team_id=self.team.id)
        for scope, amount in (
            (None, 100), ({"team_id": self.team.id}, 30), ({"user_id": self.rep.id}, 20),
            ({"user_id": self.colleague.id}, 7),
            ({"user_id": [self.rep.id, self.colleague.id]}, 27),
            ({"user_id": self.colleague.id, "team_id": self.team.id}, 7),
            ({"user_id": self.manager.id}, None), ({"source_id": self.web.id}, None),
            ({"user_id": [self.rep.id, self.manager.id]}, None),
        ):
            self.assertEqual(self._figure("won_revenue", scope=scope)["target"], amount, scope)

    def test_targets_of_two_people_have_no_common_rate(self):
        for user in (self.rep, self.colleague):
            self._target("win_rate", 0.5, user_id=user.id)
        both = {"user_id": [self.rep.id, self.colleague.id]}
        self.assertIsNone(self._figure("win_rate", scope=both)["target"])

    def test_other_currency_and_company(self):
        rates = self.env["res.currency.rate"]
        rates.search([]).unlink()
        rates.create({"currency_id": self.env.ref("base.USD").id, "name": "2020-01-01",
                      "rate": 2.0, "company_id": self.company.id})
        self._target(amount=1000)
        other = self._target(amount=500, company_id=self.other_company.id)
        self.assertEqual(other.currency_id, self.env.ref("base.USD"))
        both = {"company_ids": (self.company + self.other_company).ids}
        figure = self._figure("won_revenue", scope=both)
        self.assertAlmostEqual(figure["target"], 1250)
        self.assertIsNone(self._figure(
            "won_count", scope=both)["target"])

    def test_standing_of_targets_is_the_boards(self):
        target = self._target(amount=2200)
        rate = self._target("win_rate", 0.8, "2026-03-01")
        own = self._target(amount=3000, user_id=self.rep.id)
        for one, scope in ((target, None), (rate, None), (own, {"user_id": self.rep.id})):
            figure = self._figure(one.kpi_id.code, scope=scope)
            self.assertEqual(one.attainment, figure["attainment"])
            self.assertEqual(one.status, figure["status"])
            self.assertEqual(
                one.value_text, self.Figures._text(one.kpi_id.code, figure["value"]))
        self.assertEqual(target.pace_text, "● On track")
        self.assertEqual(own.pace_text, "▼ Behind")

    def test_plan_by_month_adds_up_what_can_be_added(self):
        south = self._team("South", self.company)
        amounts = {}
        for name, amount, holder in (
            ("company", 2400, {}), ("north", 1200, {"team_id": self.team.id}),
            ("south", 600, {"team_id": south.id}), ("rep", 400, {"user_id": self.rep.id}),
        ):
            amounts[name] = amount
            self._target(amount=amount, first="2026-01-01", period="year", **holder)
        self._target("lead_count", 120, first="2026-01-01", period="year")
        Month = self.env["crm.kpi.target.month"].with_user(self.manager)
        own = [("company_id", "=", self.company.id)]

        def plan(domain, *groupby):
            return [row[-1] for row in Month._read_group(
                [*own, *domain], groupby, ["amount:sum"])]

        revenue = [("code", "=", "won_revenue")]
        teams = [*revenue, ("team_id", "!=", False), ("user_id", "=", False)]
        self.assertEqual(plan(teams), [amounts["north"] + amounts["south"]])
        self.assertEqual(
            plan(teams, "month:month"), [(amounts["north"] + amounts["south"]) / 12] * 12)
        self.assertEqual(
            plan([*revenue, ("user_id", "=", False)], "team_id"),
            [amounts["north"], amounts["south"], amounts["company"]])
        # 0 equals False, but is not the same.
        self.assertIs(plan(revenue)[0], False, "a whole and its parts")
        self.assertIs(plan([*revenue, ("user_id", "=", False)])[0], False)
        self.assertIs(
            plan([("team_id", "=", False), ("user_id", "=", False)])[0], False, "two KPIs")
        self._target(amount=100, first="2026-01-01", period="year", user_id=self.rep.id,
                     team_id=self.team.id)
        mine = [*revenue, ("user_id", "=", self.rep.id)]
        self.assertIs(plan(mine, "user_id")[0], False, "a person for all teams, and for one")
        self.assertEqual(plan(mine, "team_id"), [100, amounts["rep"]])

    def test_sum_of_parts(self):
        company = self._target(amount=12000, first="2026-01-01", period="year")
        team = self._target(amount=9000, first="2026-01-01", period="year", team_id=self.team.id)
        for user, amount in ((self.rep, 4000), (self.colleague, 3500)):
            self._target(amount=amount, first="2026-01-01", period="year", team_id=self.team.id,
                         user_id=user.id)
        self.assertEqual(company.parts_text.replace("\xa0", " "), "9,000 €")
        self.assertEqual(team.parts_text.replace("\xa0", " "), "7,500 €")

    def test_thresholds_of_ratios(self):
        kpi = self.kpis["win_rate"].with_company(self.company)
        kpi.write({"threshold_warning": 0.8, "threshold_alarm": 0.6})
        self.assertEqual(self._figure("win_rate")["status"], "warning")
        self._target("win_rate", 0.5)
        self.assertEqual(self._figure("win_rate")["status"], "warning")

    def test_only_the_program_writes_months(self):
        month = self._target().month_ids
        for who in (self.manager, self.env.ref("base.user_admin")):
            for attempt in (lambda m: m.write({"amount": 1}), lambda m: m.unlink(),
                            lambda m: m.create({"amount": 1, "target_id": m.target_id.id})):
                with self.assertRaises(AccessError):
                    attempt(month.with_user(who).sudo())

    def test_A5_a_salesperson_sees_own_targets_and_no_comparison_with_others(self):
        company = self._target(amount=100)
        own = self._target(amount=20, user_id=self.rep.id)
        other = self._target(amount=30, user_id=self.colleague.id)
        hidden = self._target("crm_cost", 5)
        seen = self.Target.with_user(self.rep).search([])
        self.assertLessEqual(company + own, seen)
        self.assertFalse((other + hidden) & seen)
        # Of the company's target the salesperson would only see own figures.
        self.assertFalse(company.with_user(self.rep).attainment_text)
        self.assertEqual(own.with_user(self.rep).attainment_text, own.attainment_text)
        self.assertIsNone(self._figure("won_revenue", user=self.rep)["target"])
        scope = {"user_id": self.rep.id}
        self.assertEqual(self._figure("won_revenue", scope=scope, user=self.rep)["target"], 20)
        with self.assertRaises(AccessError):
            own.with_user(self.rep).amount = 1

    def test_company_rule(self):
        target = self._target()
        for record in (target, target.month_ids):
            self.assertFalse(record.with_user(self.other_manager).with_context(
                allowed_company_ids=self.other_company.ids).has_access("read"))

    def test_queries_do_not_grow_with_targets(self):
        codes = ["won_revenue", "won_count", "win_rate", "lost_count", "average_deal_size"]
        self._target()

        def count():
            self.env.invalidate_all()
            self.Figures._figures(codes, "this_month")
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self.Figures._figures(codes, "this_month")
            return self.env.cr.sql_log_count - start

        few = count()
        for code in codes[1:]:
            self._target(code, 3)
        self.assertEqual(count(), few)

    def test_a_target_for_all_teams_holds_those_for_single_teams(self):
        self._target(amount=1200, user_id=self.rep.id)
        self._target(amount=300, user_id=self.rep.id, team_id=self.team.id)
        figure = self._figure("won_revenue", scope={"user_id": self.rep.id})
        self.assertEqual(figure["target"], 1200)
        own_team = {"user_id": self.rep.id, "team_id": self.team.id}
        self.assertEqual(self._figure("won_revenue", scope=own_team)["target"], 300)


@tagged("post_install", "-at_install")
class TestBenchmark(TargetCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.industry, cls.other_industry = cls.env["res.partner.industry"].create(
            [{"name": "Machines"}, {"name": "Toys"}])
        cls.company.kpi_industry_id = cls.industry

    def _benchmark(self, value, year=2024, code="win_rate", **vals):
        return self.env["crm.kpi.benchmark"].create({
            "kpi_id": self.kpis[code].id, "industry_id": self.industry.id, "year": year,
            "value": value, "source": "A study", **vals,
        })

    def test_the_newest_of_the_industry_and_own_before_shared(self):
        self.assertIsNone(self._figure("win_rate")["benchmark"])
        self._benchmark(0.9, industry_id=self.other_industry.id)
        self._benchmark(0.1, 2020)
        self._benchmark(0.2, 2024)
        self._benchmark(0.3, 2030)
        figure = self._figure("win_rate")
        self.assertEqual((figure["benchmark"], figure["benchmark_source"]), (0.2, "A study (2024)"))
        self._benchmark(0.25, 2024, company_id=self.company.id)
        self.assertEqual(self._figure("win_rate")["benchmark"], 0.25)

    def test_own_value_while_there_is_no_source(self):
        self.kpis["win_rate"].with_company(self.company).benchmark = 0.4
        self.assertEqual(self._figure("win_rate")["benchmark"], 0.4)
        self._benchmark(0.2)
        self.assertEqual(self._figure("win_rate")["benchmark"], 0.2)

    def test_totals_and_missing_sources_are_refused(self):
        with self.assertRaisesRegex(ValidationError, "total"):
            self._benchmark(5, code="won_count")
        with self.assertRaisesRegex(ValidationError, "published"):
            self._benchmark(0.5, source=" ")
