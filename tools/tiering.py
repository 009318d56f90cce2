"""Tiers of customers: from shares to limits, and moves with hysteresis."""

import numpy as np


def limits(values, shares):
    """Least value of each tier, when the best ``shares`` belong to it or to a better one.

    :param values: array of numbers
    :param shares: ascending fractions, best tier first; the last tier takes the rest, ``None``
    :return: list of numbers; -inf for the rest. Equal values are in the same tier, the better one.
    """
    ordered = np.sort(np.asarray(values, dtype=float))[::-1]
    found = []
    for share in shares:
        if share is None:
            found.append(-np.inf)
        elif not len(ordered):
            found.append(np.inf)
        else:
            place = min(max(int(np.ceil(share * len(ordered))), 1), len(ordered)) - 1
            found.append(float(ordered[place]))
    return found


def assign(values, least, current, slack):
    """Index of the tier of each customer, best is 0.

    A customer moves only when the value is beyond the limit by ``slack`` (0.1 = 10 %), so that
    somebody on the border does not change every month.

    :param least: :func:`limits`
    :param current: array of the present index, -1 for none
    """
    values, current = np.asarray(values, dtype=float), np.asarray(current)
    least = np.asarray(least, dtype=float)
    # Infinite limits have no width.
    width = slack * np.abs(np.where(np.isfinite(least), least, 0))
    plain, up, down = (_first(values, least + shift) for shift in (0, width, -width))
    moved = np.where(up < current, up, np.where(down > current, down, current))
    return np.where(current < 0, plain, moved)


def _first(values, least):
    reached = values[:, None] >= least[None, :]
    return np.where(reached.any(axis=1), reached.argmax(axis=1), len(least) - 1)
