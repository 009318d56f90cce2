"""How many customers have bought again after so many days: Kaplan-Meier, and the naive ratio."""

import warnings
from typing import NamedTuple

import numpy as np
from scipy.stats import CensoredData, ecdf

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
    curve = ecdf(CensoredData(uncensored=days[again], right=days[~again])).sf
    with warnings.catch_warnings(), np.errstate(divide="ignore", invalid="ignore"):
        # It warns that there is no interval before the first event; so there is none.
        warnings.simplefilter("ignore", RuntimeWarning)
        interval = curve.confidence_interval(CONFIDENCE, method="log-log")
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


def _number(value):
    return value if np.isfinite(value) else None
