"""Return on investment: plain numbers in, plain numbers out; ``None`` is "not known"."""

import math
from itertools import accumulate

from scipy.optimize import brentq

# Bounds of log(1 + rate) in which a rate of return is looked for.
LOG_BOUND = 20.0


def roi(gain, cost):
    """(gain - cost) / cost; ``None`` when either is unknown or there is no cost to divide by."""
    if gain is None or cost is None or cost <= 0:
        return None
    return (gain - cost) / cost


def monthly_rate(yearly):
    """The rate per month that compounds to a yearly rate (fractions)."""
    return (1 + yearly) ** (1 / 12) - 1


def yearly_rate(monthly):
    return (1 + monthly) ** 12 - 1


def discounted(rate, flows):
    """Present values of equally spaced flows; the first one is not discounted."""
    return [flow * (1 + rate) ** -time for time, flow in enumerate(flows)]


def npv(rate, flows):
    """Net present value with t = 0 undiscounted.

    Spreadsheets discount the first flow too: their NPV is ``npv(rate, [0, *flows])``.
    :param rate: fraction per period, above -1
    """
    return math.fsum(discounted(rate, flows))


def payback(flows):
    """When the running total is no longer negative for the first time, in periods from t = 0.

    Between two flows the total is taken as a straight line. 0.0 when it never was negative.
    :return: float, or ``None`` when the cost is not earned back (or nothing flows at all)
    """
    total, was_negative = 0.0, False
    for time, flow in enumerate(flows):
        previous, total = total, total + flow
        if was_negative and total >= 0:
            return time - 1 + previous / (previous - total)
        was_negative = was_negative or total < 0
    return None if was_negative or not any(flows) else 0.0


def irr(flows):
    """Internal rate of return per period.

    One rate is certain when the flows change their sign once, or when their running total does
    (Norstrom's criterion; then it is the only rate above zero).
    :return: ``("one", rate)``, ``("none", None)`` or ``("multiple", None)``
    """
    while flows and not flows[0]:
        flows = flows[1:]
    changes = _sign_changes(flows)
    if not changes:
        return "none", None
    if changes == 1:
        return "one", _root(flows, -LOG_BOUND, LOG_BOUND)
    totals = list(accumulate(flows))
    if _sign_changes(totals) == 1 and totals[-1]:
        return "one", _root(flows, 0.0, LOG_BOUND)
    return "multiple", None


def _sign_changes(numbers):
    signs = [number > 0 for number in numbers if number]
    return sum(a != b for a, b in zip(signs, signs[1:], strict=False))


def _root(flows, low, high):
    """The rate between two values of log(1 + rate) at which the flows are worth nothing."""
    last = len(flows) - 1

    def value(log):
        # Multiplied by a power of 1 + rate where the plain sum would overflow: the same sign.
        shift = 0 if log >= 0 else last
        return math.fsum(flow * math.exp(log * (shift - time)) for time, flow in enumerate(flows))

    if not value(low):
        return math.expm1(low)
    if value(low) * value(high) > 0:
        return None
    return math.expm1(brentq(value, low, high, xtol=1e-14))
