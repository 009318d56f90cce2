"""Splitting an amount so that the parts add up to it exactly: the largest remainder method."""

from decimal import Decimal
from fractions import Fraction


def split(total, weights, unit):
    """Parts of an amount in proportion to weights, each a whole number of the smallest unit.

    Every part is within one unit of its exact quota. What rounding down leaves over goes, one unit
    each, to the largest remainders; the earlier of equals first. An amount that is itself no whole
    number of units leaves the rest with the largest part.

    :param total: amount (Decimal), of either sign
    :param weights: list of numbers >= 0, not all of them 0
    :param unit: the smallest unit (Decimal > 0), 0.01 for cents
    :return: list of Decimals, as long as ``weights``; their sum is ``total``
    :raise ValueError: a weight is negative or no number, or nothing has a weight
    """
    exact = [_weight(weight) for weight in weights]
    whole = sum(exact)
    if not whole:
        raise ValueError("Nothing has a weight, so there is nobody to take a part of the amount.")
    units, rest = divmod(abs(total), unit)
    quotas = [int(units) * weight / whole for weight in exact]
    parts = [int(quota) for quota in quotas]
    by_remainder = sorted(range(len(parts)), key=lambda at: (parts[at] - quotas[at], at))
    for at in by_remainder[:int(units) - sum(parts)]:
        parts[at] += 1
    amounts = [part * unit for part in parts]
    amounts[max(range(len(parts)), key=lambda at: (exact[at], -at))] += rest
    return [amount if total >= 0 else -amount for amount in amounts]


def _weight(value):
    number = Decimal(str(value))
    if not number.is_finite() or number < 0:
        raise ValueError(f"A weight must be a number from 0 up, not {value}.")
    return Fraction(number)
