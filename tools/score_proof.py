"""How well a score told, before the outcome, which deals would be won.

Scores and outcomes are arrays of the same length, one value for each deal; outcomes are 1 (won)
or 0 (lost). Deals with equal scores are never put in an order: they share what they have.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri
from scipy.stats import norm, rankdata

from .statistics import CONFIDENCE, wilson

ENOUGH = 40  # won, and as many lost: fewer prove nothing
SLICES = 10
RESAMPLES = 300
SEED = 19  # the same deals always give the same intervals


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % interval; ``None`` where it cannot be known."""

    value: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Slice:
    """A part of the deals.

    :param size, won: deals and won deals; fractions where equal scores straddle two slices
    :param predicted: mean forecast, ``None`` for slices of a score
    :param rate, low, high: share of won deals with its Wilson interval
    """

    size: float
    won: float
    rate: float | None
    low: float | None
    high: float | None
    predicted: float | None = None


def is_enough(outcomes):
    outcomes = np.asarray(outcomes)
    return bool((outcomes == 1).sum() >= ENOUGH and (outcomes == 0).sum() >= ENOUGH)


# ------------------------------------------------------------------
# Order: does the better score win?
# ------------------------------------------------------------------


def auc(scores, outcomes):
    """Chance that a won deal had a better score than a lost one (ties count half).

    :return: ``Estimate``; the interval is DeLong's, for scores that part won and lost
        completely Wilson's of the smaller group (DeLong's has no width there)
    Source: DeLong et al., Biometrics 44 (1988); Sun & Xu, IEEE SPL 21 (2014) for the ranks.
    """
    won, lost = _placements(scores, outcomes)
    if won is None:
        return Estimate()
    area = float(won.mean())
    error = np.sqrt(_variance(won) + _variance(lost))
    if error == 0 and area in (0, 1):
        fewest = min(len(won), len(lost))
        low, high = wilson(area * fewest, fewest)
        return Estimate(area, low, high)
    reach = _z() * error
    return Estimate(area, max(0.0, float(area - reach)), min(1.0, float(area + reach)))


def auc_difference(scores, others, outcomes):
    """How much larger the area of ``scores`` is than that of ``others`` on the same deals.

    :return: ``(Estimate, p)``; p is ``None`` where it cannot be known
    """
    won, lost = _placements(scores, outcomes)
    other_won, other_lost = _placements(others, outcomes)
    if won is None:
        return Estimate(), None
    difference = float(won.mean() - other_won.mean())
    error = np.sqrt(_variance(won - other_won) + _variance(lost - other_lost))
    if error == 0:
        return Estimate(difference, difference, difference), 1.0 if difference == 0 else None
    reach = _z() * error
    p = 2 * float(norm.sf(abs(difference) / error))
    return Estimate(difference, float(difference - reach), float(difference + reach)), p


def _placements(scores, outcomes):
    """For each won deal the share of lost ones below it, for each lost the share of won above."""
    scores, outcomes = np.asarray(scores, dtype=float), np.asarray(outcomes)
    won, lost = scores[outcomes == 1], scores[outcomes == 0]
    if not len(won) or not len(lost):
        return None, None
    together = rankdata(np.concatenate([won, lost]))
    above = (together[:len(won)] - rankdata(won)) / len(lost)
    below = 1 - (together[len(won):] - rankdata(lost)) / len(won)
    return above, below


def _variance(values):
    """Of the mean."""
    return float(values.var(ddof=1)) / len(values) if len(values) > 1 else 0.0


def _z():
    return float(ndtri(0.5 + CONFIDENCE / 2))


# ------------------------------------------------------------------
# Slices
# ------------------------------------------------------------------


