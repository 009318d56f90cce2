"""Ranking by a rate of few cases: shrunken rates, their intervals, and what is only chance."""

from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.stats import beta, betabinom, chi2_contingency, fisher_exact

from .association import discoveries

CONFIDENCE = 0.95
# A larger sum of both parameters means: the people do not differ at all.
NO_SPREAD = 1e5


class Place(NamedTuple):
    """``rate`` as counted (None without a trial), ``shrunken`` with its interval, ``p`` and ``q``
    of a difference from everybody else, ``weight`` the part of the own figures in ``shrunken``."""

    rate: float | None
    shrunken: float
    low: float
    high: float
    p: float
    q: float
    weight: float


class Ranking(NamedTuple):
    """``places`` in the order given, ``mean`` of all, ``spread_p``: chance of differences this
    large between people who are all alike (None with fewer than two)."""

    places: list
    mean: float
    spread_p: float | None


def rank(hits, trials):
    """Rank people by hits in trials, such as deals won of deals closed.

    The shrunken rate is the mean of the beta distribution that the others' spread and the own
    trials leave: with few trials it is near the mean of all.

    :param hits, trials: counts for each person; somebody without trials is at the mean
    :return: :class:`Ranking`; None when nobody has a trial
    Source: beta-binomial empirical Bayes, the mean fixed at the pooled rate and the spread by
        maximum likelihood.
    """
    hits, trials = np.asarray(hits, dtype=int), np.asarray(trials, dtype=int)
    total, won = int(trials.sum()), int(hits.sum())
    if not total:
        return None
    mean = won / total
    strength = _strength(hits, trials, mean)
    p_values = [_p(h, n, won, total) for h, n in zip(hits, trials, strict=True)]
    places = [
        _place(int(h), int(n), mean, strength, p, q)
        for h, n, p, q in zip(hits, trials, p_values, discoveries(p_values), strict=True)
    ]
    return Ranking(places, mean, _spread_p(hits, trials))


def _strength(hits, trials, mean):
    """How many trials the mean of all is worth to each person."""
    if not 0 < mean < 1 or np.count_nonzero(trials) < 2:
        return NO_SPREAD

    def against(log):
        size = np.exp(log)
        return -betabinom.logpmf(hits, trials, mean * size, (1 - mean) * size).sum()

    found = minimize_scalar(against, bounds=(0.0, np.log(NO_SPREAD)), method="bounded")
    return float(np.exp(found.x))


def _place(hits, trials, mean, strength, p, q):
    if not 0 < mean < 1:
        return Place(mean if trials else None, mean, mean, mean, 1.0, 1.0, 0.0)
    a, b = mean * strength + hits, (1 - mean) * strength + trials - hits
    tail = (1 - CONFIDENCE) / 2
    return Place(
        hits / trials if trials else None, a / (a + b), float(beta.ppf(tail, a, b)),
        float(beta.ppf(1 - tail, a, b)), p, q, trials / (trials + strength),
    )


def _p(hits, trials, all_hits, all_trials):
    """Fisher's exact p of a person's hits against those of everybody else."""
    others = all_trials - trials
    if not trials or not others:
        return 1.0
    missed = all_hits - hits
    table = [[hits, trials - hits], [missed, others - missed]]
    return float(fisher_exact(table).pvalue)


def _spread_p(hits, trials):
    some = trials > 0
    table = np.array([hits[some], (trials - hits)[some]])
    if table.shape[1] < 2 or not table.sum(axis=1).all():
        return None
    return float(chi2_contingency(table, correction=False).pvalue)
