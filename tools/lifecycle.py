"""Stages of a customer by an inactivity rule: silent for how long, compared with what is usual."""

from typing import NamedTuple

import numpy as np

LEAST_GAPS = 20
DEFAULT_LAPSE, DEFAULT_RISK = 365, 180
# Silent for more than twice one's own mean interval is unusual.
OWN_FACTOR = 2


class Rule(NamedTuple):
    """Days of silence after which a customer is at risk, and lapsed."""

    risk: int
    lapse: int


def rule(gaps, lapse=None):
    """The inactivity rule of a company.

    :param gaps: days between consecutive order days of the same customer, all customers
    :param lapse: days after which a customer counts as lapsed; by default the interval that 95 %
        of all intervals do not exceed, but at least 30 days
    """
    gaps = np.asarray(gaps)
    enough = len(gaps) >= LEAST_GAPS
    usual = np.percentile(gaps, (80, 95)) if enough else (DEFAULT_RISK, DEFAULT_LAPSE)
    lapse = lapse or max(30, int(np.ceil(usual[1])))
    return Rule(min(max(15, int(np.ceil(usual[0]))), lapse), int(lapse))


def stage(limits, order_days, silent, span, last_gap, alive=None):
    """Stage of each customer.

    :param limits: :class:`Rule`
    :param order_days: number of order days, at least 1
    :param silent: days since the last order day
    :param span: days from the first to the last order day
    :param last_gap: days between the last two order days; 0 with one order day
    :param alive: chance that the customer still buys, or ``None``
    :return: array of text
    """
    order_days, silent, last_gap = (np.asarray(v) for v in (order_days, silent, last_gap))
    own = OWN_FACTOR * np.asarray(span) / np.maximum(order_days - 1, 1)
    patience = np.where(order_days >= 3, np.minimum(own, limits.lapse), limits.risk)
    at_risk = silent > np.maximum(patience, 1)
    if alive is not None:
        at_risk |= np.asarray(alive) < 0.5
    return np.select(
        [silent > limits.lapse, at_risk, last_gap > limits.lapse, order_days == 1],
        ["lapsed", "at_risk", "won_back", "first"], default="active",
    )
