"""Statistics of KPIs; scipy does the work."""

from scipy.stats import binomtest

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
