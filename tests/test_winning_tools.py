import itertools

import numpy as np
from scipy.stats import beta, fisher_exact, spearmanr

from odoo.tests import BaseCase, tagged

from ..tools.association import adjusted, associate, discoveries, orders
from ..tools.band import bands, bend
from ..tools.ranking import rank

# Benjamini & Hochberg 1995, table 1: thrombolysis trials; four of fifteen stand at 5 %.
TRIALS = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
          0.5719, 0.6528, 0.7590, 1.0]


@tagged("post_install", "-at_install")
class TestWinningTools(BaseCase):
    def setUp(self):
        super().setUp()
        self.rng = np.random.default_rng(7)

    def test_rank_correlation_is_spearman_s(self):
        habit = self.rng.integers(0, 12, 25).tolist()
        outcome = (self.rng.normal(size=25) + np.array(habit) / 6).tolist()
        found = associate(habit, outcome)
        self.assertAlmostEqual(found.rho, spearmanr(habit, outcome).statistic, 12)
        self.assertLess(found.low, found.rho)
        self.assertGreater(found.high, found.rho)
        self.assertEqual((found.points, found.free), (25, 25))

    def test_p_of_eight_people_is_exact(self):
        habit, outcome = [1, 2, 3, 4, 5, 6, 7, 8], [2, 1, 5, 3, 4, 8, 6, 7]
        found = associate(habit, outcome)
        as_far = [
            abs(spearmanr(habit, order).statistic) >= abs(found.rho) - 1e-9
            for order in itertools.islice(itertools.permutations(outcome), 0, None, 7)
        ]
        self.assertEqual(len(orders(8)[0]), 40320)
        self.assertAlmostEqual(found.p, sum(as_far) / len(as_far), 2)
        self.assertLess(found.p, 0.02)

    def test_nothing_is_said_of_seven_people_or_without_differences(self):
        self.assertIsNone(associate(range(7), range(7)))
        self.assertIsNone(associate([3] * 9, range(9)))
        self.assertIsNone(bend(range(7), range(7), [1] * 7))

    def test_no_interval_below_ten(self):
        self.assertIsNone(associate(range(9), [2, 1, 3, 5, 4, 6, 8, 7, 9]).low)

    def test_corrected_for_all_comparisons(self):
        q_values = discoveries(TRIALS)
        self.assertEqual([q < 0.05 for q in q_values], [True] * 4 + [False] * 11)
        self.assertEqual(discoveries([]), [])

    def test_chance_alone_finds_nothing_in_nineteen_of_twenty_runs(self):
        """Six habits and three results that have nothing to do with each other, ten people."""
        runs, found = 200, 0
        for _run in range(runs):
            habits, results = self.rng.normal(size=(6, 10)), self.rng.normal(size=(3, 10))
            p_values = [associate(x, y).p for x in habits for y in results]
            p_values += [bend(x, y, [20] * 10)[1] for x in habits[:1] for y in results]
            found += min(discoveries(p_values)) < 0.05
        # 5 % of 200 is 10; 18 is three standard deviations above.
        self.assertLessEqual(found, 18)

    def test_a_planted_habit_is_found_among_others(self):
        calls = np.array([2.0, 1.5, 1.8, 1.0, 2.8, 1.3, 1.1, 2.1, 1.6, 0.9])
        rate = 0.2 + 0.1 * calls + self.rng.normal(0, 0.01, 10)
        noise = self.rng.normal(size=(5, 10))
        q_values = discoveries([associate(x, rate).p for x in (calls, *noise)])
        self.assertLess(q_values[0], 0.01)
        self.assertGreater(min(q_values[1:]), 0.05)

    def test_within_people_their_levels_do_not_count(self):
        """Who calls more wins more, but nobody wins more in quarters of more calls."""
        people = np.repeat(range(6), 8)
        calls = people * 10 + self.rng.normal(size=48)
        rate = people * 0.05 + self.rng.normal(0, 0.01, 48)
        self.assertGreater(associate(calls, rate).rho, 0.9)
        within = associate(calls, rate, people)
        self.assertLess(abs(within.rho), 0.4)
        self.assertGreater(within.p, 0.05)
        self.assertEqual(within.free, 48 - 5)

    def test_exchanges_stay_within_a_person(self):
        ways, are_all = orders(6, [1, 1, 1, 2, 2, 2])
        self.assertFalse(are_all)
        self.assertTrue((np.sort(ways[:, :3]) == [0, 1, 2]).all())
        self.assertTrue((np.sort(ways[:, 3:]) == [3, 4, 5]).all())

    def test_what_stands_behind_it_is_taken_out(self):
        tenure = np.arange(40.0)
        calls = tenure + self.rng.normal(0, 3, 40)
        rate = tenure + self.rng.normal(0, 3, 40)
        self.assertGreater(associate(calls, rate).rho, 0.85)
        self.assertLess(abs(adjusted(calls, rate, tenure)), 0.35)
        self.assertIsNone(adjusted(tenure, rate, tenure))

    def test_a_best_amount_is_found_only_where_there_is_one(self):
        calls = self.rng.uniform(0, 40, 30)
        best = 0.35 - ((calls - 22) / 45) ** 2
        weights = self.rng.integers(10, 60, 30)
        saved, p = bend(calls, best + self.rng.normal(0, 0.02, 30), weights)
        self.assertGreater(saved, 0.5)
        self.assertLess(p, 0.01)
        _saved, p = bend(calls, calls / 100 + self.rng.normal(0, 0.02, 30), weights)
        self.assertGreater(p, 0.05)

    def test_quarters_hold_everybody_once(self):
        calls, rate = [1, 2, 3, 4, 5, 6, 7, 8], [0.1, 0.3, 0.2, 0.4, 0.6, 0.5, 0.8, 0.7]
        found = bands(calls, rate, [1, 3, 1, 1, 1, 1, 1, 1])
        self.assertEqual([band.points for band in found], [2, 2, 2, 2])
        self.assertEqual((found[0].low, found[0].high, found[0].weight), (1, 2, 4))
        self.assertAlmostEqual(found[0].outcome, (0.1 + 3 * 0.3) / 4)
        self.assertEqual(sum(band.points for band in bands([5] * 9, range(9), [1] * 9)), 9)

    def test_few_deals_are_drawn_to_the_mean(self):
        found = rank([9, 30, 60, 20, 45, 50], [10, 100, 100, 100, 100, 100])
        lucky, skilled = found.places[0], found.places[2]
        self.assertAlmostEqual(found.mean, 214 / 510)
        self.assertLess(lucky.shrunken, 0.8)
        self.assertLess(lucky.weight, skilled.weight)
        strength = 10 / lucky.weight - 10
        a, b = found.mean * strength + 60, (1 - found.mean) * strength + 40
        self.assertAlmostEqual(skilled.shrunken, a / (a + b))
        self.assertAlmostEqual(skilled.low, beta.ppf(0.025, a, b))
        self.assertAlmostEqual(
            skilled.p, fisher_exact([[60, 40], [154, 256]]).pvalue,
        )
        self.assertLess(found.spread_p, 0.001)

    def test_people_who_are_alike_are_not_ranked(self):
        trials = self.rng.integers(30, 200, 30)
        found = rank(self.rng.binomial(trials, 0.6), trials)
        self.assertGreater(found.spread_p, 0.05)
        self.assertGreater(min(place.q for place in found.places), 0.05)
        self.assertLess(max(abs(place.shrunken - found.mean) for place in found.places), 0.06)

    def test_degenerate_rankings(self):
        self.assertIsNone(rank([0, 0], [0, 0]))
        self.assertIsNone(rank([3], [5]).spread_p)
        nobody = rank([0, 0], [5, 8])
        self.assertEqual([place.p for place in nobody.places], [1, 1])
        self.assertIsNone(nobody.spread_p)
        self.assertIsNone(rank([0, 2], [0, 5]).places[0].rate)
