"""Recency, frequency and money as scores from 1 to 5; equal values share a score.

The score is the fifth in which the last of the equals stands: ceil(5 x rank / count). Thresholds
are kept, so that a score changes when the customer does, not when others do.
"""

import numpy as np

SCORES = 5


def thresholds(values):
    """Four numbers: the largest value of each score from 1 to 4 (-inf for an empty score)."""
    ordered = np.sort(np.asarray(values, dtype=float))
    if not len(ordered):
        return [-np.inf] * (SCORES - 1)
    distinct, counts = np.unique(ordered, return_counts=True)
    ranks = np.cumsum(counts)
    found = []
    for score in range(1, SCORES):
        # Whole numbers: a share such as 0.6 x 5 must not be rounded up to the next score.
        below = distinct[ranks * SCORES <= score * len(ordered)]
        found.append(float(below[-1]) if len(below) else -np.inf)
    return found


def score(values, limits):
    """1 to 5, by ``thresholds``; the higher the value, the higher the score."""
    return 1 + np.searchsorted(limits, np.asarray(values, dtype=float), side="left")


def segment(recency, frequency, monetary, order_days):
    """Name of the segment of each customer: arrays of scores and of order days -> array of text."""
    worth = (np.asarray(frequency) + np.asarray(monetary)) / 2
    recency, order_days = np.asarray(recency), np.asarray(order_days)
    return np.select(
        [
            (recency >= 4) & (worth >= 4),
            (recency >= 3) & (worth >= 3),
            (recency >= 4) & (order_days == 1),
            recency >= 4,
            recency == 3,
            worth >= 4,
            worth >= 3,
        ],
        ["champion", "loyal", "new", "promising", "attention", "cannot_lose", "fading"],
        default="hibernating",
    )
