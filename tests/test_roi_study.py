import math
from statistics import fmean

from scipy import stats

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_roi import RoiCase, day

BEFORE = [1000.0 * (10 + 2 * math.sin(month / 2)) for month in range(12)]
AFTER = [revenue * 1.5 + 100 * (index % 3) for index, revenue in enumerate(BEFORE)]
OTHER = [0.5 * revenue for revenue in BEFORE]


class StudyHistoryCase(RoiCase):
    """A year before and a year after the change, in one team of two."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.history(day("2024-01-01"), BEFORE + AFTER, cls.team)
        cls.history(day("2024-01-01"), OTHER + [1.1 * value for value in OTHER], cls.control)
        cls.baseline = cls.frozen(day("2024-01-01"), day("2024-12-31"))
        cls.cost(12000, "2025-01-01", "2025-12-31", category_id=cls.licences.id)
        cls.cost(3000, "2024-12-01", category_id=cls.licences.id, team_id=cls.team.id)
        cls.cost(500, "2025-03-01")


@tagged("post_install", "-at_install", "fault")
class TestRoiStudy(StudyHistoryCase):
    """A study against calculations made by hand."""

    def _study(self, **vals):
        return self.study(self.baseline, day("2025-01-01"), day("2025-12-31"),
                          **{"treated_team_ids": self.team.ids, **vals})

    # -- Methods -------------------------------------------------------------------------------

    def test_before_and_after_is_welch(self):
        study = self._study()
        margins = [[value / 4 for value in side] for side in (BEFORE, AFTER)]
        theirs = stats.ttest_ind(margins[1], margins[0], equal_var=False)
        interval = theirs.confidence_interval()
        effect = study.effect_ids.filtered(lambda line: line.method == "before_after")
        self.assertAlmostEqual(effect.gain, 12 * (fmean(margins[1]) - fmean(margins[0])), 2)
        self.assertAlmostEqual(effect.low, 12 * interval.low, 2)
        self.assertAlmostEqual(effect.high, 12 * interval.high, 2)
        self.assertAlmostEqual(effect.p_value, theirs.pvalue, 4)
        self.assertIn("not attributed", effect.evidence)

    def test_best_evidence_is_taken_unless_another_is_stated(self):
        self.assertEqual(self._study().method_used, "its")
        study = self._study(control_team_ids=self.control.ids)
        self.assertEqual(study.method_used, "did")
        self.assertEqual(self._study(method="before_after").method_used, "before_after")

    def test_did_takes_off_the_growth_of_the_others(self):
        study = self._study(control_team_ids=self.control.ids)
        effect = study.effect_ids.filtered("is_used")
        # The other team grew by a tenth; scaled to this team that is a tenth of what it had.
        expected = (sum(AFTER) - 1.1 * sum(BEFORE)) / 4
        self.assertAlmostEqual(effect.gain, expected, 2)
        self.assertAlmostEqual(study.gain, expected, 2)
        self.assertLess(effect.low, expected)
        self.assertGreater(effect.high, expected)

    def test_all_but_the_teams_for_comparison_changed_when_none_is_named(self):
        named = self._study(control_team_ids=self.control.ids)
        rest = self._study(control_team_ids=self.control.ids, treated_team_ids=False)
        self.assertEqual(rest.gain, named.gain)
        self.assertEqual(rest.kpi_ids.mapped("after"), named.kpi_ids.mapped("after"))

    def test_its_refuses_a_short_period_and_says_why(self):
        study = self.study(self.baseline, day("2025-01-01"), day("2025-06-30"),
                           treated_team_ids=self.team.ids)
        refused = study.effect_ids.filtered(lambda line: line.method == "its")
        self.assertIn("12 whole months", refused.refused)
        self.assertIn("6 after", refused.refused)
        self.assertIs(refused.gain, False)
        self.assertEqual(study.method_used, "before_after")
        # The first half of the year is compared with the first half.
        margins = [fmean(side[:6]) / 4 for side in (BEFORE, AFTER)]
        self.assertAlmostEqual(study.gain, 6 * (margins[1] - margins[0]), 2)

    def test_a_stated_method_that_cannot_answer_gives_no_number(self):
        study = self._study(method="did")
        self.assertFalse(study.method_used)
        for name in ("gain", "roi_base", "npv_base", "payback_month"):
            self.assertIs(study[name], False, name)
        self.assertEqual(study.roi_text, "n/a")
        self.assertIn("no team for comparison", study.summary)
        self.assertAlmostEqual(study.total_cost, 15000)

    # -- Sums ----------------------------------------------------------------------------------

    def test_months_sum_to_the_totals(self):
        study = self._study(horizon="projected", horizon_months=30, include_acquisition=True)
        months = study.month_ids
        self.assertEqual(study.projected_months, 18)
        for total, name in (("gain", "gain"), ("gain_low", "gain_low"), ("gain_high", "gain_high"),
                            ("total_cost", "cost"), ("crm_cost", "crm_cost"),
                            ("acquisition_cost", "acquisition_cost")):
            self.assertAlmostEqual(study[total], sum(months.mapped(name)), 2, total)
        observed = months.filtered(lambda month: month.kind == "observed")
        used = study.effect_ids.filtered("is_used")
        for name, gain in (("gain", "gain"), ("low", "gain_low"), ("high", "gain_high")):
            self.assertAlmostEqual(used[name], sum(observed.mapped(gain)), 2, name)
        self.assertAlmostEqual(months[-1].cumulative, study.gain - study.total_cost, 2)
        self.assertAlmostEqual(months[-1].cumulative_low, study.gain_low - study.total_cost, 2)

    def test_costs_are_those_of_the_ledger(self):
        study = self._study(include_acquisition=True)
        rows = self.Day.search([("company_id", "=", self.company.id),
                                ("day", "<=", day("2025-12-31"))])
        self.assertAlmostEqual(study.total_cost, sum(rows.mapped("amount")), 2)
        self.assertAlmostEqual(self._study().total_cost, 15000, 2)
        self.assertAlmostEqual(self._study(cost_scope="teams").total_cost, 3000, 2)
        late = self._study(cost_from="2025-01-01")
        self.assertAlmostEqual(late.total_cost, 12000, 2)
        self.assertIn("3,000", late.comparability)

    def test_credits_reduce_and_future_costs_do_not_count(self):
        before = self._study().total_cost
        self.cost(-1000, "2025-06-10", category_id=self.licences.id, is_credit=True)
        self.cost(9000, "2026-02-01", category_id=self.licences.id)
        self.cost(620, "2025-12-01", "2026-01-31", category_id=self.licences.id)
        study = self._study()
        # Half of the 62 days of the last entry lie within the observed months.
        self.assertAlmostEqual(study.total_cost, before - 1000 + 310, 2)
        june = study.month_ids.filtered(lambda row: row.month == day("2025-06-01"))
        self.assertLess(june.cost, 0)
        self.assertRecomputed(study)

    def test_only_a_frozen_baseline_is_compared_with(self):
        with self.assertRaisesRegex(UserError, "not frozen"):
            self.study(self.baseline.copy(), day("2025-01-01"), day("2025-12-31"))

    def test_parts_lead_from_margin_before_to_margin_after(self):
        parts = {part.code: part.amount for part in self._study().part_ids}
        self.assertAlmostEqual(parts.pop("before"), round(fmean(BEFORE) / 4, 2), 2)
        after = parts.pop("after")
        self.assertAlmostEqual(after, round(fmean(AFTER) / 4, 2), 2)
        self.assertAlmostEqual(sum(parts.values()), after - round(fmean(BEFORE) / 4, 2), 9)
        self.assertAlmostEqual(parts["deal_size"], sum(parts.values()), 2)

    def test_words_when_nothing_is_paid_back(self):
        self.cost(1e9, "2025-01-01", category_id=self.licences.id)
        study = self._study(method="before_after")
        self.assertIs(study.payback_month, False)
        months = len(study.month_ids)
        self.assertEqual(study.payback_text, f"not within {months} months")
        self.assertIn(f"It is not paid back within {months} months.", study.summary)
        study.sudo().write({"irr_state": "one", "irr": False})
        study.sudo()._compute_texts()
        self.assertEqual(study.irr_text, "n/a", "a rate that is not known is not zero")

    def test_payback_is_drawn_where_gain_and_cost_cross(self):
        study = self._study(method="before_after")
        at, _label = study._charts()["chart_cumulative"].mark
        before, after = study.month_ids[math.floor(at)], study.month_ids[math.ceil(at)]
        self.assertNotEqual(before, after)
        gain, cost = (
            before[name] + (after[name] - before[name]) * (at - math.floor(at))
            for name in ("cumulative_gain", "cumulative_cost")
        )
        self.assertAlmostEqual(gain, cost, 1)

    def test_roi_npv_payback_and_irr_by_hand(self):
        study = self._study(method="before_after", discount_rate=0.12)
        flows = [(row.gain or 0) - row.cost for row in study.month_ids]
        self.assertAlmostEqual(flows[0], -3000)
        self.assertAlmostEqual(study.roi_base, (study.gain - 15000) / 15000, 5)
        self.assertAlmostEqual(study.roi_low, (study.gain_low - 15000) / 15000, 5)
        rate = 1.12 ** (1 / 12)
        npv = sum(flow / rate ** time for time, flow in enumerate(flows))
        self.assertAlmostEqual(study.npv_base, npv, 1)
        total = 0
        for time, flow in enumerate(flows):
            if total < 0 <= total + flow:
                self.assertAlmostEqual(study.payback_month, time - 1 - total / flow, 2)
                self.assertIn(study.month_ids[time].month.strftime("%B %Y"), study.payback_text)
                break
            total += flow
        yearly = (1 + study.irr) ** (1 / 12)
        if study.irr_state == "one":
            worth = sum(flow / yearly ** time for time, flow in enumerate(flows))
            self.assertAlmostEqual(worth, 0, delta=1)

    def test_savings_that_are_not_cash_are_in_no_total(self):
        plain = self._study()
        saving = {"name": "Reports", "hours": 2, "people": 5, "hourly_cost": 40}
        soft = self._study(saving_ids=[(0, 0, saving)])
        cash = self._study(saving_ids=[(0, 0, {**saving, "is_cash": True})])
        self.assertEqual(soft.saving_other, 4800)
        self.assertEqual(soft.roi_base, plain.roi_base)
        self.assertEqual(soft.npv_base, plain.npv_base)
        self.assertEqual(cash.saving_cash, 4800)
        self.assertAlmostEqual(cash.npv_base, plain.npv_base + 4800, 2)

    def test_projected_months_repeat_the_average(self):
        study = self._study(horizon="projected", horizon_months=24)
        projected = study.month_ids.filtered(lambda month: month.kind == "projected")
        self.assertEqual(len(projected), 12)
        self.assertAlmostEqual(projected[0].gain, study.effect_ids.filtered("is_used").monthly, 2)
        self.assertAlmostEqual(projected[0].cost, 1000, 2)
        self.assertIn("assumption", study.comparability)

    # -- Stored, recomputed, forged ------------------------------------------------------------

    def test_a_study_recomputed_equals_the_stored_one(self):
        for vals in ({}, {"control_team_ids": self.control.ids, "include_acquisition": True},
                     {"horizon": "projected"}, {"method": "did"}):
            study = self._study(**vals)
            self.assertRecomputed(study)
            before = (study.roi_base, study.npv_high, study.month_ids.mapped("cumulative"))
            study.action_compute()
            self.assertEqual(
                before, (study.roi_base, study.npv_high, study.month_ids.mapped("cumulative"))
            )

    def test_A11_results_cannot_be_entered(self):
        study = self._study().with_user(self.manager)
        for vals in ({"roi_base": 9.0}, {"state": "computed"}, {"warning_data": []},
                     {"month_ids": [(5, 0, 0)]}, {"gain": 1}):
            with self.assertRaises(AccessError, msg=vals):
                study.write(vals)
        for line in (study.month_ids[0], study.kpi_ids[0], study.effect_ids[0], study.part_ids[0]):
            with self.assertRaises(AccessError):
                line.write({"sequence": 5} if "sequence" in line else {"cost": 5})
            with self.assertRaises(AccessError):
                line.unlink()
        with self.assertRaises(AccessError):
            study.create({"name": "Forged", "baseline_id": self.baseline.id, "roi_base": 3,
                          "date_from": "2025-01-01", "date_to": "2025-12-31",
                          "switch_date": "2025-01-01"})

    def test_a_manager_computes_and_a_changed_assumption_makes_it_old(self):
        study = self._study().with_user(self.manager)
        study.action_compute()
        self.assertEqual(study.computed_by_id, self.manager)
        study.name = "Another name"
        self.assertEqual(study.state, "computed")
        study.discount_rate = 0.2
        self.assertEqual(study.state, "outdated")
        study.action_compute()
        self.assertEqual(study.state, "computed")
        with self.assertRaises(AccessError):
            study.with_user(self.rep).action_compute()

    def test_a_saving_changed_without_the_form_makes_it_old(self):
        saving = {"name": "Lists", "hours": 2, "people": 5, "hourly_cost": 10}
        study = self._study(saving_ids=[(0, 0, saving)]).with_user(self.manager)
        other = self._study().with_user(self.manager)
        line = study.saving_ids
        for change, expected in (
            (lambda: line.write({"name": "Reports"}), "computed"),
            (lambda: line.write({"hours": 3}), "outdated"),
            (lambda: study.saving_ids.create({**saving, "study_id": study.id}), "outdated"),
            (lambda: study.saving_ids[-1:].unlink(), "outdated"),
        ):
            (study + other).action_compute()
            self.assertEqual(study.state, "computed")
            change()
            self.assertEqual((study.state, other.state), (expected, "computed"))
        study.action_compute()
        line.study_id = other
        self.assertEqual((study.state, other.state), ("outdated", "outdated"))

    # -- Nothing, other companies, other currencies --------------------------------------------

    def test_C1_without_cost_there_is_no_roi(self):
        self.env["crm.roi.cost"].search([("company_id", "=", self.company.id)]).unlink()
        study = self._study()
        for name in ("total_cost", "roi_base", "roi_low", "npv_base", "irr", "payback_month"):
            self.assertIs(study[name], False, name)
        self.assertEqual((study.roi_text, study.irr_text, study.payback_text), ("n/a",) * 3)
        self.assertTrue(study.gain)
        self.assertIn("No cost", study.comparability)
        self.assertRecomputed(study)

    def test_C1_without_revenue_the_margin_is_not_known(self):
        start = day("2022-01-01")
        self.history(start, [0] * 24, self.team, order_revenue=0, order_margin=0, won_count=0)
        baseline = self.frozen(start, day("2022-12-31"))
        study = self.study(baseline, day("2023-01-01"), day("2023-12-31"),
                           treated_team_ids=self.team.ids)
        self.assertIs(study.gain, False)
        self.assertIs(study.roi_base, False)
        self.assertIn("State a margin rate", study.summary)
        stated = self.study(baseline, day("2023-01-01"), day("2023-12-31"), margin_basis="stated",
                            margin_rate_stated=0.3, treated_team_ids=self.team.ids)
        self.assertEqual(stated.gain, 0)
        self.assertRecomputed(stated)

    def test_C3_a_missing_rate_makes_the_cost_unknown(self):
        dinar = self.env["res.currency"].create({"name": "QQD", "symbol": "Q"})
        self.cost(10, "2025-05-01", category_id=self.licences.id, currency_id=dinar.id)
        study = self._study()
        self.assertIs(study.total_cost, False)
        self.assertIs(study.roi_base, False)
        self.assertIn("exchange rate", study.comparability)
        self.assertRecomputed(study)

    def test_two_companies_and_currencies_stay_apart(self):
        west, start = self.other_company, day("2024-01-01")
        self.history(start, [value * 7 for value in BEFORE + AFTER], self.other_team, west)
        self.cost(777, "2025-02-01", company_id=west.id, currency_id=west.currency_id.id,
                  category_id=self.licences.id)
        before = self._study()
        env = self.env(context={**self.env.context, "allowed_company_ids": west.ids})
        baseline = self.Baseline.with_env(env).create({
            "name": "West", "date_from": start, "date_to": "2024-12-31", "company_id": west.id})
        baseline.action_confirm()
        study = self.Study.with_env(env).create({
            "name": "West", "baseline_id": baseline.id, "company_id": west.id,
            "date_from": "2025-01-01", "date_to": "2025-12-31", "switch_date": "2025-01-01",
        })
        study.action_compute()
        self.assertEqual(study.currency_id.name, "USD")
        self.assertEqual(study.total_cost, 777)
        self.assertEqual(baseline.line_ids.team_id, self.other_team)
        self.assertAlmostEqual(self._study().gain, before.gain, 2)
        self.assertFalse(self.Study.with_user(self.manager).search([("id", "=", study.id)]))
        # Whoever works in the other company sees the same figures.
        both = (self.company + west).ids
        self.assertRecomputed(study.with_context(allowed_company_ids=both))
        self.assertRecomputed(study.with_env(self.env))

    def test_A11_a_study_or_baseline_cannot_be_pushed_to_another_company(self):
        draft = self.baseline.copy()
        for record in (draft, self._study()):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                record.with_user(self.manager).company_id = self.other_company
                self.env.flush_all()
        empty = self.Baseline.create({"name": "Empty", "company_id": self.company.id})
        empty.company_id = self.other_company
        self.assertEqual(empty.currency_id.name, "USD")

    def test_A3_only_ticked_companies_are_seen(self):
        study = self._study()
        both = self.company + self.other_company
        self.manager.company_ids = both
        for ticked, count in ((self.company, 1), (self.other_company, 0), (both, 1)):
            theirs = self.Study.with_user(self.manager).with_context(
                allowed_company_ids=ticked.ids)
            self.assertEqual(theirs.search_count([("id", "=", study.id)]), count)
            for model in ("kpi", "effect", "part", "month"):
                lines = theirs.env[f"crm.roi.study.{model}"].search([("study_id", "=", study.id)])
                self.assertEqual(bool(lines), bool(count), model)

    def test_C4_a_company_with_a_new_currency_needs_a_new_baseline(self):
        study = self._study()
        old = study.gain
        self.company.currency_id = self.env.ref("base.USD")
        self.assertEqual(study.currency_id.name, "EUR")
        with self.assertRaisesRegex(UserError, "Make a baseline in USD"):
            study.action_compute()
        self.assertEqual(study.gain, old)

    # -- KPIs and words ------------------------------------------------------------------------

    def test_kpis_before_and_after(self):
        kpis = {line.code: line for line in self._study().kpi_ids}
        rate = kpis["win_rate"]
        self.assertEqual((rate.before, rate.after), (0.25, 0.25))
        self.assertEqual((rate.n_before, rate.n_after), (480, 480))
        self.assertEqual(rate.verdict, "unclear")
        revenue = kpis["won_revenue"]
        self.assertAlmostEqual(revenue.before, fmean(BEFORE), 2)
        self.assertAlmostEqual(revenue.after, fmean(AFTER), 2)
        self.assertEqual(revenue.verdict, "better")
        self.assertIn("per month", revenue.name)
        self.assertIn("€", revenue.before_text)
        self.assertNotIn("sales_velocity", kpis, "levels cannot be summed over months")

    def test_partial_months_gaps_and_transition_are_left_out_and_told(self):
        study = self.study(self.baseline, day("2025-02-10"), day("2025-11-20"),
                           treated_team_ids=self.team.ids)
        self.assertEqual(study.observed_months, 8)
        for words in ("02/10/2025", "11/20/2025", "12 months before, 8 after"):
            if words.startswith("12"):
                continue
            self.assertIn(words, study.comparability)
        observed = study.month_ids.filtered(lambda month: month.kind == "observed")
        self.assertEqual(observed[0].month, day("2025-03-01"))
        self.assertEqual(observed[-1].month, day("2025-10-01"))

    def test_future_months_are_not_observed(self):
        study = self.study(self.baseline, day("2025-01-01"), day("2030-12-31"),
                           treated_team_ids=self.team.ids)
        self.assertEqual(study.observed_months, 12)

    def test_a_study_before_anything_was_measured_says_so(self):
        study = self.study(self.baseline, day("2029-01-01"), day("2029-12-31"),
                           treated_team_ids=self.team.ids)
        self.assertIs(study.gain, False)
        self.assertIn("No whole month since the change", study.summary)
        self.assertRecomputed(study)
