import random
from datetime import datetime, timedelta

import numpy as np
import statsmodels.api as sm
from scipy.optimize import minimize

from odoo.tests import BaseCase, tagged

from ..tools import logistic, score_proof, score_rules, score_split, score_verdict
from ..tools.score_proof import Estimate
from ..tools.statistics import wilson


def tied_deals(count=300, skill=1.0, seed=5):
    """Scores with many ties, outcomes that depend on them."""
    rng = random.Random(seed)
    scores = [rng.choice([0, 10, 10, 20, 35, 35, 50, 80, 100]) for _deal in range(count)]
    chances = [0.3 + skill * 0.004 * score for score in scores]
    return scores, [int(rng.random() < chance) for chance in chances]


def delong_by_pairs(scores, outcomes):
    """Area and its variance, from all pairs of a won and a lost deal."""
    won = [s for s, y in zip(scores, outcomes, strict=True) if y]
    lost = [s for s, y in zip(scores, outcomes, strict=True) if not y]
    kernel = np.array([[(w > x) + (w == x) / 2 for x in lost] for w in won])
    variance = (kernel.mean(axis=1).var(ddof=1) / len(won)
                + kernel.mean(axis=0).var(ddof=1) / len(lost))
    return kernel.mean(), variance, kernel


@tagged("post_install", "-at_install")
class TestScoreProofTools(BaseCase):
    def test_auc_and_interval_by_all_pairs(self):
        for skill in (0, 0.5, 1):
            scores, outcomes = tied_deals(skill=skill)
            area, variance, _kernel = delong_by_pairs(scores, outcomes)
            found = score_proof.auc(scores, outcomes)
            self.assertAlmostEqual(found.value, area, 12)
            self.assertAlmostEqual(found.low, area - 1.959964 * variance ** 0.5, 6)
            self.assertAlmostEqual(found.high, area + 1.959964 * variance ** 0.5, 6)

    def test_auc_of_hanley_and_mcneil(self):
        """Ratings of 109 images (Radiology 143, 1982, table I): area 0.893, error 0.032 ± 0.003."""
        normal, abnormal = [33, 6, 6, 11, 2], [3, 2, 2, 11, 33]
        scores = np.concatenate([np.repeat(range(5), counts) for counts in (normal, abnormal)])
        found = score_proof.auc(scores, [0] * 58 + [1] * 51)
        self.assertAlmostEqual(found.value, 0.893, 3)
        self.assertAlmostEqual((found.high - found.low) / 2 / 1.959964, 0.032, delta=0.003)

    def test_auc_without_two_outcomes_is_unknown(self):
        self.assertEqual(score_proof.auc([1, 2], [1, 1]), Estimate())
        self.assertEqual(score_proof.auc([], []), Estimate())

    def test_perfect_order_is_not_perfectly_certain(self):
        found = score_proof.auc(range(20), [0] * 10 + [1] * 10)
        self.assertEqual((found.value, found.high), (1.0, 1.0))
        self.assertAlmostEqual(found.low, wilson(10, 10)[0], 12)
        self.assertEqual(score_proof.auc(range(20), [1] * 10 + [0] * 10).low, 0)

    def test_auc_interval_holds_the_truth_95_times_of_100(self):
        """Normal scores one deviation apart have an area of Phi(1 / sqrt(2)) = 0.7602."""
        rng = np.random.default_rng(4)
        outcomes = np.repeat([0, 1], [60, 45])
        found = [score_proof.auc(rng.normal(outcomes, 1), outcomes) for _try in range(2000)]
        held = sum(estimate.low <= 0.76025 <= estimate.high for estimate in found) / 2000
        self.assertAlmostEqual(held, 0.95, delta=0.02)

    def test_difference_of_two_scores_by_all_pairs(self):
        scores, outcomes = tied_deals()
        others = [score * 0.5 + (index * 37) % 60 for index, score in enumerate(scores)]
        kernel = delong_by_pairs(scores, outcomes)[2] - delong_by_pairs(others, outcomes)[2]
        variance = (kernel.mean(axis=1).var(ddof=1) / kernel.shape[0]
                    + kernel.mean(axis=0).var(ddof=1) / kernel.shape[1])
        found, p = score_proof.auc_difference(scores, others, outcomes)
        self.assertAlmostEqual(found.value, kernel.mean(), 12)
        self.assertAlmostEqual(found.high - found.value, 1.959964 * variance ** 0.5, 6)
        self.assertTrue(0 < p < 1)
        same, p = score_proof.auc_difference(scores, scores, outcomes)
        self.assertEqual((same.value, p), (0, 1))

    def test_slices_share_ties_and_add_up(self):
        scores, outcomes = tied_deals(203)
        parts = score_proof.slices(scores, outcomes)
        self.assertAlmostEqual(sum(part.size for part in parts), 203, 9)
        self.assertAlmostEqual(sum(part.won for part in parts), sum(outcomes), 9)
        for seed in range(5):
            pairs = list(zip(scores, outcomes, strict=True))
            random.Random(seed).shuffle(pairs)
            shuffled = score_proof.slices(*zip(*pairs, strict=True))
            for one, other in zip(parts, shuffled, strict=True):
                self.assertAlmostEqual(one.won, other.won, 9)

    def test_slices_by_hand(self):
        """Four deals at 9, two of them won; six at 1, one won: slices of half the deals."""
        scores, outcomes = [9] * 4 + [1] * 6, [1, 1, 0, 0] + [1] + [0] * 5
        best, rest = score_proof.slices(scores, outcomes, 2)
        self.assertAlmostEqual(best.won, 2 + 1 / 6)
        self.assertAlmostEqual(rest.won, 5 / 6)
        self.assertAlmostEqual(score_proof.lift(scores, outcomes, 0.4), 0.5 / 0.3)

    def test_equal_scores_show_no_lift(self):
        parts = score_proof.slices([50] * 100, [1] * 30 + [0] * 70)
        self.assertEqual({round(part.rate, 9) for part in parts}, {0.3})
        self.assertAlmostEqual(score_proof.lift([50] * 100, [1] * 30 + [0] * 70), 1)
        self.assertIsNone(score_proof.lift([1, 2], [0, 0]))
        self.assertEqual(score_proof.slices([], []), [])

    def test_groups(self):
        found = score_proof.groups(["A1", "A1", "C3"], [1, 0, 0], ["A1", "B2", "C3"])
        self.assertEqual([part.rate for part in found.values()], [0.5, None, 0.0])
        self.assertEqual((found["A1"].low, found["A1"].high), wilson(1, 2))

    def test_brier_skill_by_hand(self):
        """Errors 0.01 + 0.04 + 0.09 + 0.16 = 0.30 against 4 × 0.25 = 1."""
        skill = score_proof.brier_skill([0.9, 0.8, 0.3, 0.4], [1, 1, 0, 0], 0.5)
        self.assertAlmostEqual(skill, 0.7)
        self.assertAlmostEqual(score_proof.brier_skill([0.5] * 4, [1, 1, 0, 0], 0.5), 0)
        self.assertIsNone(score_proof.brier_skill([1, 1], [1, 1], 1))

    def test_calibration_error(self):
        forecasts, outcomes = [0.8] * 50 + [0.2] * 50, [1] * 30 + [0] * 20 + [1] * 20 + [0] * 30
        self.assertAlmostEqual(score_proof.calibration_error(forecasts, outcomes), 0.2)
        honest = [0.6] * 50 + [0.4] * 50
        self.assertAlmostEqual(score_proof.calibration_error(honest, outcomes), 0, 9)

    def test_resampled_is_repeatable_and_holds_the_figure(self):
        scores, outcomes = tied_deals()
        first = score_proof.resampled(score_proof.lift, outcomes, scores)
        self.assertEqual(first, score_proof.resampled(score_proof.lift, outcomes, scores))
        self.assertTrue(first.low < first.value < first.high)

    def test_verdict(self):
        enough, few = [1] * 40 + [0] * 40, [1] * 40 + [0] * 39
        cases = {
            (0.9, 0.8, 0.95): "strong", (0.7, 0.6, 0.8): "fair", (0.6, 0.55, 0.65): "weak",
            (0.55, 0.45, 0.65): "no_skill", (0.6, 0.5, 0.7): "no_skill",
            (0.4, 0.3, 0.45): "wrong_way",
        }
        for area, expected in cases.items():
            self.assertEqual(score_verdict.verdict(Estimate(*area), enough), expected, area)
            self.assertEqual(score_verdict.verdict(Estimate(*area), few), "no_data")
        self.assertEqual(score_verdict.verdict(Estimate(), enough), "no_data")


