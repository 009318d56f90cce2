"""Purchase models against published estimates (CDNOW), the package lifetimes, and quadrature."""

import warnings
from pathlib import Path

import numpy as np
import pandas
from scipy import integrate, stats

from odoo.tests import BaseCase, tagged

from ..tools import purchase_model, spend_model
from ..tools.purchase_model import BG, MBG, RATE, PurchaseModel

with warnings.catch_warnings():
    # It speaks of options of older versions of pandas while it is loaded.
    warnings.simplefilter("ignore")
    import lifetimes
    from lifetimes import datasets
    from lifetimes.fitters.modified_beta_geo_fitter import ModifiedBetaGeoFitter


@tagged("post_install", "-at_install")
class TestPurchaseModel(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = Path(datasets.__file__).parent
        frame = pandas.read_csv(folder / "cdnow_customers_summary_with_transactions.csv")
        cls.x, cls.t_x, cls.T = (frame[name].to_numpy(float) for name in ("x", "t_x", "T"))
        cls.spend = frame["zbar"].to_numpy(float)
        cls.history = (cls.x, cls.t_x, cls.T)
        cls.bg = purchase_model.fit(BG, *cls.history)
        cls.mbg = purchase_model.fit(MBG, *cls.history)

    def test_bg_nbd_reproduces_the_published_estimates(self):
        for name, published, digits in (
            ("r", .243, 3), ("alpha", 4.414, 2), ("a", .793, 2), ("b", 2.426, 2),
            ("log_likelihood", -9582.4, 1),
        ):
            self.assertAlmostEqual(getattr(self.bg, name), published, digits, name)

    def test_bg_nbd_reproduces_the_published_prediction(self):
        published = PurchaseModel(BG, .24259, 4.41358, .79292, 2.42590, 0)
        for model in (self.bg, published):
            expected = purchase_model.expected_orders(model, 39, [2], [30.43], [38.86])
            self.assertAlmostEqual(float(expected[0]), 1.2259, 2)
        self.assertAlmostEqual(float(expected[0]), 1.2259, 3)

    def test_the_unit_of_time_does_not_matter(self):
        days = purchase_model.fit(BG, self.x, self.t_x * 7, self.T * 7)
        self.assertAlmostEqual(days.alpha / 7, self.bg.alpha, 2)
        self.assertAlmostEqual(days.a, self.bg.a, 2)
        weeks = purchase_model.expected_orders(self.bg, 52, *self.history)
        same = purchase_model.expected_orders(days, 364, self.x, self.t_x * 7, self.T * 7)
        np.testing.assert_allclose(weeks, same, rtol=2e-3)

    def test_mbg_nbd_agrees_with_the_package_lifetimes(self):
        theirs = ModifiedBetaGeoFitter().fit(*self.history)
        for name in ("r", "alpha", "a", "b"):
            self.assertAlmostEqual(getattr(self.mbg, name) / theirs.params_[name], 1, 2, name)
        ours = PurchaseModel(MBG, *(theirs.params_[name] for name in ("r", "alpha", "a", "b")), 0)
        np.testing.assert_allclose(
            purchase_model.probability_alive(ours, *self.history),
            theirs.conditional_probability_alive(*self.history), rtol=1e-8,
        )
        np.testing.assert_allclose(
            purchase_model.expected_orders(ours, 39, *self.history),
            theirs.conditional_expected_number_of_purchases_up_to_time(39, *self.history),
            rtol=1e-6,
        )

    def test_bg_nbd_agrees_with_the_package_lifetimes(self):
        theirs = lifetimes.BetaGeoFitter().fit(*self.history)
        ours = PurchaseModel(BG, *(theirs.params_[name] for name in ("r", "alpha", "a", "b")), 0)
        np.testing.assert_allclose(
            purchase_model.expected_orders(ours, 52, *self.history),
            theirs.conditional_expected_number_of_purchases_up_to_time(52, *self.history),
            rtol=1e-6,
        )
        often = self.x > 0
        np.testing.assert_allclose(
            purchase_model.probability_alive(ours, *self.history)[often],
            theirs.conditional_probability_alive(*self.history)[often], rtol=1e-8,
        )

    def test_alive_of_one_time_buyers(self):
        once = self.x == 0
        bg = purchase_model.probability_alive(self.bg, *self.history)
        mbg = purchase_model.probability_alive(self.mbg, *self.history)
        self.assertTrue((bg[once] == 1).all(), "the trait of BG/NBD that must not be shown")
        self.assertLess(mbg[once].max(), 0.9)
        # the longer ago, the less likely
        order = np.argsort(self.T[once])
        self.assertTrue((np.diff(mbg[once][order]) <= 1e-12).all())

    def test_customers_who_buy_often_overflow_nothing(self):
        with np.errstate(all="raise"):
            for model in (self.bg, self.mbg):
                expected = purchase_model.expected_orders(
                    model, 365, [900.0, 900.0], [999.5, 2.0], [1000.0, 1000.0]
                )
                alive = purchase_model.probability_alive(
                    model, [900.0, 900.0], [999.5, 2.0], [1000.0, 1000.0]
                )
                self.assertTrue(250 < expected[0] < 365, expected)
                self.assertLess(expected[1], 1e-6)
                self.assertTrue(alive[0] > .5 > 1e-6 > alive[1], alive)

    def test_plain_rate_is_the_posterior_mean(self):
        model = PurchaseModel(RATE, 2.0, 100.0, None, None, 0)
        for x, T in ((0, 50), (3, 200)):
            def weight(rate, x=x, T=T):
                return stats.gamma.pdf(rate, 2, scale=1 / 100) * stats.poisson.pmf(x, rate * T)

            # by quadrature, without the formula
            mean = integrate.quad(lambda rate: rate * weight(rate), 0, 1)[0]
            mean /= integrate.quad(weight, 0, 1)[0]
            expected = purchase_model.expected_orders(model, 30, [x], [0], [T])
            self.assertAlmostEqual(float(expected[0]), 30 * mean, 6)
        self.assertIsNone(purchase_model.probability_alive(model, [1], [1], [1]))

    def test_plain_rate_is_recovered_from_drawn_histories(self):
        random = np.random.default_rng(3)
        rates, T = random.gamma(1.5, 1 / 60, 4000), random.uniform(100, 900, 4000)
        model = purchase_model.fit(RATE, random.poisson(rates * T), T, T)
        self.assertAlmostEqual(model.r, 1.5, 0)
        self.assertLess(abs(model.r / model.alpha / (1.5 / 60) - 1), .05)

    def test_customers_that_are_never_lost_give_a_degenerate_fit(self):
        random = np.random.default_rng(5)
        T = random.uniform(200, 700, 800)
        rate = random.gamma(4, 1 / 200, 800)
        days = [np.sort(random.uniform(0, T[i], random.poisson(rate[i] * T[i])))
                for i in range(800)]
        x = np.array([len(one) for one in days], float)
        t_x = np.array([one[-1] if len(one) else 0 for one in days])
        for kind in (BG, MBG):
            self.assertTrue(purchase_model.is_degenerate(purchase_model.fit(kind, x, t_x, T)))
        self.assertFalse(purchase_model.is_degenerate(self.bg))
        self.assertFalse(purchase_model.is_degenerate(self.mbg))

    def test_parameters_of_drawn_customers_are_found_again(self):
        x, t_x, T = drawn(np.random.default_rng(11), 6000, r=.9, alpha=60, a=.8, b=2.5)
        model = purchase_model.fit(MBG, x, t_x, T)
        self.assertLess(abs(model.r / .9 - 1), .1)
        self.assertLess(abs(model.alpha / 60 - 1), .12)
        self.assertLess(abs(model.a / (model.a + model.b) / (.8 / 3.3) - 1), .1)

    def test_gamma_gamma_reproduces_the_published_estimates(self):
        again = self.x > 0
        model = spend_model.fit(self.x[again], self.spend[again])
        for name, published, digits in (("p", 6.25, 2), ("q", 3.74, 2), ("v", 15.44, 1)):
            self.assertAlmostEqual(getattr(model, name), published, digits, name)
        theirs = lifetimes.GammaGammaFitter().fit(self.x[again], self.spend[again])
        np.testing.assert_allclose(
            spend_model.expected_spend(model, self.x, self.spend),
            theirs.conditional_expected_average_profit(self.x, self.spend), rtol=5e-3,
        )

    def test_gamma_gamma_without_a_mean_is_refused(self):
        random = np.random.default_rng(1)
        # Pareto with shape .8: its mean does not exist
        self.assertIsNone(spend_model.fit(np.ones(400), random.pareto(.8, 400) + .01))

    def test_shrunken_spend(self):
        everybody = spend_model.mean_spend([1, 8], [1000.0, 100.0])
        spend = spend_model.shrunken_spend([1, 8], [1000.0, 100.0], everybody)
        self.assertAlmostEqual(everybody, (1000 + 800) / 9)
        self.assertAlmostEqual(spend[0], (1000 + 2 * everybody) / 3)
        self.assertAlmostEqual(spend[1], (800 + 2 * everybody) / 10)


def drawn(random, count, r, alpha, a, b):
    """Histories of customers who live by the MBG/NBD story itself."""
    rows = []
    for rate, loss, T in zip(random.gamma(r, 1 / alpha, count), random.beta(a, b, count),
                             random.uniform(100, 1000, count), strict=True):
        x, t_x, now = 0, 0.0, 0.0
        while random.random() >= loss:
            now += random.exponential(1 / rate)
            if now > T:
                break
            x, t_x = x + 1, now
        rows.append((x, t_x, T))
    return np.array(rows).T
