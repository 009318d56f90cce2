"""Which habits go with results: rank correlation, permutations, many comparisons. numpy and scipy.

Nothing here says that one thing drives another.
"""

import itertools
import math
from typing import NamedTuple

import numpy as np
from scipy.stats import false_discovery_control, norm, rankdata

CONFIDENCE = 0.95
MIN_POINTS = 8
# The interval stands on an approximation that needs this many.
MIN_INTERVAL = 10
PERMUTATIONS = 9_999
ALL_ORDERS_UP_TO = 8


class Association(NamedTuple):
    """``rho`` with its 95 % interval (None below ten points) and ``p`` by permutation; ``points``
    pairs of which ``free`` are independent."""

    rho: float
    low: float | None
    high: float | None
    p: float
    points: int
    free: int


def associate(habit, outcome, blocks=None, seed=19):
    """Spearman's rank correlation with a permutation p.

    :param habit, outcome: sequences of numbers of the same length
    :param blocks: a label for each pair; outcomes are exchanged inside a label only, after its mean
        has been taken away, so that only changes within it count. None: all pairs are one block.
    :param seed: of the random orders; the same data give the same p
    :return: :class:`Association`; None with fewer than eight pairs, or where nothing varies
    Source: permutation p (b + 1) / (B + 1), exact up to eight pairs: Phipson & Smyth 2010.
    """
    if len(habit) < MIN_POINTS:
        return None
    x, y = centred(habit, blocks), centred(outcome, blocks)
    if not np.ptp(x) or not np.ptp(y):
        return None
    x, y = _unit(rankdata(x)), _unit(rankdata(y))
    rho = float(np.clip(x @ y, -1, 1))
    free = len(x) - (len(set(blocks)) - 1 if blocks is not None else 0)
    low, high = _interval(rho, free)
    return Association(rho, low, high, _permutation_p(x, y, blocks, rho, seed), len(x), free)


def centred(values, blocks):
    """:return: array of values as differences from the mean of their block; the values themselves
        without blocks"""
    values = np.asarray(values, dtype=float)
    if blocks is None:
        return values
    labels = np.unique(np.asarray(blocks), return_inverse=True)[1]
    means = np.bincount(labels, values) / np.bincount(labels)
    # Differences of a rounding error are ties.
    return np.round(values - means[labels], 9)


def _unit(values):
    values = values - values.mean()
    return values / np.linalg.norm(values)


def _interval(rho, free):
    """Fisher's z with the standard error of Bonett & Wright (2000) for ranks."""
    if free < MIN_INTERVAL or abs(rho) >= 1:
        return None, None
    margin = norm.ppf((1 + CONFIDENCE) / 2) * math.sqrt((1 + rho ** 2 / 2) / (free - 3))
    return tuple(math.tanh(math.atanh(rho) + sign * margin) for sign in (-1, 1))


def orders(size, blocks=None, seed=19, count=PERMUTATIONS):
    """Ways to exchange ``size`` outcomes inside their blocks.

    :return: array (ways, size) of positions, and whether these are all ways
    """
    if blocks is None and size <= ALL_ORDERS_UP_TO:
        return np.array(list(itertools.permutations(range(size)))), True
    rng = np.random.default_rng(seed)
    found = np.tile(np.arange(size), (count, 1))
    labels = np.zeros(size) if blocks is None else np.unique(blocks, return_inverse=True)[1]
    for label in np.unique(labels):
        places = np.flatnonzero(labels == label)
        found[:, places] = rng.permuted(found[:, places], axis=1)
    return found, False


def _permutation_p(x, y, blocks, rho, seed):
    ways, are_all = orders(len(x), blocks, seed)
    as_far = np.count_nonzero(np.abs(y[ways] @ x) >= abs(rho) - 1e-12)
    return float(as_far / len(ways) if are_all else (as_far + 1) / (len(ways) + 1))


def adjusted(habit, outcome, other, blocks=None):
    """Rank correlation with the ranks of a third quantity taken out of both.

    :param other: the third quantity, such as months with the company
    :return: float; None where it explains one of the two completely
    """
    x, y, z = (rankdata(centred(values, blocks)) for values in (habit, outcome, other))
    design = np.column_stack([np.ones(len(z)), z])
    left = [v - design @ np.linalg.lstsq(design, v, rcond=None)[0] for v in (x, y)]
    if any(np.linalg.norm(values) < 1e-6 * len(z) for values in left):
        return None
    return float(_unit(left[0]) @ _unit(left[1]))


def discoveries(p_values):
    """Benjamini-Hochberg q of all comparisons that are shown together.

    :return: list of floats in the order given
    """
    return false_discovery_control(p_values, method="bh").tolist() if p_values else []
