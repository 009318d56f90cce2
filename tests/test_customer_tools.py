"""Scores, stages, tiers, curves and the choice of a model, against pandas and by hand."""

import warnings
from pathlib import Path

import numpy as np
import pandas

from odoo.tests import BaseCase, tagged

from ..tools import customer_value, lifecycle, purchase_model, rfm, survival, tiering
from ..tools.customer_value import MBG, RATE
from .test_purchase_model import datasets, drawn


def orders(random, count, now=1000, **parameters):
    """Order days of drawn customers, as arrays of customers and days."""
    rows = []
    x, t_x, T = drawn(random, count, **parameters)
    for number in range(count):
        days = {0, round(t_x[number])}
        inside = random.uniform(0, t_x[number], max(int(x[number]) - 1, 0))
        days |= {round(day) for day in inside}
        rows += [(number, now - round(T[number]) + day) for day in days]
    return np.array(rows).T


@tagged("post_install", "-at_install")
class TestCustomerTools(BaseCase):
    # -- histories ---------------------------------------------------------------------------

    def test_histories_of_the_cdnow_sample(self):
        path = Path(datasets.__file__).parent / "CDNOW_sample.txt"
        frame = pandas.read_csv(path, sep=r"\s+", names=["old", "id", "date", "cds", "spend"])
        dates = pandas.to_datetime(frame["date"].astype(str))
        start = dates.min()
        days = (dates - start).dt.days.to_numpy()
        inside = days < 39 * 7
        history = customer_value.histories(frame["id"][inside], days[inside], 39 * 7 - 1)
        published = pandas.read_csv(path.with_name("cdnow_customers_summary.csv"))
        self.assertEqual(len(history.x), 2357)
        np.testing.assert_array_equal(history.x, published["frequency"])
        np.testing.assert_allclose(history.t_x / 7, published["recency"], atol=.01)
        np.testing.assert_allclose((history.T + 1) / 7, published["T"], atol=.15)
        self.assertEqual(history.x.sum(), 2457, "2,603 when orders of a day are not collapsed")

    def test_orders_of_one_day_are_one(self):
        history = customer_value.histories([7, 7, 7, 3], [10, 10, 40, 90], 100)
        self.assertEqual(history.customer.tolist(), [3, 7])
        self.assertEqual(history.x.tolist(), [0, 1])
        self.assertEqual(history.t_x.tolist(), [0, 30])
        self.assertEqual(history.T.tolist(), [10, 90])

    # -- choice of a model -------------------------------------------------------------------

    def test_customers_who_are_lost_get_a_model_that_knows_it(self):
        days = orders(np.random.default_rng(2), 1500, r=1.2, alpha=40, a=1, b=3)
        choice = customer_value.choose(*days, 1000)
        self.assertIn(choice.model.kind, (MBG, "bg_nbd"))
        self.assertEqual(choice.alive.kind, MBG)
        self.assertLess(abs(choice.hold_out.bias), .25)
        self.assertIn(("worse", RATE), choice.reasons)

    def test_hold_out_is_counted_right(self):
        days = orders(np.random.default_rng(4), 400, r=1.2, alpha=40, a=1, b=3)
        choice = customer_value.choose(*days, 1000)
        frame = pandas.DataFrame({"customer": days[0], "day": days[1]}).drop_duplicates()
        length = choice.hold_out.days
        self.assertEqual(length, (1000 - frame["day"].min()) // 3)
        before = frame[frame["day"] <= 1000 - length]
        after = frame[frame["day"] > 1000 - length]
        known = after["customer"].isin(before["customer"])
        self.assertEqual(choice.hold_out.actual, known.sum())
        self.assertEqual(choice.hold_out.customers, before["customer"].nunique())
        model = purchase_model.fit(
            choice.model.kind, *customer_value.histories(*days, 1000 - length).known
        )
        total = purchase_model.expected_orders(
            model, length, *customer_value.histories(*days, 1000 - length).known
        ).sum()
        self.assertAlmostEqual(choice.hold_out.predicted, total, 6)

    def test_few_customers_get_a_rate_and_a_reason(self):
        choice = customer_value.choose([1, 1, 2, 3], [0, 200, 50, 300], 600)
        self.assertEqual(choice.model.kind, RATE)
        self.assertEqual(choice.reasons, (("few_repeat", ""),))
        self.assertIsNone(choice.alive)
        self.assertAlmostEqual(choice.model.alpha, (600 + 550 + 300) / 1.5)

    def test_customers_who_are_never_lost_get_a_rate(self):
        random = np.random.default_rng(6)
        pairs = [
            (number, day) for number in range(300)
            for day in range(random.integers(0, 200), 1000, 60 + number % 5)
        ]
        choice = customer_value.choose(*np.array(pairs).T, 1000)
        self.assertEqual(choice.model.kind, RATE)
        self.assertTrue({code for code, _kind in choice.reasons} & {"degenerate", "worse"})

    def test_no_order_day_no_choice(self):
        self.assertIsNone(customer_value.choose([], [], 10))

    def test_one_order_today(self):
        choice = customer_value.choose([1], [10], 10)
        expected = purchase_model.expected_orders(choice.model, 365, [0], [0], [0])
        self.assertTrue(np.isfinite(expected).all())

    # -- scores ------------------------------------------------------------------------------

    def test_scores_agree_with_pandas_and_equals_share_one(self):
        random = np.random.default_rng(8)
        for values in (
            random.poisson(1, 400) + 1, random.lognormal(5, 1, 137), np.ones(9), [3, 1, 2],
            np.repeat([1, 2, 3, 4, 5], 3),
        ):
            rank = pandas.Series(values).rank(method="max").astype(int)
            expected = [-(-5 * one // len(rank)) for one in rank]
            found = rfm.score(values, rfm.thresholds(values))
            self.assertEqual(found.tolist(), expected)
            by_value = pandas.Series(found).groupby(np.asarray(values)).nunique()
            self.assertEqual(by_value.max(), 1)

    def test_thresholds_stay_when_others_come(self):
        limits = rfm.thresholds([10, 20, 30, 40, 50])
        self.assertEqual(limits, [10, 20, 30, 40])
        self.assertEqual(rfm.score([10, 11, 41, 5, 999], limits).tolist(), [1, 2, 5, 1, 5])

    def test_segments_cover_everything(self):
        grid = np.array([(r, f, m) for r in range(1, 6) for f in range(1, 6) for m in range(1, 6)])
        names = rfm.segment(*grid.T, np.full(len(grid), 2))
        self.assertEqual(set(names), {
            "champion", "loyal", "promising", "attention", "cannot_lose", "fading", "hibernating",
        })
        self.assertEqual(rfm.segment([5], [1], [1], [1])[0], "new")
        self.assertEqual(rfm.segment([1], [5], [5], [9])[0], "cannot_lose")

    # -- stages ------------------------------------------------------------------------------

    def test_stages(self):
        limits = lifecycle.Rule(120, 300)
        cases = [  # order days, silent, span, last gap, stage
            (1, 10, 0, 0, "first"), (1, 121, 0, 0, "at_risk"), (1, 301, 0, 0, "lapsed"),
            (2, 120, 80, 80, "active"), (2, 121, 80, 80, "at_risk"),
            (5, 41, 80, 20, "at_risk"), (5, 39, 80, 20, "active"),
            (3, 290, 600, 290, "active"), (3, 301, 600, 290, "lapsed"),
            (4, 5, 700, 400, "won_back"), (4, 301, 700, 400, "lapsed"),
        ]
        *columns, expected = (list(column) for column in zip(*cases, strict=True))
        self.assertEqual(lifecycle.stage(limits, *columns).tolist(), expected)

    def test_an_unlikely_customer_is_at_risk(self):
        limits = lifecycle.Rule(120, 300)
        found = lifecycle.stage(limits, [2, 2], [50, 50], [80, 80], [80, 80], [.4, .6])
        self.assertEqual(found.tolist(), ["at_risk", "active"])

    def test_the_rule_is_read_from_the_intervals(self):
        gaps = list(range(1, 101))
        self.assertEqual(lifecycle.rule(gaps), (81, 96))
        self.assertEqual(lifecycle.rule(gaps, lapse=60), (60, 60))
        self.assertEqual(lifecycle.rule([5] * 3), (180, 365))

    # -- tiers -------------------------------------------------------------------------------

    def test_shares_become_limits(self):
        values = list(range(1, 101))
        least = tiering.limits(values, [.1, .3, None])
        self.assertEqual(least, [91, 71, -np.inf])
        found = tiering.assign(values, least, np.full(100, -1), .1)
        self.assertEqual(np.bincount(found).tolist(), [10, 20, 70])

    def test_hysteresis_keeps_customers_on_the_border(self):
        least = [100.0, 50.0, -np.inf]
        cases = [  # value, current, expected
            (105, 1, 1), (110, 1, 0), (95, 0, 0), (89, 0, 1), (44, 0, 2), (46, 0, 1),
            (200, 2, 0), (50, 2, 2), (55, 2, 1), (105, -1, 0), (0, -1, 2),
        ]
        values, current, expected = (list(column) for column in zip(*cases, strict=True))
        self.assertEqual(tiering.assign(values, least, current, .1).tolist(), expected)
        without = tiering.assign(values, least, np.full(len(values), -1), .1)
        self.assertEqual(without.tolist(), [0, 0, 1, 1, 2, 2, 0, 1, 1, 0, 2])

    def test_a_border_walk_changes_once_instead_of_every_time(self):
        current = tiering.assign([99.0], [100.0, -np.inf], [-1], 0)
        moves = 0
        for value in (101, 99, 102, 98, 112, 99, 101, 95):
            new = tiering.assign([value], [100.0, -np.inf], current, .1)
            moves, current = moves + int(new[0] != current[0]), new
        self.assertEqual(moves, 1)

    def test_tiers_without_customers(self):
        self.assertEqual(tiering.limits([], [.1, None]), [np.inf, -np.inf])

    # -- curve -------------------------------------------------------------------------------

    def test_repeat_curve_by_hand(self):
        # the product-limit estimate, multiplied out
        days, again = [10, 20, 20, 30, 40, 50], [True, False, True, True, False, False]
        curve = survival.repeat_curve(days, again, (0, 10, 20, 30, 60))
        self.assertEqual([point.days for point in curve], [0, 10, 20, 30])
        expected = (0, 1 - 5 / 6, 1 - 5 / 6 * 4 / 5, 1 - 5 / 6 * 4 / 5 * 2 / 3)
        for point, share in zip(curve, expected, strict=True):
            self.assertAlmostEqual(point.share, share)
        self.assertEqual([point.at_risk for point in curve], [6, 6, 5, 3])
        self.assertAlmostEqual(curve[3].naive, 3 / 6)
        self.assertTrue(curve[2].low < curve[2].share < curve[2].high)

    def test_repeat_curve_agrees_with_statsmodels(self):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from statsmodels.duration.survfunc import SurvfuncRight
        random = np.random.default_rng(9)
        event, watched = random.exponential(200, 300).round(), random.uniform(30, 700, 300).round()
        days, again = np.minimum(event, watched), event <= watched
        theirs = SurvfuncRight(days, again.astype(int))
        for point in survival.repeat_curve(days, again, (30, 90, 180, 365)):
            before = theirs.surv_times <= point.days
            self.assertAlmostEqual(1 - point.share, theirs.surv_prob[before][-1], 9)
            self.assertLess(point.naive, point.share)

    def test_repeat_curve_without_repeats(self):
        self.assertEqual(survival.repeat_curve([], [], (0, 30)), [])
        curve = survival.repeat_curve([100, 50], [False, False], (0, 30, 90))
        self.assertEqual([point.share for point in curve], [0, 0, 0])
