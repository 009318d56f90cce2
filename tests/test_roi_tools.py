import math
import random
from fractions import Fraction
from itertools import permutations

from odoo.tests import BaseCase, tagged

from ..tools import roi as tool
from ..tools.decomposition import margin_factors, rounded_parts, shapley, split_margin


@tagged("post_install", "-at_install", "fault")
class TestRoiTools(BaseCase):
    """Return on investment on textbook numbers."""

    def test_C1_roi_of_nothing_is_not_a_number(self):
        expected = {
            (None, None): None, (None, 0): None, (None, 100): None,
            (0, None): None, (0, 0): None, (0, 100): -1.0,
            (150, None): None, (150, 0): None, (150, 100): 0.5,
        }
        for (gain, cost), value in expected.items():
            self.assertEqual(tool.roi(gain, cost), value, (gain, cost))
        self.assertIsNone(tool.roi(100, -50), "credits are nothing to divide by")

    def test_npv_of_the_spreadsheet_example(self):
        flows = [-10000, 3000, 4200, 6800]
        self.assertAlmostEqual(tool.npv(0.1, [0, *flows]), 1188.44, 2)
        self.assertAlmostEqual(tool.npv(0.1, flows), 1188.4434123352 * 1.1, 6)
        self.assertEqual(tool.npv(0, flows), 4000)

    def test_irr_of_the_spreadsheet_example(self):
        flows = [-70000, 12000, 15000, 18000, 21000, 26000]
        state, rate = tool.irr(flows)
        self.assertEqual(state, "one")
        self.assertAlmostEqual(rate, 0.0866, 4)
        self.assertAlmostEqual(tool.npv(rate, flows), 0, 6)
        self.assertAlmostEqual(tool.irr(flows[:-1])[1], -0.0212, 4)

    def test_irr_says_when_there_is_none_or_no_single_one(self):
        for flows in ([], [0, 0], [5, 6], [-1, -2, -3]):
            self.assertEqual(tool.irr(flows), ("none", None), flows)
        # 25 % and 400 % are both roots of this example.
        flows = [-1600, 10000, -10000]
        self.assertAlmostEqual(tool.npv(0.25, flows), 0)
        self.assertAlmostEqual(tool.npv(4, flows), 0)
        self.assertEqual(tool.irr(flows), ("multiple", None))

    def test_irr_of_flows_that_waver_but_pay_back_once(self):
        flows = [-100, 30, -5, 40, 60]
        state, rate = tool.irr(flows)
        self.assertEqual(state, "one")
        self.assertGreater(rate, 0)
        self.assertAlmostEqual(tool.npv(rate, flows), 0, 6)

    def test_irr_of_long_horizons_stays_finite(self):
        for flows in ([-1] + [0] * 238 + [5], [-1e6] + [1] * 240, [-1] + [100] * 240):
            state, rate = tool.irr(flows)
            self.assertEqual(state, "one")
            self.assertTrue(math.isfinite(rate))
            self.assertAlmostEqual(tool.npv(rate, flows) / max(map(abs, flows)), 0, 5)

    def test_payback_is_interpolated_and_the_first(self):
        self.assertEqual(tool.payback([-100, 30, 40, 50]), 2.6)
        self.assertEqual(tool.payback([-100, 100]), 1.0)
        self.assertEqual(tool.payback([-100, 150, -200, 400]), 100 / 150)
        self.assertEqual(tool.payback([0, 0, -100, 50, 50]), 4.0)
        self.assertEqual(tool.payback([10, 20]), 0.0)
        for flows in ([-100, 30], [], [0, 0]):
            self.assertIsNone(tool.payback(flows), flows)

    def test_discounted_payback_is_later(self):
        flows = [-100, 60, 60]
        self.assertAlmostEqual(tool.payback(flows), 1 + 40 / 60)
        later = tool.payback(tool.discounted(0.1, flows))
        self.assertAlmostEqual(later, 1 + (100 - 60 / 1.1) / (60 / 1.21))

    def test_rates_of_months_compound_to_years(self):
        self.assertAlmostEqual(tool.yearly_rate(tool.monthly_rate(0.08)), 0.08)
        self.assertAlmostEqual(tool.monthly_rate(0.12682503013196977), 0.01)


