"""Is there a best amount of a habit? A bent line against a straight one, out of sample."""

from typing import NamedTuple

import numpy as np

from .association import MIN_POINTS, orders

TRIALS = 999
SHARES = 4  # quarters of the people
SURE = 0.05


class Band(NamedTuple):
    """One quarter of the points: ``low`` to ``high`` of the habit, ``outcome`` weighted over the
    ``points`` in it, which rest on ``weight`` deals or leads."""

    low: float
    high: float
    outcome: float
    points: int
    weight: float


def bands(habit, outcome, weight):
    """The points in quarters of the habit, from the lowest to the highest.

    :param weight: what each outcome rests on, such as closed deals; positive
    :return: list of :class:`Band`; fewer than four where many have the same habit
    """
    habit, outcome, weight = (np.asarray(v, dtype=float) for v in (habit, outcome, weight))
    limits = np.unique(np.quantile(habit, np.linspace(0, 1, SHARES + 1)))
    places = np.clip(np.searchsorted(limits, habit, side="right") - 1, 0, max(len(limits) - 2, 0))
    return [
        Band(float(habit[own].min()), float(habit[own].max()),
             float(np.average(outcome[own], weights=weight[own])), int(own.sum()),
             float(weight[own].sum()))
        for own in (places == place for place in np.unique(places))
    ]


def bend(habit, outcome, weight, seed=19):
    """Whether a parabola foretells left-out points better than a straight line.

    :return: ``(share of the error it saves, p by permutation)``; None with too few points. p counts
        how often exchanged outcomes save as much.
    """
    habit, outcome, weight = (np.asarray(v, dtype=float) for v in (habit, outcome, weight))
    if len(np.unique(habit)) < MIN_POINTS // 2 or len(habit) < MIN_POINTS or not np.ptp(outcome):
        return None
    scaled = (habit - habit.mean()) / habit.std()
    line, curve = (_left_out(np.vander(scaled, power + 1), weight) for power in (1, 2))
    found = _saved(line, curve, outcome[None, :], weight)[0]
    ways, _are_all = orders(len(habit), None, seed, TRIALS)
    as_much = np.count_nonzero(_saved(line, curve, outcome[ways], weight) >= found - 1e-12)
    return float(found), float((as_much + 1) / (len(ways) + 1))


def _left_out(design, weight):
    """:return: matrix that turns outcomes into what the others foretell for each point"""
    size = len(design)
    foretell = np.zeros((size, size))
    for place in range(size):
        others = np.delete(np.arange(size), place)
        root = np.sqrt(weight[others])
        inverse = np.linalg.pinv(design[others] * root[:, None])
        foretell[place, others] = design[place] @ inverse * root
    return foretell


def _saved(line, curve, outcomes, weight):
    errors = [((outcomes - outcomes @ fit.T) ** 2) @ weight for fit in (line, curve)]
    return 1 - errors[1] / np.maximum(errors[0], 1e-300)
