"""Times to something that has not happened to everybody yet: Kaplan-Meier and Aalen-Johansen."""

import math
import warnings
from typing import NamedTuple

import numpy as np
from scipy.stats import CensoredData, ecdf, norm

CONFIDENCE = 0.95


class Point(NamedTuple):
    """``share`` (``low`` to ``high``) have bought again within ``days``; ``at_risk`` customers had
    been watched so long without buying. ``naive`` divides by all customers, also those who came
    yesterday."""

    days: int
    share: float
    low: float | None
    high: float | None
    at_risk: int
    naive: float


def repeat_curve(days, again, steps):
    """Curve of the second order day.

    :param days: days from the first to the second order day, or to now for who has not bought again
    :param again: whether the customer has bought again
    :param steps: days at which the curve is read; those nobody was watched for are left out
    :return: list of :class:`Point`
    """
    days, again = np.asarray(days, dtype=float), np.asarray(again, dtype=bool)
    if not len(days):
        return []
    curve, interval = _kaplan_meier(days[again], days[~again])
    found = []
    for step in steps:
        at_risk = int(np.count_nonzero(days >= step))
        if not at_risk:
            break
        low, high = (1 - float(side.evaluate(step)) for side in (interval.high, interval.low))
        found.append(Point(
            step, 1 - float(curve.evaluate(step)), _number(low), _number(high), at_risk,
            float(np.count_nonzero(again & (days <= step)) / len(days)),
        ))
    return found


def _kaplan_meier(done, running):
    """:return: ``(survival function, its 95 % interval)`` of scipy"""
    curve = ecdf(CensoredData(uncensored=done, right=running)).sf
    with warnings.catch_warnings(), np.errstate(divide="ignore", invalid="ignore"):
        # It warns that there is no interval before the first event; so there is none.
        warnings.simplefilter("ignore", RuntimeWarning)
        return curve, curve.confidence_interval(CONFIDENCE, method="log-log")


def _number(value):
    return value if np.isfinite(value) else None


class Quantile(NamedTuple):
    """By ``days`` the share had happened; ``None``: not yet, however long one has watched."""

    days: float | None
    low: float | None
    high: float | None


def quantiles(done, running, shares=(0.5,)):
    """After how many days it has happened to a share of all, who are still waiting included.

    :param done: durations of those it has happened to
    :param running: durations of those it has not happened to until now
    :param shares: fractions between 0 and 1
    :return: list of :class:`Quantile`, 95 % intervals by Brookmeyer and Crowley (1982)
    """
    done, running = np.asarray(done, dtype=float), np.asarray(running, dtype=float)
    if not len(done):
        return [Quantile(None, None, None) for _share in shares]
    curve, interval = _kaplan_meier(done, running)
    return [
        Quantile(_first_below(curve, 1 - share), _first_below(interval.low, 1 - share),
                 _first_below(interval.high, 1 - share))
        for share in shares
    ]


def _first_below(curve, level):
    with np.errstate(invalid="ignore"):
        below = np.flatnonzero(curve.probabilities <= level + 1e-12)
    return float(curve.quantiles[below[0]]) if len(below) else None


class Incidence(NamedTuple):
    """Share that has come to one end within ``days``, with its 95 % interval."""

    days: float
    share: float
    low: float | None
    high: float | None
    at_risk: int


def cumulative_incidence(days, ends, end, steps):
    """Aalen-Johansen: the share that has come to one of several ends.

    Who came to another end can not come to this one any more. Kaplan-Meier would treat them as if
    they still could, and its shares of all ends add up to more than everybody.

    :param days: durations, until an end or until now
    :param ends: what each came to; ``None`` for what is still open
    :param end: the one that is asked for
    :param steps: days at which the curve is read; those nobody was watched for are left out
    :return: list of :class:`Incidence`; variance by Marubini and Valsecchi (1995), log-log limits
    """
    days = np.asarray(days, dtype=float)
    if not len(days):
        return []
    is_end = np.array([value == end for value in ends])
    is_any = np.array([value is not None for value in ends])
    times = np.unique(days[is_any])
    ordered = np.sort(days)
    at_risk = len(days) - np.searchsorted(ordered, times, side="left")
    any_count, end_count = (_count_at(times, days[mask]) for mask in (is_any, is_end))
    survival = np.cumprod(1 - any_count / at_risk)
    before = np.concatenate([[1.0], survival[:-1]])
    incidence = np.cumsum(before * end_count / at_risk)
    found = []
    for step in steps:
        watched = len(days) - int(np.searchsorted(ordered, step, side="left"))
        if not watched:
            break
        last = int(np.searchsorted(times, step, side="right"))
        share = float(incidence[last - 1]) if last else 0.0
        error = math.sqrt(_variance(
            incidence[:last], before[:last], at_risk[:last], any_count[:last], end_count[:last],
        )) if last else 0.0
        found.append(Incidence(step, share, *_log_log(share, error), watched))
    return found


def _count_at(times, values):
    found, counts = np.unique(values, return_counts=True)
    result = np.zeros(len(times))
    result[np.searchsorted(times, found)] = counts
    return result


def _variance(incidence, before, at_risk, any_count, end_count):
    rest = incidence[-1] - incidence
    left = at_risk - any_count
    # Where nobody is left there is nothing after it either.
    hazard = np.divide(any_count, at_risk * left, out=np.zeros(len(left)), where=left > 0)
    return max(0.0, float(np.sum(
        rest**2 * hazard
        + before**2 * (at_risk - end_count) * end_count / at_risk**3
        - 2 * rest * before * end_count / at_risk**2
    )))


def _log_log(share, error):
    if not 0 < share < 1 or not error:
        return None, None
    reach = norm.ppf((1 + CONFIDENCE) / 2) * error / abs((1 - share) * math.log1p(-share))
    survival = 1 - share
    return 1 - survival ** math.exp(-reach), 1 - survival ** math.exp(reach)
