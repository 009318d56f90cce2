"""What a funnel says: shares that go on from stage to stage, and where most are held up."""

from typing import NamedTuple

from .comparison import compare_shares
from .statistics import CONFIDENCE, wilson
from .survival import Quantile, quantiles

MIN_CASES = 10  # of a step; below, its share says nothing


class Step(NamedTuple):
    """One stage of a funnel.

    :param reached: leads that reached it within the window
    :param went_on: those of them that reached the next within the window; ``None`` at the end
    :param rate, low, high: share that went on, with its 95 % interval
    """

    reached: int
    went_on: int | None
    rate: float | None
    low: float | None
    high: float | None


def steps_of(counts):
    """:param counts: leads that reached each stage, each number at most the one before"""
    following = [*counts[1:], None]
    return [_step(reached, went_on) for reached, went_on in zip(counts, following, strict=True)]


def _step(reached, went_on):
    if went_on is None or not reached:
        return Step(reached, went_on, None, None, None)
    return Step(reached, went_on, went_on / reached, *wilson(went_on, reached))


class Stall(NamedTuple):
    """Where a funnel is narrowest: positions of the narrowest step and of the next narrowest.

    ``is_clear`` when chance alone would hardly make such a difference.
    """

    place: int
    other: int
    is_clear: bool


def bottleneck(steps):
    """The step with the smallest share that goes on.

    It is called clear when Newcombe's interval of its difference to every other step excludes
    zero; as it was picked as the smallest, the level is divided by the number of comparisons
    (Bonferroni).

    :return: :class:`Stall`; ``None`` when fewer than two steps have enough cases
    """
    known = [
        place for place, step in enumerate(steps)
        if step.rate is not None and step.reached >= MIN_CASES
    ]
    if len(known) < 2:
        return None
    place, *others = sorted(known, key=lambda place: steps[place].rate)
    confidence = 1 - (1 - CONFIDENCE) / len(others)
    is_clear = all(_is_smaller(steps[place], steps[other], confidence) for other in others)
    return Stall(place, others[0], is_clear)


def _is_smaller(step, other, confidence):
    low = compare_shares(
        (step.went_on, step.reached), (other.went_on, other.reached), confidence, MIN_CASES,
    ).low
    return low is not None and low > 0


class Stay(NamedTuple):
    """Days in a stage: half have left within ``median``, three quarters within ``long``."""

    visits: int
    running: int
    median: Quantile
    long: Quantile


def stay(done, running):
    """:param done, running: days of leads that have left the stage, and of those still in it"""
    median, long = quantiles(done, running, (0.5, 0.75))
    return Stay(len(done) + len(running), len(running), median, long)


def slowest(stays):
    """Position of the stage with the longest median, when its interval is clear of all others.

    :return: position, or ``None`` when intervals touch or fewer than two stages are known
    """
    known = [
        place for place, item in enumerate(stays)
        if item.median.days is not None and item.visits >= MIN_CASES
    ]
    if len(known) < 2:
        return None
    place, *others = sorted(known, key=lambda place: -stays[place].median.days)
    low = stays[place].median.low
    highs = [stays[other].median.high for other in others]
    return place if low is not None and all(
        high is not None and high < low for high in highs
    ) else None
