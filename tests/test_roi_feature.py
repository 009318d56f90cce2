"""The verdict on a feature, against statistics of other programs and figures known by heart."""

from datetime import date
from unittest.mock import patch

from psycopg2 import IntegrityError
from scipy import stats

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import BaseCase, tagged
from odoo.tools import mute_logger

from ..tools.comparison import compare_ratios, compare_shares
from .common_costs import CostCase

TODAY = date(2026, 6, 17)


@tagged("post_install", "-at_install")
class TestComparison(BaseCase):
    def test_shares_as_newcombe_published_them(self):
        found = compare_shares((48, 80), (56, 70))
        self.assertAlmostEqual(found.change, 0.2)
        self.assertAlmostEqual(found.low, 0.0524, 4)
        self.assertAlmostEqual(found.high, 0.3339, 4)
        self.assertEqual((found.direction, found.cases), (1, 70))
        back = compare_shares((56, 70), (48, 80))
        self.assertAlmostEqual(back.high, -0.0524, 4)
        self.assertEqual(back.direction, -1)

    def test_few_cases_have_no_interval(self):
        found = compare_shares((10, 29), (200, 400))
        self.assertEqual((found.low, found.direction, found.cases), (None, None, 29))
        self.assertIsNone(compare_shares((0, 0), (5, 50)).change)

    def test_months_as_welch(self):
        before, after = [3.0, 5, 4, 9, 6], [8.0, 12, 7, 15, 11, 10, 14]
        found = compare_ratios([(x, 1) for x in before], [(x, 1) for x in after])
        other = stats.ttest_ind(after, before, equal_var=False).confidence_interval(0.95)
        self.assertAlmostEqual(found.low, other.low)
        self.assertAlmostEqual(found.high, other.high)

    def test_ratio_of_sums_is_not_a_mean_of_ratios(self):
        before = [(100, 1), (900, 9), (500, 5)]
        after = [(100, 1), (1800, 9), (500, 5)]
        found = compare_ratios(before, after)
        self.assertEqual((found.before, found.after), (100, 160))
        self.assertEqual(compare_ratios(before, before).direction, 0)


