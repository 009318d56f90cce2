from datetime import date, timedelta
from unittest.mock import patch

from odoo.tests import BaseCase, tagged
from odoo.tools import mute_logger

from ..tools.growth import change
from ..tools.report_period import KEYS, ReportPeriod
from .common import KpiCase

TODAY = date(2026, 3, 18)  # a Wednesday


@tagged("post_install", "-at_install")
class TestReportPeriod(BaseCase):
    def test_periods_seen_from_a_day(self):
        for key, first, stop in (
            ("today", date(2026, 3, 18), date(2026, 3, 19)),
            ("yesterday", date(2026, 3, 17), date(2026, 3, 18)),
            ("this_week", date(2026, 3, 16), date(2026, 3, 23)),
            ("last_week", date(2026, 3, 9), date(2026, 3, 16)),
            ("this_month", date(2026, 3, 1), date(2026, 4, 1)),
            ("last_month", date(2026, 2, 1), date(2026, 3, 1)),
            ("this_quarter", date(2026, 1, 1), date(2026, 4, 1)),
            ("last_quarter", date(2025, 10, 1), date(2026, 1, 1)),
            ("this_year", date(2026, 1, 1), date(2027, 1, 1)),
            ("last_year", date(2025, 1, 1), date(2026, 1, 1)),
            ("last_7", date(2026, 3, 11), date(2026, 3, 18)),
            ("last_365", date(2025, 3, 18), date(2026, 3, 18)),
        ):
            self.assertEqual(ReportPeriod.of(key, TODAY), (first, stop, key))

    def test_every_day_of_years_is_in_its_period_and_after_the_one_before(self):
        for offset in range(800):
            day = date(2023, 12, 1) + timedelta(days=offset)
            for key in KEYS:
                period = ReportPeriod.of(key, day)
                if key.startswith("this") or key == "today":
                    self.assertTrue(period.first <= day < period.stop, (key, day))
                else:
                    self.assertLessEqual(period.stop, day, (key, day))
                before = period.previous()
                self.assertEqual(before.stop, period.first)
                self.assertEqual(before.unit, period.unit)
                self.assertEqual(period.next().previous(), period._replace(key=period.unit))

    def test_weeks_start_as_the_language_says(self):
        self.assertEqual(ReportPeriod.of("this_week", TODAY, 6).first, date(2026, 3, 15))
        self.assertEqual(ReportPeriod.of("this_week", date(2026, 3, 15), 6).first,
                         date(2026, 3, 15))

    def test_a_running_period_is_compared_with_as_many_days(self):
        month = ReportPeriod.of("this_month", TODAY)
        self.assertEqual(month.elapsed(TODAY)[:2], (date(2026, 3, 1), TODAY))
        self.assertEqual(month.compared(TODAY)[:2], (date(2026, 2, 1), date(2026, 2, 18)))
        self.assertEqual(
            month.compared(TODAY, "last_year")[:2], (date(2025, 3, 1), date(2025, 3, 18)))
        # The thirtieth day of March has no counterpart in February.
        self.assertEqual(month.compared(date(2026, 3, 31))[:2],
                         (date(2026, 2, 1), date(2026, 3, 1)))
        last = ReportPeriod.of("last_month", TODAY)
        self.assertEqual(last.compared(TODAY)[:2], (date(2026, 1, 1), date(2026, 2, 1)))
        first_day = ReportPeriod.of("this_month", date(2026, 3, 1))
        self.assertEqual(first_day.elapsed(date(2026, 3, 1)).days, 0)
        self.assertEqual(first_day.compared(date(2026, 3, 1)).days, 0)

    def test_an_unknown_key_is_named(self):
        for key in ("next_month", "this_7", "", "last_31"):
            with self.assertRaisesRegex(ValueError, "No such period"):
                ReportPeriod.of(key, TODAY)


@tagged("post_install", "-at_install", "fault")
class TestFaultGrowth(BaseCase):
    def test_E9_growth_signs(self):
        for value, previous, expected in (
            (5, 0, ("new", None)), (100, 0, ("new", None)), (0, 100, ("number", -1.0)),
            (-5, -10, ("number", 0.5)), (-10, -5, ("number", -1.0)), (5, -5, ("number", 2.0)),
            (0, 0, ("number", 0.0)), (-3, 0, ("new", None)), (None, 5, ("none", None)),
            (5, None, ("none", None)), (None, None, ("none", None)), (120, 100, ("number", 0.2)),
        ):
            self.assertEqual(change(value, previous), expected, (value, previous))