@tagged("post_install", "-at_install")
class TestDecomposition(BaseCase):
    """The parts of a change sum to the change, exactly, and prefer no order."""

    def test_shapley_is_the_average_over_all_orders(self):
        before = {"a": 2, "b": 3, "c": 5, "d": 7, "e": 11}
        after = {"a": 3, "b": 1, "c": 8, "d": 7, "e": 2}
        expected = dict.fromkeys(before, Fraction(0))
        orders = list(permutations(before))
        for order in orders:
            state = {name: Fraction(value) for name, value in before.items()}
            for name in order:
                old = math.prod(state.values())
                state[name] = Fraction(after[name])
                expected[name] += Fraction(math.prod(state.values()) - old, len(orders))
        parts = shapley(before, after)
        for name in before:
            self.assertAlmostEqual(parts[name], float(expected[name]), 6, name)
        self.assertEqual(parts["d"], 0, "what did not change brought nothing")

    def test_rounded_parts_sum_to_the_rounded_total(self):
        rng = random.Random(7)
        for _try in range(10_000):
            digits = rng.choice((0, 2, 3))
            parts = {index: rng.uniform(-1e6, 1e6) for index in range(5)}
            total = sum(parts.values())
            rounded = rounded_parts(parts, total, digits)
            unit = 10 ** digits
            self.assertEqual(
                sum(round(part * unit) for part in rounded.values()), round(total * unit)
            )
            for name, part in parts.items():
                self.assertLess(abs(rounded[name] - part), 1 / unit + 1e-9)

    def _factors(self, closed, won, revenue, days, cycles, rate, months=10):
        return margin_factors({
            "closed_count": closed, "won_count": won, "won_revenue": revenue,
            "cycle_days_total": days, "won_cycle_count": cycles,
        }, months, rate)

    def test_parts_lead_from_the_margin_before_to_the_margin_after(self):
        before = self._factors(100, 30, 60_000, 1200, 30, 0.3)
        after = self._factors(120, 48, 90_000, 1440, 48, 0.35)
        low, high, parts = split_margin(before, after)
        self.assertAlmostEqual(low, 60_000 * 0.3 / 10)
        self.assertAlmostEqual(high, 90_000 * 0.35 / 10)
        self.assertAlmostEqual(sum(parts.values()), high - low)
        self.assertGreater(parts["cycle"], 0, "shorter cycles")
        self.assertLess(parts["deal_size"], 0, "smaller deals")

    def test_only_what_changed_has_a_part(self):
        before = self._factors(100, 30, 60_000, 1200, 30, 0.3)
        after = self._factors(100, 45, 90_000, 1800, 45, 0.3)
        _low, _high, parts = split_margin(before, after)
        for name in ("volume", "deal_size", "margin_rate", "cycle"):
            self.assertAlmostEqual(parts[name], 0, 6, name)
        self.assertAlmostEqual(parts["win_rate"], 900)

    def test_zero_and_unknown_sides_still_sum(self):
        some = (100, 30, 60_000, 1200, 30, 0.3)
        sides = [some, (0, 0, 0, 0, 0, None), (50, 0, 0, 0, 0, None), (10, 5, 0, 20, 5, 0.3),
                 (10, 5, 900, None, None, 0.3), (10, 5, 900, 0, 5, -0.1)]
        margins = [1800, 0, 0, 0, 27, -9]
        for first, low in zip(sides, margins, strict=True):
            for second, high in zip(sides, margins, strict=True):
                if first[5] is None and second[5] is None:
                    continue
                found = split_margin(self._factors(*first), self._factors(*second))
                self.assertAlmostEqual(found[0], low, 6, (first, second))
                self.assertAlmostEqual(found[1], high, 6, (first, second))
                self.assertAlmostEqual(sum(found[2].values()), high - low, 6, (first, second))
