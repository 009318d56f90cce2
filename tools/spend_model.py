"""What a customer spends per order day: Gamma-Gamma, or a shrunken mean.

Source: Fader & Hardie, "The Gamma-Gamma model of monetary value" (2013). Spend per order day varies
around a mean of the customer's own; that mean varies over customers and does not depend on how
often they buy.
"""

from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.special import gammaln

# Weight of the average customer beside somebody's own order days, where no model fits.
PRIOR_DAYS = 2.0
BOUND = 14.0


class SpendModel(NamedTuple):
    p: float
    q: float
    v: float
    log_likelihood: float


def fit(days, mean):
    """Maximum-likelihood fit.

    :param days: array, order days of each customer (at least 1)
    :param mean: array, mean spend per order day (above 0)
    :return: :class:`SpendModel`; ``None`` when it does not converge or has no mean (q <= 1)
    """
    days, mean = np.asarray(days, dtype=float), np.asarray(mean, dtype=float)
    if len(days) < 3 or mean.min() <= 0:
        return None
    unit = mean.mean()

    def cost(logs):
        return -_log_likelihood(np.exp(logs), days, mean / unit).mean()

    box = [(-BOUND, BOUND)] * 3
    found = minimize(cost, [1.0, 1.0, 0.0], method="L-BFGS-B", bounds=box,
                     options={"ftol": 1e-12})
    found = minimize(cost, found.x, method="Nelder-Mead", bounds=box,
                     options={"xatol": 1e-6, "fatol": 1e-11, "maxiter": 600})
    p, q, v = np.exp(found.x)
    if not np.isfinite(found.fun) or q <= 1.0 + 1e-6 or np.abs(found.x).max() > BOUND - 1:
        return None
    v *= unit
    total = float(_log_likelihood((p, q, v), days, mean).sum())
    return SpendModel(float(p), float(q), float(v), total)


def _log_likelihood(parameters, days, mean):
    p, q, v = parameters
    return (
        gammaln(p * days + q) - gammaln(p * days) - gammaln(q) + q * np.log(v)
        + (p * days - 1) * np.log(mean) + p * days * np.log(days)
        - (p * days + q) * np.log(v + days * mean)
    )


def expected_spend(model, days, mean):
    """Mean spend to be expected of each customer per order day; own history and the others'."""
    days, mean = np.asarray(days, dtype=float), np.asarray(mean, dtype=float)
    return model.p * (model.v + days * mean) / (model.p * days + model.q - 1)


def mean_spend(days, mean):
    """Mean spend per order day over all customers; ``None`` without any."""
    days = np.asarray(days, dtype=float)
    return float(np.average(np.asarray(mean, dtype=float), weights=days)) if len(days) else None


def shrunken_spend(days, mean, everybody):
    """The customer's own mean, drawn towards ``everybody``'s by ``PRIOR_DAYS`` order days."""
    days, mean = np.asarray(days, dtype=float), np.asarray(mean, dtype=float)
    return (days * mean + PRIOR_DAYS * everybody) / (days + PRIOR_DAYS)
