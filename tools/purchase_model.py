"""How often customers without a contract buy: BG/NBD, MBG/NBD, and a plain shrunken rate.

A history is three numbers in one unit of time (days here): ``x`` repeat order days after the first,
``t_x`` from the first to the last order day, ``T`` from the first order day to now. Orders of one
day are one purchase.

Sources: Fader, Hardie & Lee, Marketing Science 24 (2005) 275-284 (BG/NBD); Batislam, Denizel &
Filiztekin, International Journal of Research in Marketing 24 (2007) 201-209 (MBG/NBD: a customer
may be lost right after the first purchase, too).
"""

from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln, gammaln, hyp2f1

BG, MBG, RATE = "bg_nbd", "mbg_nbd", "rate"
# A likelihood of more histories is the same to three digits and only takes longer.
MOST_HISTORIES = 6_000
# Beyond these the share of customers lost per purchase cannot be told from none or from all.
BOUND = 11.0
LEAST_LOSS, MOST_LOSS = 1e-3, 1 - 1e-3


class PurchaseModel(NamedTuple):
    """Fitted parameters: purchases ~ gamma(r, alpha), loss after a purchase ~ beta(a, b).

    ``a`` and ``b`` are ``None`` for the plain rate, which knows no loss.
    """

    kind: str
    r: float
    alpha: float
    a: float | None
    b: float | None
    log_likelihood: float


def fit(kind, x, t_x, T):
    """Maximum-likelihood fit.

    :param kind: ``BG``, ``MBG`` or ``RATE``
    :param x, t_x, T: arrays of one length, one entry a customer
    :return: :class:`PurchaseModel`, or ``None`` when the search does not converge
    """
    x, t_x, T = (np.asarray(values, dtype=float) for values in (x, t_x, T))
    if not len(x) or not T.max() > 0:
        return None
    # The same optimum in every unit of time; a likelihood of numbers around 1 is well shaped.
    unit = T.mean()
    history, weights = _grouped(x, t_x, T)
    scaled = (history[0], history[1] / unit, history[2] / unit)

    def cost(logs):
        return -np.sum(weights * _log_likelihood(kind, np.exp(logs), *scaled)) / weights.sum()

    best = _search(cost, [0.0] * (2 if kind == RATE else 4))
    if kind != RATE and np.abs(best.x).max() > BOUND - 1:
        # Perhaps only a bad start: a second one decides.
        best = min(best, _search(cost, [-1.0, -1.0, 0.0, 1.0]), key=lambda found: found.fun)
    if not np.isfinite(best.fun):
        return None
    r, alpha, *loss = np.exp(best.x)
    parameters = (float(r), float(alpha * unit), *(float(value) for value in loss))
    total = float(np.sum(_log_likelihood(kind, parameters, x, t_x, T)))
    a, b = parameters[2:] or (None, None)
    return PurchaseModel(kind, parameters[0], parameters[1], a, b, total)


def _search(cost, start):
    box = [(-BOUND, BOUND)] * len(start)
    found = minimize(cost, start, method="L-BFGS-B", bounds=box, options={"ftol": 1e-12})
    # The simplex walks the flat ridge on which gradients are lost in rounding.
    return minimize(cost, found.x, method="Nelder-Mead", bounds=box,
                    options={"xatol": 1e-5, "fatol": 1e-10, "maxiter": 400})


def _grouped(x, t_x, T):
    """Distinct histories and how many customers have each; evenly thinned when very many."""
    rows = np.column_stack((x, t_x, T))
    if len(rows) > MOST_HISTORIES:
        rows = rows[np.linspace(0, len(rows) - 1, MOST_HISTORIES).astype(int)]
    distinct, counts = np.unique(rows, axis=0, return_counts=True)
    return distinct.T, counts


def _log_likelihood(kind, parameters, x, t_x, T):
    r, alpha, *loss = parameters
    purchases = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    alive = -(r + x) * np.log(alpha + T)
    if kind == RATE:
        return purchases + alive
    a, b = loss
    return purchases + alive + _log_not_lost(kind, a, b, x) + np.log1p(
        _odds_lost(kind, r, alpha, a, b, x, t_x, T)
    )


def _log_not_lost(kind, a, b, x):
    """Logarithm of the chance to stay through the purchases made."""
    stays = x + 1 if kind == MBG else x
    return betaln(a, b + stays) - betaln(a, b)


def _odds_lost(kind, r, alpha, a, b, x, t_x, T):
    """Odds that a customer is lost by now; BG/NBD cannot lose one without a repeat purchase."""
    longer = np.exp(np.minimum((r + x) * np.log((alpha + T) / (alpha + t_x)), 700))
    if kind == MBG:
        return a / (b + x) * longer
    return np.where(x > 0, a / np.where(x > 0, b + x - 1, 1) * longer, 0.0)


def probability_alive(model, x, t_x, T):
    """Chance that each customer still buys; ``None`` for the plain rate, which cannot tell.

    BG/NBD says 1 for everybody who bought once, however long ago: take an MBG/NBD for this.
    """
    if model.kind == RATE:
        return None
    x, t_x, T = (np.asarray(values, dtype=float) for values in (x, t_x, T))
    odds = _odds_lost(model.kind, model.r, model.alpha, model.a, model.b, x, t_x, T)
    return 1 / (1 + odds)


def expected_orders(model, days, x, t_x, T):
    """Order days to be expected of each customer in the next ``days``, given the history."""
    x, t_x, T = (np.asarray(values, dtype=float) for values in (x, t_x, T))
    if model.kind == RATE:
        return days * (model.r + x) / (model.alpha + T)
    r, alpha, b = model.r, model.alpha, model.b
    # At a = 1 the formula is 0 / 0; its limit lies between its neighbours.
    a = model.a if abs(model.a - 1) > 1e-5 else 1 + 1e-5
    later = 1 if model.kind == MBG else 0
    # Euler's transformation of the published series: no overflow for customers who buy often.
    series = hyp2f1(a + b - 1 + later - r, a - 1, a + b + x - 1 + later, days / (alpha + T + days))
    shorter = ((alpha + T) / (alpha + T + days)) ** (a - 1)
    if_alive = (a + b + x - 1 + later) / (a - 1) * (1 - shorter * series)
    # Given that the customer is not known to be alive, only for those who are.
    return np.maximum(if_alive, 0) / (1 + _odds_lost(model.kind, r, alpha, a, b, x, t_x, T))


def is_degenerate(model):
    """Whether the fit says that nobody or everybody is lost after a purchase.

    Seasonal and short histories collapse to "no loss": the model is then no better than a rate,
    and its chances to be alive are all 1.
    """
    if model.kind == RATE:
        return False
    loss = model.a / (model.a + model.b)
    at_bound = any(
        abs(np.log(value)) > BOUND - 1 for value in (model.r, model.a, model.b)
    )
    return bool(at_bound or not LEAST_LOSS < loss < MOST_LOSS)
