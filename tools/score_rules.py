"""What each scoring rule would have been worth: evidence from closed deals and suggested points."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri
from scipy.stats import false_discovery_control, fisher_exact

from . import logistic
from .statistics import CONFIDENCE, wilson

FEWEST = 10  # matched, and as many unmatched deals
POINTS_TO_DOUBLE = 20  # points of a rule whose deals have twice the odds to be won
POINTS_PER_LOG_ODDS = POINTS_TO_DOUBLE / np.log(2)
MOST_POINTS = 50
WORTH_POINTS = 3  # less is left to a rule when others say the same
FALSE_DISCOVERIES = 0.05

FEW, CHANCE, COVERED, RAISES, LOWERS = "few", "chance", "covered", "raises", "lowers"


@dataclass(frozen=True)
class RuleEvidence:
    """One rule on closed deals.

    :param matched, matched_won, others, others_won: numbers of deals
    :param rate, low, high, other_rate, other_low, other_high: shares won, with Wilson intervals
    :param lift: rate among the matched divided by that among all deals
    :param q: chance of a difference so large by luck, adjusted for the number of rules looked at
    :param log_odds, log_odds_low, log_odds_high: shrunk effect, other rules held fixed
    :param points: suggestion, ``None`` where the deals do not tell
    :param verdict: ``few`` (too few deals to say), ``chance`` (cannot be told from chance),
        ``covered`` (other rules say the same already), ``raises`` or ``lowers``
    """

    matched: int
    matched_won: int
    others: int
    others_won: int
    rate: float | None
    low: float | None
    high: float | None
    other_rate: float | None
    other_low: float | None
    other_high: float | None
    lift: float | None
    q: float | None = None
    log_odds: float | None = None
    log_odds_low: float | None = None
    log_odds_high: float | None = None
    points: int | None = None
    verdict: str = FEW


def evidence(matches, outcomes):
    """Evidence for each rule.

    :param matches: array (deals × rules), the share of its points a deal has of a rule: 0 does
        not match, 1 matches, between for points that have faded
    :param outcomes: array of 1 (won) and 0 (lost)
    :return: list of ``RuleEvidence``, one for each rule

    The effects are those of one logistic regression with all rules that can be told, under the
    prior of ``logistic``: rules that say the same share their points, and rules that match few
    deals stay near 0. Points are suggested only where also the plain comparison of matched and
    others differs by more than chance (Fisher's exact test, Benjamini and Hochberg over rules).
    """
    outcomes = np.asarray(outcomes, dtype=int)
    matches = np.asarray(matches, dtype=float).reshape(len(outcomes), -1)
    counted = [_counts(column > 0, outcomes) for column in matches.T]
    told = [index for index, counts in enumerate(counted) if min(counts[0], counts[2]) >= FEWEST]
    effects = _effects(matches[:, told], outcomes) if told else {}
    adjusted = _adjusted([counted[index] for index in told])
    return [
        _rule(counts, *((effects[told.index(index)], adjusted[told.index(index)])
                        if index in told and effects else ()))
        for index, counts in enumerate(counted)
    ]


def _counts(matched, outcomes):
    return (
        int(matched.sum()), int(outcomes[matched].sum()),
        int((~matched).sum()), int(outcomes[~matched].sum()),
    )


def _effects(matches, outcomes):
    """dict ``{rule: (log odds, low, high)}``, empty when nothing can be fitted."""
    fitted = logistic.fit(matches, outcomes)
    if fitted is None:
        return {}
    reach = float(ndtri(0.5 + CONFIDENCE / 2))
    return {
        index: (float(beta), float(beta - reach * error), float(beta + reach * error))
        for index, (beta, error) in enumerate(zip(fitted[0][1:], fitted[1][1:], strict=True))
    }


def _adjusted(counted):
    if not counted:
        return []
    chances = [
        fisher_exact([[won, size - won], [other_won, others - other_won]]).pvalue
        for size, won, others, other_won in counted
    ]
    return [float(q) for q in false_discovery_control(chances)]


def _rule(counts, effect=None, q=None):
    size, won, others, other_won = counts
    total_won = won + other_won
    lift = (won / size) / (total_won / (size + others)) if size and total_won else None
    figures = (
        *counts, won / size if size else None, *wilson(won, size),
        other_won / others if others else None, *wilson(other_won, others), lift,
    )
    if effect is None:
        return RuleEvidence(*figures)
    points = suggested_points(effect[0])
    verdict = _verdict(q, won / size - other_won / others, points)
    return RuleEvidence(
        *figures, q, *effect, points if verdict in (RAISES, LOWERS) else None, verdict
    )


def _verdict(q, difference, points):
    if q > FALSE_DISCOVERIES:
        return CHANCE
    if abs(points) < WORTH_POINTS or points * difference < 0:
        return COVERED
    return RAISES if points > 0 else LOWERS


def suggested_points(log_odds):
    """Whole points: 20 for twice the odds, −20 for half, at most ±50."""
    points = round(log_odds * POINTS_PER_LOG_ODDS)
    return int(max(-MOST_POINTS, min(MOST_POINTS, points)))