def slices(scores, outcomes, number=SLICES, forecasts=None):
    """Deals cut into equal parts by their score, the best first.

    :param forecasts: chances to win whose mean each part shows
    :return: list of ``number`` ``Slice``, empty without deals
    """
    scores, outcomes = np.asarray(scores, dtype=float), np.asarray(outcomes, dtype=float)
    if not len(scores):
        return []
    edges = len(scores) * np.arange(number + 1) / number
    won = np.diff(_running(scores, outcomes)(edges))
    sizes = np.diff(edges)
    means = [None] * number
    if forecasts is not None:
        means = np.diff(_running(scores, np.asarray(forecasts, dtype=float))(edges)) / sizes
    return [_slice(*part) for part in zip(sizes, won, means, strict=True)]


def _running(scores, values):
    """Function from a number of best deals to the sum of their values. Inside a block of equal
    scores it is a straight line: each of them counts the mean of the block."""
    order = np.argsort(-scores, kind="stable")
    ranked = scores[order]
    last_of_block = np.append(np.flatnonzero(np.diff(ranked)), len(ranked) - 1)
    counts = np.append(0, last_of_block + 1)
    sums = np.append(0.0, np.cumsum(values[order])[last_of_block])
    return lambda number: np.interp(number, counts, sums)


def _slice(size, won, predicted=None):
    won = min(max(float(won), 0.0), float(size))
    low, high = wilson(won, size)
    return Slice(
        float(size), won, won / float(size) if size else None, low, high,
        None if predicted is None else float(predicted),
    )


def groups(keys, outcomes, order):
    """Win rate of each key.

    :param order: all keys to show, in this order
    :return: dict ``{key: Slice}``; a key without deals has a rate of ``None``
    """
    keys, outcomes = np.asarray(keys), np.asarray(outcomes)
    found = {}
    for key in order:
        mine = outcomes[keys == key]
        found[key] = _slice(len(mine), mine.sum())
    return found


def lift(scores, outcomes, share=1 / SLICES):
    """How many times more often the best-scored share is won than all; ``None`` if none is."""
    scores, outcomes = np.asarray(scores, dtype=float), np.asarray(outcomes, dtype=float)
    base = outcomes.mean() if len(outcomes) else 0
    if not base:
        return None
    size = share * len(outcomes)
    return float(_running(scores, outcomes)(size) / size / base)


# ------------------------------------------------------------------
# Forecasts: is 30 % really 30 %?
# ------------------------------------------------------------------


def brier_skill(forecasts, outcomes, base_rate):
    """Share of the squared error that the forecasts take off that of saying ``base_rate`` always.

    1 is perfect, 0 no better, below 0 worse; ``None`` where the base rate makes no error.
    """
    forecasts, outcomes = np.asarray(forecasts, dtype=float), np.asarray(outcomes, dtype=float)
    reference = float(((base_rate - outcomes) ** 2).sum())
    if not reference:
        return None
    return 1 - float(((forecasts - outcomes) ** 2).sum()) / reference


def calibration_error(forecasts, outcomes, bins=SLICES):
    """Mean distance between forecast and share won over bins of equal size; ``None`` if empty."""
    parts = slices(forecasts, outcomes, bins, forecasts)
    if not parts:
        return None
    total = sum(part.size for part in parts)
    return sum(part.size * abs(part.predicted - part.rate) for part in parts) / total


def resampled(figure, outcomes, *columns, resamples=RESAMPLES):
    """A figure with its percentile bootstrap interval; won and lost are drawn apart.

    :param figure: function of ``(*columns, outcomes)``
    """
    outcomes = np.asarray(outcomes)
    columns = [np.asarray(column, dtype=float) for column in columns]
    value = figure(*columns, outcomes)
    if value is None:
        return Estimate()
    rng = np.random.default_rng(SEED)
    strata = [np.flatnonzero(outcomes == outcome) for outcome in (0, 1)]
    drawn = []
    for _try in range(resamples):
        chosen = np.concatenate([rng.choice(stratum, len(stratum)) for stratum in strata])
        drawn.append(figure(*(column[chosen] for column in columns), outcomes[chosen]))
    low, high = np.quantile(drawn, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Estimate(float(value), float(low), float(high))