@tagged("post_install", "-at_install")
class TestFigures(KpiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Figures = cls.env["crm.kpi.figures"]
        cls.startClassPatcher(patch.object(
            type(cls.env["res.company"]), "_kpi_today", lambda self, timezone, now=None: TODAY))
        for day in (2, 3, 17):
            cls._lead("won", "2026-02-01 10:00", f"2026-03-{day:02} 10:00", expected_revenue=100)
        cls._lead("lost", "2026-02-01 10:00", "2026-03-04 10:00")
        cls._lead("won", "2026-02-01 10:00", "2026-02-10 10:00", expected_revenue=200,
                  user_id=cls.colleague.id)
        # After the eighteenth: not among the elapsed days of February.
        cls._lead("won", "2026-02-01 10:00", "2026-02-25 10:00", expected_revenue=5000)
        cls._lead("lost", "2026-01-05 10:00", "2026-01-20 10:00")
        cls.Snapshot._refresh("2026-01-01", "2026-03-18", cls.company)

    def _figure(self, code, period="this_month", scope=None, **kwargs):
        figures = self.Figures._figures([code], period, scope, **kwargs)
        self.assertEqual([figure["code"] for figure in figures], [code])
        return figures[0]

    def test_value_change_and_what_it_rests_on(self):
        revenue = self._figure("won_revenue")
        self.assertEqual((revenue["value"], revenue["previous"]), (300, 200))
        self.assertAlmostEqual(revenue["change"], 0.5)
        self.assertTrue(revenue["improved"])
        self.assertEqual(revenue["currency_id"], self.company.currency_id.id)
        rate = self._figure("win_rate")
        self.assertEqual((rate["value"], rate["n"], rate["previous"]), (0.75, 4, 1.0))
        self.assertLess(rate["low"], 0.75)
        self.assertGreater(rate["high"], 0.75)
        lost = self._figure("lost_count")
        self.assertEqual((lost["value"], lost["change_kind"], lost["improved"]), (1, "new", False))

    def test_whole_month_against_whole_month(self):
        last = self._figure("won_revenue", "last_month")
        self.assertEqual((last["value"], last["previous"], last["change_kind"]), (5200, 0, "new"))

    def test_scope(self):
        own = self._figure("won_revenue", "last_month", {"user_id": self.colleague.id})
        self.assertEqual(own["value"], 200)
        both = self._figure("won_revenue", "last_month",
                            {"user_id": [self.rep.id, self.colleague.id]})
        self.assertEqual(both["value"], 5200)
        self.assertIsNone(
            self._figure("won_revenue", "last_month", {"team_id": self.other_team.id})["value"])

    def test_same_value_as_the_pivot(self):
        [(pivot,)] = self.Snapshot._read_group(
            [("day", ">=", "2026-03-01"), ("day", "<", "2026-04-01"),
             ("company_id", "in", [self.company.id, False])], [], ["won_revenue:sum"])
        self.assertEqual(self._figure("won_revenue")["value"], pivot)

    def test_a_kpi_of_managers_is_absent(self):
        codes = ["crm_cost", "win_rate", "no_such"]
        as_rep = self.Figures.with_user(self.rep)._figures(codes, "this_month")
        self.assertEqual([figure["code"] for figure in as_rep], ["win_rate"])
        as_manager = self.Figures.with_user(self.manager)._figures(codes, "this_month")
        self.assertEqual([f["code"] for f in as_manager], ["crm_cost", "win_rate"])
        nobody = self._user("kpi_nobody", "base.group_user", self.company)
        self.assertEqual(self.Figures.with_user(nobody)._figures(codes, "this_month"), [])

    def test_a_salesperson_counts_what_is_theirs(self):
        revenue = self.Figures.with_user(self.rep)._figures(["won_revenue"], "last_month")
        self.assertEqual(revenue[0]["value"], 5000)

    @mute_logger("odoo.addons.crm_roi.models.kpi.kpi_figures")
    def test_one_failing_kpi_leaves_the_others(self):
        Kpi = type(self.env["crm.kpi"])
        read = Kpi._values

        def failing(kpi, codes, *args):
            if "lost_count" in codes:
                raise ValueError("broken")
            return read(kpi, codes, *args)

        self.patch(Kpi, "_values", failing)
        figures = self.Figures._figures(["won_revenue", "lost_count", "win_rate"], "this_month")
        self.assertEqual([figure["value"] for figure in figures], [300, None, 0.75])
        self.assertEqual([bool(figure["error"]) for figure in figures], [False, True, False])

    def test_queries_do_not_grow_with_the_number_of_kpis(self):
        def count(codes):
            self.env.invalidate_all()
            self.Figures._figures(codes, "this_month")
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self.Figures._figures(codes, "this_month")
            return self.env.cr.sql_log_count - start

        every = self.env["crm.kpi"].search([]).mapped("code")
        self.assertEqual(count(["win_rate", "open_count"]), count(every))

    def test_series_has_a_point_for_each_step(self):
        year = ReportPeriod(date(2026, 1, 1), date(2026, 4, 1))
        series = self.Figures._series(["won_revenue", "win_rate"], year, None, "month")
        self.assertEqual(series["won_revenue"], [
            (date(2026, 1, 1), 0), (date(2026, 2, 1), 5200), (date(2026, 3, 1), 300)])
        self.assertEqual([value for _day, value in series["win_rate"]], [0.0, 1.0, 0.75])
        days = self.Figures._series(["won_count"], "this_week", None, "day")["won_count"]
        # American weeks begin on Sunday; nothing happened on two of the days.
        self.assertEqual(
            days, [(date(2026, 3, 15), None), (date(2026, 3, 16), None), (date(2026, 3, 17), 1)])

    def test_by_salesperson(self):
        lines = self.Figures._by(["won_count"], "last_month", None, "user_id")
        self.assertEqual(
            {line["id"]: line["won_count"] for line in lines if line["won_count"]},
            {self.rep.id: 1, self.colleague.id: 1})

    def test_texts(self):
        text = self.Figures._text
        self.assertEqual(text("win_rate", 0.375), "37.5 %")
        self.assertEqual(text("won_revenue", 12300.4).replace("\xa0", " "), "12,300 €")
        self.assertEqual(text("lead_count", 1234), "1,234")
        self.assertEqual(text("lead_count", None), "–")
        self.assertEqual(text("average_cycle_days", 14.2345678), "14.2 days")
        dollars = text("won_revenue", 10.5, self.env.ref("base.USD")).replace("\xa0", " ")
        self.assertEqual(dollars, "$ 10.50")
        change_text = self.Figures._change_text
        self.assertEqual(change_text(self._figure("won_revenue")), "+50.0 %")
        self.assertEqual(change_text(self._figure("win_rate")), "−25.0 points")
        self.assertEqual(change_text(self._figure("lost_count")), "new")
        self.assertEqual(change_text(self._figure("won_revenue", compare=None)), "–")
