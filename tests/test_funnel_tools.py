import random

import numpy as np

from odoo.tests import TransactionCase, tagged

from ..tools.funnel import Step, bottleneck, slowest, stay, steps_of
from ..tools.survival import cumulative_incidence, quantiles

# Gehan (1965): weeks of remission of leukemia with 6-MP and with placebo, as printed in Cox and
# Oakes, Analysis of Survival Data (1984), table 1.1.
TREATED = ([6, 6, 6, 7, 10, 13, 16, 22, 23], [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35])
PLACEBO = ([1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23], [])


@tagged("post_install", "-at_install")
class TestFunnelTools(TransactionCase):
    def test_medians_of_gehan(self):
        self.assertEqual(quantiles(*TREATED)[0].days, 23)
        self.assertEqual(quantiles(*PLACEBO)[0].days, 8)
        # Limits as R's survfit(conf.type = "log-log") prints them.
        self.assertEqual(tuple(quantiles(*PLACEBO)[0]), (8, 4, 11))
        self.assertEqual(tuple(quantiles(*TREATED)[0]), (23, 13, None))

    def test_a_median_that_was_not_reached_is_unknown(self):
        self.assertIsNone(quantiles([5], [9, 9, 9])[0].days)
        self.assertIsNone(quantiles([], [3, 4])[0].days)
        self.assertIsNone(quantiles([], [])[0].days)

    def test_with_one_end_aalen_johansen_is_kaplan_meier(self):
        """Survival after 6, 10 and 23 weeks as the textbook prints it."""
        days = TREATED[0] + TREATED[1]
        ends = ["x"] * len(TREATED[0]) + [None] * len(TREATED[1])
        points = cumulative_incidence(days, ends, "x", (6, 10, 23))
        self.assertEqual([round(1 - point.share, 3) for point in points], [0.857, 0.753, 0.448])
        self.assertEqual([point.at_risk for point in points], [21, 15, 6])

    def test_aalen_johansen_by_hand(self):
        """Five deals: won on day 1, lost on day 2, open since 3 days, won on 4, lost on 5.

        Won: 1/5 on day 1; before day 4 two fifths were decided and one is gone, so 3/5 are left
        and two of them watched: 1/5 + 3/5 * 1/2.
        """
        days, ends = [1, 2, 3, 4, 5], ["won", "lost", None, "won", "lost"]
        won = {p.days: p.share for p in cumulative_incidence(days, ends, "won", range(6))}
        lost = {p.days: p.share for p in cumulative_incidence(days, ends, "lost", range(6))}
        self.assertAlmostEqual(won[1], 0.2)
        self.assertAlmostEqual(won[4], 0.5)
        self.assertAlmostEqual(lost[2], 0.2)
        self.assertAlmostEqual(lost[5], 0.5)
        self.assertAlmostEqual(won[5] + lost[5], 1, msg="everybody came to one end")

    def test_trap_lost_deals_do_not_win_later(self):
        """Kaplan-Meier of winning with lost deals as if still open promises far too much."""
        rng = np.random.default_rng(3)
        won_at, lost_at = rng.exponential(60, 4000), rng.exponential(40, 4000)
        watched = rng.uniform(0, 400, 4000)
        days = np.minimum(np.minimum(won_at, lost_at), watched)
        ends = np.where(days == watched, None, np.where(won_at < lost_at, "won", "lost"))
        right = cumulative_incidence(days, ends, "won", (180,))[0]
        wrong = cumulative_incidence(
            days, np.where(ends == "won", "won", None), "won", (180,))[0]
        truth = 0.4 * (1 - np.exp(-180 * (1 / 60 + 1 / 40)))
        self.assertAlmostEqual(right.share, truth, delta=0.03)
        self.assertLess(right.low, truth)
        self.assertGreater(right.high, truth)
        self.assertGreater(wrong.share, 0.9)

    def test_the_interval_covers_what_it_promises(self):
        """Standard error against the spread of 400 repetitions."""
        rng, shares, inside = np.random.default_rng(11), [], 0
        truth = 0.5 * (1 - np.exp(-2 * 0.02 * 40))
        for _run in range(400):
            ends_at = rng.exponential(50, (2, 60))
            watched = rng.uniform(20, 120, 60)
            days = np.minimum(ends_at.min(axis=0), watched)
            ends = np.where(days == watched, None,
                            np.where(ends_at[0] < ends_at[1], "won", "lost"))
            point = cumulative_incidence(days, ends, "won", (40,))[0]
            shares.append(point.share)
            inside += point.low <= truth <= point.high
        self.assertAlmostEqual(np.mean(shares), truth, delta=0.015)
        self.assertGreater(inside / 400, 0.91)
        self.assertLess(inside / 400, 0.99)

    def test_who_is_still_there_makes_the_median_longer(self):
        """Half the deals left quickly, the others have been there for months."""
        done, running = [1, 2, 3, 4, 5, 6], [60, 70, 80, 90, 100]
        item = stay(done, running)
        self.assertEqual((item.visits, item.running), (11, 5))
        self.assertEqual(item.median.days, 6)
        self.assertIsNone(item.long.days, "three quarters have not left yet")
        self.assertEqual(np.median(done), 3.5, "what one would say without them")

    # -- the bottleneck ------------------------------------------------------------------------

    def test_a_clear_bottleneck_is_named(self):
        stall = bottleneck(steps_of([400, 360, 120, 100]))
        self.assertEqual((stall.place, stall.is_clear), (1, True))

    def test_a_difference_that_may_be_chance_is_not_clear(self):
        stall = bottleneck(steps_of([40, 24, 13, 9]))
        self.assertEqual((stall.place, stall.is_clear), (1, False))

    def test_few_cases_name_nothing(self):
        self.assertIsNone(bottleneck(steps_of([30, 9, 1, 0])))
        self.assertIsNone(bottleneck(steps_of([0, 0, 0])))
        self.assertIsNone(bottleneck([]))

    def test_without_a_bottleneck_one_is_hardly_ever_named(self):
        dice, named = random.Random(5), 0
        for _run in range(400):
            counts = [300]
            for _step in range(4):
                counts.append(sum(dice.random() < 0.7 for _case in range(counts[-1])))
            named += bottleneck(steps_of(counts)).is_clear
        self.assertLessEqual(named / 400, 0.05)

    def test_the_end_of_the_funnel_has_no_share(self):
        self.assertEqual(steps_of([3])[0], Step(3, None, None, None, None))
        self.assertEqual(steps_of([0, 0])[0], Step(0, 0, None, None, None))

    def test_the_slowest_stage_is_named_when_its_interval_is_clear(self):
        dice = random.Random(9)

        def days(mean):
            return stay([dice.expovariate(1 / mean) for _case in range(120)], [mean] * 10)

        self.assertEqual(slowest([days(5), days(30), days(8)]), 1)
        self.assertIsNone(slowest([days(10), days(11), days(10)]))
        self.assertIsNone(slowest([days(10)]))