@tagged("post_install", "-at_install")
class TestFeature(CostCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kpi = cls.env["crm.kpi"].search([("code", "=", "win_rate")])
        cls.feature = cls.env["crm.roi.feature"].create(
            {"name": "Booking", "kpi_id": cls.kpi.id, "switched_on": "2026-01-15"})
        cls.addClassCleanup(cls._today_is(TODAY).stop)

    @classmethod
    def _today_is(cls, day):
        patcher = patch.object(type(cls.env["res.company"]), "_kpi_today", lambda *args: day)
        patcher.start()
        return patcher

    def _close(self, month, won, lost):
        for outcome, number in (("won", won), ("lost", lost)):
            for _each in range(number):
                self._lead(outcome, created=f"{month}-02 08:00", closed=f"{month}-20 12:00")

    def _measure(self):
        self.env.flush_all()
        self.Snapshot._refresh(date(2025, 1, 1), TODAY, companies=self.company)
        self.feature.invalidate_recordset()

    def test_improvement(self):
        """February to May, the whole months since; against February to May of the year before.

        January is partly before, June not over: neither counts."""
        self._close("2025-02", 8, 32)
        self._close("2025-05", 2, 8)
        self._close("2026-01", 0, 9)
        self._close("2026-02", 25, 15)
        self._close("2026-05", 5, 5)
        self._close("2026-06", 0, 9)
        self._measure()
        feature = self.feature
        self.assertEqual(feature.window_text, "Feb 2026 – May 2026 against Feb 2025 – May 2025")
        self.assertAlmostEqual(feature.kpi_before, 10 / 50)
        self.assertAlmostEqual(feature.kpi_after, 30 / 50)
        expected = compare_shares((10, 50), (30, 50))
        self.assertAlmostEqual(feature.kpi_low, expected.low)
        self.assertAlmostEqual(feature.kpi_high, expected.high)
        self.assertEqual(feature.score, 9)
        self.assertIn("more than by chance", feature.verdict)
        self.assertIn("25%", feature.score_reason)
        self.assertIn("Not attributed", feature.score_reason)
        self.assertEqual(feature.kpi_before_text, "20.0 %")
        self.assertIn("+40.0 points", feature.kpi_change_text)

    def test_worse_is_worse_also_when_lower_is_better(self):
        self._close("2025-03", 30, 20)
        self._close("2026-03", 10, 40)
        self._measure()
        self.assertEqual(self.feature.score, 1)
        lost = self.env["crm.kpi"].search([("code", "=", "lost_count")])
        self.feature.kpi_id = lost
        self.assertEqual(self.feature.kpi_before_text, "20")
        self.assertFalse(self.feature.kpi_low, "one month of figures is no sample")

    def test_no_change(self):
        self._close("2025-03", 20, 20)
        self._close("2026-03", 21, 20)
        self._measure()
        self.assertEqual(self.feature.score, 5)

    def test_no_number_without_basis(self):
        for vals, words in (
            ({"switched_on": False}, "Enter the day"),
            ({"switched_on": "2026-06-01"}, "No whole month"),
            ({"switched_on": "2027-01-01"}, "No whole month"),
            ({"kpi_id": False}, "Choose the KPI"),
        ):
            self.feature.write({"switched_on": "2026-01-15", "kpi_id": self.kpi.id, **vals})
            self.assertIn(words, self.feature.verdict)
            self.assertIs(self.feature.score, False)
            self.assertIs(self.feature.kpi_after, False)
        self.feature.write({"switched_on": "2026-01-15", "kpi_id": self.kpi.id})
        self._close("2026-03", 3, 4)
        self._measure()
        self.assertIs(self.feature.kpi_before, False)
        self.assertIs(self.feature.score, False)
        self.assertIn("at least", self.feature.score_reason)

    def test_a_kpi_that_is_gone_compares_nothing(self):
        self.feature.write({"switched_on": "2026-01-15", "kpi_id": self.kpi.id})
        self.assertTrue(self.feature.action_drill("kpi_after_text")["domain"])
        # What remains of a custom KPI whose field could not be loaded.
        self.feature.kpi_id = self.env["crm.kpi"].sudo().create(
            {"name": "Gone", "code": "x_kpi_gone", "theme": self.kpi.theme,
             "kind": self.kpi.kind, "unit": self.kpi.unit,
             "field_id": self.env["ir.model.fields"]._get("res.partner", "name").id})
        self.assertIs(self.feature.kpi_after, False)
        with self.assertRaises(UserError):
            self.feature.action_drill("kpi_after_text")

    def test_companies_switch_on_and_measure_for_themselves(self):
        other = self.feature.with_company(self.other_company)
        self.assertFalse(other.switched_on)
        other.switched_on = "2026-03-01"
        self.assertEqual(str(self.feature.switched_on), "2026-01-15")
        self._close("2025-03", 20, 20)
        self._close("2026-03", 21, 20)
        self._measure()
        self.assertEqual(self.feature.score, 5)
        self.assertIs(other.score, False)

    def test_one_statement_for_all_features(self):
        self.env["crm.roi.feature"].search([]).switched_on = "2026-01-15"
        features = self.env["crm.roi.feature"].search([])
        def statements(records):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            records.mapped("score")
            return self.env.cr.sql_log_count - before

        self.assertGreaterEqual(len(features), 10)
        statements(features)  # whatever is read once
        self.assertLessEqual(statements(features), statements(features[0]) + 2)

    def test_ten_features_are_supplied_with_their_kpi(self):
        names = self.env["ir.model.data"].search(
            [("module", "=", "crm_roi"), ("model", "=", "crm.roi.feature")])
        features = self.env["crm.roi.feature"].browse(names.mapped("res_id"))
        self.assertEqual(len(features), 10)
        for feature in features:
            self.assertTrue(feature.kpi_id and feature.description and feature.expectation)
            self.assertFalse(feature.seed_kpi)
        features[0].kpi_id = False
        self.env["crm.kpi"]._sync()
        self.assertFalse(features[0].kpi_id, "what a manager emptied stays empty")

    def test_own_features_get_a_code(self):
        first, second = (self.env["crm.roi.feature"].create({"name": n}) for n in ("A", "B"))
        self.assertTrue(first.code)
        self.assertNotEqual(first.code, second.code)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            second.code = first.code
            self.env.flush_all()

    def test_features_made_together_get_codes_of_their_own(self):
        """A list pasted or imported creates several at once."""
        features = self.env["crm.roi.feature"].create(
            [{"name": "A"}, {"name": "B", "code": "mine"}, {"name": "C"}, {"name": "D"}])
        self.assertEqual(len(set(features.mapped("code"))), 4)
        self.assertEqual(features[1].code, "mine")

    def test_costs_of_a_feature_hold_what_was_allocated_to_it(self):
        other = self.env["crm.roi.feature"].create({"name": "Other"})
        allocation = self.env["crm.roi.cost.allocation"].create({
            "name": "Two features", "company_id": self.company.id, "dimension": "feature_id",
            "line_ids": [
                Command.create({"feature_id": self.feature.id, "percent": 40}),
                Command.create({"feature_id": other.id, "percent": 60}),
            ]})
        shared = self.cost(100, "2026-02-01", allocation_id=allocation.id)
        own = self.cost(7, "2026-02-01", feature_id=self.feature.id)
        self.cost(5, "2026-02-01")
        self.assertAlmostEqual(self.feature.cost_total, 47)
        action = self.feature.action_open_costs()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found, shared + own)

    def test_costs_up_to_today_in_the_company_s_own_books(self):
        self.assertIs(self.feature.cost_total, False, "no entry is not a cost of zero")
        self.cost(200, "2026-06-08", "2026-06-27", feature_id=self.feature.id)
        self.cost(50.5, "2025-02-01", feature_id=self.feature.id)
        self.cost(-10, "2025-02-03", feature_id=self.feature.id, is_credit=True)
        self.cost(1000, "2026-02-01")
        self.cost(70, "2026-02-01", feature_id=self.feature.id, team_id=False,
                  company_id=self.other_company.id,
                  currency_id=self.other_company.currency_id.id)
        self.env.invalidate_all()
        self.assertAlmostEqual(self.feature.cost_total, 100 + 50.5 - 10)
        other = self.feature.with_company(self.other_company)
        self.assertAlmostEqual(other.cost_total, 70)
        self.assertEqual(other.currency_id, self.other_company.currency_id)
        action = self.feature.action_open_costs()
        self.assertEqual(self.env[action["res_model"]].search_count(
            [*action["domain"], ("company_id", "=", self.company.id)]), 3)

    def test_roi_comes_from_a_study_that_attributes(self):
        """A before/after study attributes nothing; the latest one with a comparison counts."""
        baseline = self.env["crm.roi.baseline"].create({
            "name": "Before", "company_id": self.company.id, "date_from": "2025-01-01",
            "date_to": "2025-12-31"})
        studies = self.env["crm.roi.study"].create([{
            "name": f"Study {last}", "company_id": self.company.id, "baseline_id": baseline.id,
            "date_from": "2026-01-15", "date_to": last, "switch_date": "2026-01-15",
            "feature_id": self.feature.id} for last in ("2026-03-31", "2026-04-30", "2026-05-31")])
        self.assertEqual((self.feature.roi, self.feature.roi_text), (False, "–"))
        for study, method, roi in zip(studies, ("did", "its", "before_after"), (0.2, 0.5, 9.0),
                                      strict=True):
            # Results can be written by nobody but the program itself.
            study.sudo().write({"state": "computed", "method_used": method, "roi_base": roi,
                                "roi_low": roi - 0.1, "roi_high": roi + 0.1})
        self._close("2025-03", 20, 20)
        self._close("2026-03", 35, 5)
        self._measure()
        self.assertAlmostEqual(self.feature.roi, 0.5)
        self.assertEqual(self.feature.roi_text, "50 % (40 % to 60 %)")
        self.assertEqual(self.feature.score, 10)
        self.assertIn("earned more", self.feature.score_reason)
        studies[1].sudo().write({"roi_low": -0.9, "roi_base": -0.7, "roi_high": -0.5})
        self.feature.invalidate_recordset()
        self.assertEqual(self.feature.score, 7)
        self.assertIs(self.feature.with_company(self.other_company).roi, False)

    def test_study_of_a_feature_counts_its_costs_alone(self):
        self.cost(100, "2026-02-01", feature_id=self.feature.id)
        self.cost(900, "2026-02-01")
        baseline = self.env["crm.roi.baseline"].create({
            "name": "Before", "company_id": self.company.id, "date_from": "2025-01-01",
            "date_to": "2025-12-31"})
        study = self.env["crm.roi.study"].create({
            "name": "Study", "company_id": self.company.id, "baseline_id": baseline.id,
            "date_from": "2026-01-15", "date_to": "2026-05-31", "switch_date": "2026-01-15",
            "include_acquisition": True})
        for feature, number in ((self.feature, 1), (self.env["crm.roi.feature"], 2)):
            study.feature_id = feature
            self.assertEqual(study.cost_count, number)
