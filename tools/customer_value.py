"""From order days to a forecast: histories, choice of a model, error on days held out.

Order days come as two arrays of one length, a customer's number and a day's (both integers). Orders
of one day are one order day.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import xlogy

from . import purchase_model
from .purchase_model import BG, MBG, RATE, PurchaseModel

YEAR = 365
# A rule of thumb: with fewer customers who came back, parameters of a loss are guesses.
LEAST_REPEAT = 100
LEAST_SPAN = 2 * YEAR // 3
LEAST_FOR_FIT = 30
# Order days in the history from which a group of its own error begins.
GROUPS = (1, 2, 4, 10)


class Histories(NamedTuple):
    """One entry a customer, ascending by customer."""

    customer: np.ndarray
    first: np.ndarray
    last: np.ndarray
    x: np.ndarray
    t_x: np.ndarray
    T: np.ndarray

    @property
    def known(self):
        return self.x, self.t_x, self.T


class HoldOut(NamedTuple):
    """How a model, fitted without the last ``days``, foretold the order days in them.

    ``group_error``: mean absolute error in order days of customers by ``GROUPS``, scaled to a
    year; ``None`` for a group without customers.
    """

    days: int
    customers: int
    actual: int
    predicted: float
    deviance: float
    group_error: tuple

    @property
    def bias(self):
        """Predicted beyond actual, as a share of actual; ``None`` when nothing was bought."""
        return self.predicted / self.actual - 1 if self.actual else None


class Choice(NamedTuple):
    """The model in use, one that tells who is lost (or ``None``), and why, as ``(code, kind)``."""

    model: PurchaseModel
    alive: PurchaseModel | None
    hold_out: HoldOut | None
    reasons: tuple


def histories(customer, day, now):
    """Summaries of order days up to and with day ``now``."""
    customer, day = np.asarray(customer, dtype=np.int64), np.asarray(day, dtype=np.int64)
    kept = day <= now
    pairs = np.unique(np.column_stack((customer[kept], day[kept])), axis=0)
    names, start, counts = np.unique(pairs[:, 0], return_index=True, return_counts=True)
    first, last = pairs[start, 1], pairs[start + counts - 1, 1]
    return Histories(names, first, last, counts - 1, last - first, now - first)


def choose(customer, day, now):
    """The model that foretold held-out days best, among those the data can carry.

    :param now: number of today
    :return: :class:`Choice`, or ``None`` without any order day
    """
    history = histories(customer, day, now)
    if not len(history.x):
        return None
    reasons, fits = _fits(history)
    trials = {kind: _hold_out(kind, customer, day, now) for kind in fits}
    tried = {kind: trial for kind, trial in trials.items() if trial}
    kind = min(tried, key=lambda name: tried[name].deviance) if tried else RATE
    reasons += [("worse", name) for name in fits if name != kind]
    alive = fits.get(MBG) if kind != RATE else None
    return Choice(fits[kind], alive, trials[kind], tuple(reasons))


def _fits(history):
    """:return: reasons against models, and dict of the models that can be used"""
    fits = {RATE: plain_rate(history)}
    if np.count_nonzero(history.x) < LEAST_REPEAT:
        return [("few_repeat", "")], fits
    if history.T.max() < LEAST_SPAN:
        return [("short", "")], fits
    reasons = []
    for kind in (MBG, BG):
        model = purchase_model.fit(kind, *history.known)
        if model is None or purchase_model.is_degenerate(model):
            reasons.append(("degenerate" if model else "no_fit", kind))
        else:
            fits[kind] = model
    if MBG not in fits and BG in fits:
        # Without MBG/NBD nobody could tell whether those who bought once still buy.
        del fits[BG]
        reasons.append(("no_alive", BG))
    return reasons, fits


def plain_rate(history):
    """Purchases per day of each customer, drawn towards the rate of all. Always a model."""
    model = None
    if len(history.x) >= LEAST_FOR_FIT and history.x.any():
        model = purchase_model.fit(RATE, *history.known)
    if model is None or not np.isfinite(model.alpha):
        # Too few to learn how customers differ: the rate of all, with the weight of one purchase.
        alpha = max(history.T.sum(), 1) / (history.x.sum() + 0.5)
        model = PurchaseModel(RATE, 1.0, float(alpha), None, None, float("nan"))
    return model


def _hold_out(kind, customer, day, now):
    """Fit on the first two thirds of the time (at most a year is held out), foretell the rest."""
    day = np.asarray(day, dtype=np.int64)
    length = int(min(YEAR, (now - day.min()) // 3))
    if length < 30:
        return None
    known = histories(customer, day, now - length)
    if not len(known.x):
        return None
    model = plain_rate(known) if kind == RATE else purchase_model.fit(kind, *known.known)
    if model is None:
        return None
    predicted = purchase_model.expected_orders(model, length, *known.known)
    actual = _order_days_after(customer, day, now - length, now, known.customer)
    return HoldOut(
        length, len(known.x), int(actual.sum()), float(predicted.sum()),
        _deviance(actual, predicted), _group_errors(known.x + 1, actual, predicted, length),
    )


def _order_days_after(customer, day, after, until, wanted):
    customer = np.asarray(customer, dtype=np.int64)
    kept = (day > after) & (day <= until) & np.isin(customer, wanted)
    pairs = np.unique(np.column_stack((customer[kept], day[kept])), axis=0)
    return np.bincount(np.searchsorted(wanted, pairs[:, 0]), minlength=len(wanted))


def _deviance(actual, predicted):
    """Mean Poisson deviance: smallest for the true means, whatever their spread."""
    predicted = np.maximum(predicted, 1e-9)
    return float(np.mean(2 * (xlogy(actual, actual / predicted) - (actual - predicted))))


def group_of(order_days):
    """Index in ``GROUPS`` of customers with so many order days."""
    return np.searchsorted(GROUPS, np.asarray(order_days), side="right") - 1


def _group_errors(order_days, actual, predicted, length):
    errors = np.abs(actual - predicted) * YEAR / length
    groups = group_of(order_days)
    return tuple(
        float(errors[groups == index].mean()) if (groups == index).any() else None
        for index in range(len(GROUPS))
    )
