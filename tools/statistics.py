"""Statistics of KPIs; scipy does the work."""

import math
import statistics

from scipy.stats import binomtest, t

CONFIDENCE = 0.95


def wilson(successes, trials, confidence=CONFIDENCE):
    """Wilson score interval of a rate, without continuity correction.

    :param successes: number of hits, 0..trials
    :param trials: number of tries
    :return: ``(low, high)`` as fractions, or ``(None, None)`` when there is no trial
    Source: Brown, Cai & DasGupta, Statistical Science 16 (2001).
    """
    successes, trials = round(successes), round(trials)
    if trials <= 0 or not 0 <= successes <= trials:
        return None, None
    interval = binomtest(successes, trials).proportion_ci(confidence, method="wilson")
    return float(interval.low), float(interval.high)


def welch(before, after, confidence=CONFIDENCE):
    """Difference of two means with unequal variances.

    :param before, after: sequences of numbers, at least two each
    :return: ``(difference, low, high, p, standard error)``; ``None`` when a side is too short
    """
    if len(before) < 2 or len(after) < 2:
        return None
    variances = [statistics.variance(side) / len(side) for side in (before, after)]
    change = statistics.fmean(after) - statistics.fmean(before)
    return _student(change, variances, (len(before), len(after)), confidence)


def _student(change, variances, sizes, confidence):
    """Interval and p of a difference, degrees of freedom by Welch and Satterthwaite."""
    variance = sum(variances)
    error = math.sqrt(variance)
    if not error:
        return change, change, change, 1.0 if not change else 0.0, 0.0
    freedom = variance ** 2 / sum(
        part ** 2 / (size - 1) for part, size in zip(variances, sizes, strict=True)
    )
    margin = float(t.ppf((1 + confidence) / 2, freedom)) * error
    p = float(2 * t.sf(abs(change) / error, freedom))
    return change, change - margin, change + margin, p, error