@tagged("post_install", "-at_install")
class TestScoreLearningTools(BaseCase):
    def _deals(self, count=500):
        rng = np.random.default_rng(11)
        features = (rng.random((count, 4)) < [0.5, 0.3, 0.2, 0.05]).astype(float)
        chances = 1 / (1 + np.exp(-(-0.8 + features @ [1.2, -0.9, 0.0, 0.4])))
        return features, (rng.random(count) < chances).astype(int)

    def test_without_prior_as_statsmodels(self):
        features, outcomes = self._deals()
        beta, errors = logistic.fit(features, outcomes, prior_sd=None)
        theirs = sm.Logit(outcomes, sm.add_constant(features)).fit(disp=0)
        np.testing.assert_allclose(beta, theirs.params, atol=1e-6)
        np.testing.assert_allclose(errors, theirs.bse, atol=1e-6)

    def test_with_prior_as_a_general_minimizer(self):
        features, outcomes = self._deals()
        design = sm.add_constant(features)

        def loss(beta):
            chances = 1 / (1 + np.exp(-design @ beta))
            likelihood = np.log(np.where(outcomes, chances, 1 - chances)).sum()
            return -likelihood + (beta[1:] ** 2).sum() / 2 / 0.3 ** 2

        best = minimize(loss, np.zeros(5), method="BFGS", options={"gtol": 1e-8}).x
        np.testing.assert_allclose(logistic.fit(features, outcomes, 0.3)[0], best, atol=1e-5)

    def test_prior_keeps_effects_finite(self):
        outcomes = [0] * 5 + [1] * 5
        beta, _errors = logistic.fit([[value] for value in outcomes], outcomes)
        self.assertTrue(0 < beta[1] < 5)
        self.assertIsNone(logistic.fit([[1], [0]], [1, 1]))

    def test_forecasts_of_scores_that_part_completely(self):
        chances = logistic.forecasts([0] * 50 + [100] * 50, [0] * 50 + [1] * 50, [0, 50, 100])
        self.assertTrue(0 < chances[0] < 0.1 < 0.4 < chances[1] < 0.6 < 0.9 < chances[2] < 1)

    def test_evidence_counts_and_directions(self):
        features, outcomes = self._deals(3000)
        up, down, nothing, rare = score_rules.evidence(features, outcomes)
        matched = features[:, 0] == 1
        self.assertEqual((up.matched, up.matched_won), (matched.sum(), outcomes[matched].sum()))
        self.assertEqual((up.others, up.others_won), ((~matched).sum(), outcomes[~matched].sum()))
        self.assertAlmostEqual(up.lift, outcomes[matched].mean() / outcomes.mean())
        self.assertEqual((up.low, up.high), wilson(up.matched_won, up.matched))
        self.assertEqual((up.verdict, down.verdict), ("raises", "lowers"))
        # log odds of 1.2 and -0.9 are 20 / ln 2 times as many points
        self.assertAlmostEqual(up.points, 1.2 * 28.85, delta=6)
        self.assertAlmostEqual(down.points, -0.9 * 28.85, delta=6)
        self.assertEqual((nothing.verdict, nothing.points), ("chance", None))
        self.assertLessEqual(rare.log_odds_low, 0.4)

    def test_few_matches_say_nothing(self):
        outcomes = [1, 0] * 100
        matches = [[1.0 if index < 9 else 0.0] for index in range(200)]
        (rule,) = score_rules.evidence(matches, outcomes)
        self.assertEqual((rule.verdict, rule.points, rule.q), ("few", None, None))

    def test_rules_that_say_the_same_share_the_points(self):
        features, outcomes = self._deals(3000)
        (alone,) = score_rules.evidence(features[:, :1], outcomes)
        one, two = score_rules.evidence(features[:, [0, 0]], outcomes)
        self.assertEqual(one.points, two.points)
        self.assertAlmostEqual(one.points + two.points, alone.points, delta=2)

    def test_rules_without_signal_get_no_points(self):
        """Of 400 rules of pure chance hardly one is believed."""
        rng = np.random.default_rng(8)
        believed = 0
        for _run in range(20):
            outcomes = rng.integers(0, 2, 400)
            rules = score_rules.evidence((rng.random((400, 20)) < 0.4), outcomes)
            believed += sum(rule.points is not None for rule in rules)
        self.assertLessEqual(believed, 4)

    def test_outcomes_all_the_same(self):
        (rule,) = score_rules.evidence([[1.0]] * 50 + [[0.0]] * 50, [1] * 100)
        self.assertEqual((rule.verdict, rule.points, rule.rate), ("few", None, 1.0))

    def test_points_are_bounded(self):
        self.assertEqual(score_rules.suggested_points(np.log(2)), 20)
        self.assertEqual(score_rules.suggested_points(-np.log(2)), -20)
        self.assertEqual(score_rules.suggested_points(9), 50)

    def test_split_learns_only_what_was_known(self):
        start, days = datetime(2025, 1, 1), [timedelta(days=day) for day in range(400)]
        moments = np.array([start + day for day in days], dtype="datetime64[s]")
        closed = moments + np.timedelta64(30, "D")
        at, learning, testing = score_split.split(moments, closed, np.arange(400) % 2)
        self.assertFalse((learning & testing).any())
        self.assertTrue((closed[learning] < at).all() and (moments[testing] >= at).all())
        self.assertAlmostEqual(testing.mean(), 0.3, delta=0.01)
        self.assertEqual((~learning & ~testing).sum(), 30)

    def test_split_leaves_enough_to_test_on(self):
        moments = np.datetime64("2025-01-01") + np.arange(200).astype("timedelta64[D]")
        outcomes = (np.arange(200) % 4 == 0).astype(int)
        _at, _learning, testing = score_split.split(moments, moments, outcomes)
        self.assertGreaterEqual(outcomes[testing].sum(), 40)
        self.assertEqual(score_split.split([], [], [])[0], None)

    def test_chosen_split(self):
        moments = np.datetime64("2025-01-01") + np.arange(100).astype("timedelta64[D]")
        _at, learning, testing = score_split.split(
            moments, moments, np.ones(100), datetime(2025, 2, 1)
        )
        self.assertEqual((learning.sum(), testing.sum()), (31, 69))
