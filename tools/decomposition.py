"""A product that changed, split into what each of its factors contributed."""

from itertools import combinations
from math import factorial, prod


def shapley(before, after):
    """Shapley value of each factor in the change of a product.

    The average, over all orders in which the factors could have changed one after the other, of
    what each adds; so no order is preferred and the parts sum to the change.
    :param before, after: dicts ``{name: number}`` with the same names
    :return: dict ``{name: part}``
    """
    return {name: _part(name, before, after) for name in before}


def _part(name, before, after):
    others = [other for other in before if other != name]
    count = len(before)
    total = 0.0
    for size in range(count):
        weight = factorial(size) * factorial(count - size - 1) / factorial(count)
        for changed in combinations(others, size):
            total += weight * prod(
                (after if other in changed else before)[other] for other in others
            )
    return total * (after[name] - before[name])


def rounded_parts(parts, total, digits):
    """Round parts so that they sum to the rounded total: largest remainders take the difference.

    :param parts: dict ``{name: number}`` that sums to ``total`` but for floating point
    :return: dict ``{name: number}``
    """
    unit = 10 ** digits
    exact = {name: part * unit for name, part in parts.items()}
    whole = {name: int(value // 1) for name, value in exact.items()}
    missing = round(total * unit) - sum(whole.values())
    by_remainder = sorted(exact, key=lambda name: whole[name] - exact[name])
    for index in range(abs(missing)):
        whole[by_remainder[index % len(by_remainder)]] += 1 if missing > 0 else -1
    return {name: value / unit for name, value in whole.items()}


def margin_factors(figures, months, margin_rate):
    """The five factors of an average month's margin.

    Volume is the working time of all deals, closed deals times the days each took: with Little's
    law the deals open on an average day, so that volume / cycle is the number of deals closed.
    Without a cycle, volume is the number of closed deals.
    :param figures: dict with sums of closed_count, won_count, won_revenue, cycle_days_total and
        won_cycle_count, each a number or ``None``
    :param months: number of months summed
    :param margin_rate: fraction or ``None``
    :return: dict ``{"volume", "win_rate", "deal_size", "margin_rate", "cycle": number or None}``
    """
    closed, won = figures["closed_count"], figures["won_count"]
    cycle = _ratio(figures["cycle_days_total"], figures["won_cycle_count"])
    volume = _ratio(closed, months)
    return {
        "volume": volume * cycle if cycle and volume is not None else volume,
        "win_rate": _ratio(won, closed),
        "deal_size": _ratio(figures["won_revenue"], won),
        "margin_rate": margin_rate,
        "cycle": 1 / cycle if cycle else None,
    }


def _ratio(numerator, denominator):
    return numerator / denominator if numerator is not None and denominator else None


def split_margin(before, after):
    """Parts of the change of margin between two sets of ``margin_factors``.

    Where one side has no cycle, both are taken without it: volume is then the closed deals. A
    factor unknown on one side (the win rate of a time without deals) is taken as unchanged;
    unknown on both, it is no factor.
    :return: ``(margin before, margin after, {name: part})``
    """
    if before["cycle"] is None or after["cycle"] is None:
        before, after = _without_cycle(before), _without_cycle(after)
    before, after = _filled(before, after), _filled(after, before)
    parts = dict.fromkeys(("volume", "win_rate", "deal_size", "margin_rate", "cycle"), 0.0)
    return prod(before.values()), prod(after.values()), {**parts, **shapley(before, after)}


def _without_cycle(factors):
    cycle = factors["cycle"]
    volume = factors["volume"] if cycle is None else factors["volume"] * cycle
    return {**factors, "volume": volume, "cycle": None}


def _filled(factors, other):
    pairs = {name: (value, other[name]) for name, value in factors.items()}
    return {
        name: theirs if own is None else own
        for name, (own, theirs) in pairs.items() if own is not None or theirs is not None
    }
