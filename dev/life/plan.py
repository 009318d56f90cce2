"""Which mixes of optional modules are tried, and from which smaller mix each is made."""

import math
from itertools import combinations


def all_mixes(names):
    """Every set of these names, small ones first."""
    return [
        frozenset(mix) for size in range(len(names) + 1) for mix in combinations(names, size)
    ]


def covering_mixes(names):
    """Few mixes that show every pair of names in all four ways: both, the one, the other, none.

    None and all of them, and mixes numbered 0 to k - 1: every name is in half of these, no two
    names in the same half, so each of two names is somewhere without the other. Six names need 4.
    """
    count = next(k for k in range(1, len(names) + 1) if math.comb(k, k // 2) >= len(names))
    halves = list(zip(names, combinations(range(count), count // 2), strict=False))
    mixes = [frozenset(name for name, half in halves if k in half) for k in range(count)]
    return [frozenset(), frozenset(names), *mixes]


def parent(mix, names):
    """The mix to which one module is added to get this one.

    :param names: slow ones first, so that the quick ones are installed most often.
    """
    return mix - {max(mix, key=names.index)}
