"""What a change brought: before and after, difference-in-differences, interrupted time series.

Monthly figures go in; out comes the gain of an average month with its interval, or `Refused`.
"""

from typing import NamedTuple

import numpy

from .regression import Fit
from .statistics import welch

# Fewer months on a side, and a time series cannot tell a step from a season.
MIN_MONTHS = 12
# From so many teams on, their own spread is a better guide than the spread over time.
MANY_TEAMS = 10
YEAR = 12


class Refused(Exception):
    """A method that cannot answer; ``code`` and ``data`` say why."""

    def __init__(self, code, **data):
        super().__init__(code)
        self.code, self.data = code, data


class Effect(NamedTuple):
    """Gain of an average month after the change, and the gain of each of these months."""

    estimate: float
    low: float
    high: float
    p: float
    standard_error: float
    months: tuple
    permutation_p: float | None = None
    pre_trend_p: float | None = None


def before_after(before, after):
    """Mean after minus mean before, with Welch's interval.

    :param before, after: monthly figures, at least two each
    :raise Refused: ``few_months``
    """
    change = welch(before, after)
    if change is None:
        raise Refused("few_months", before=len(before), after=len(after), needed=2)
    mean = sum(before) / len(before)
    return Effect(*change, months=tuple(value - mean for value in after))


def did_regression(outcome, treated, post, clusters=None):
    """The classic difference-in-differences: coefficient of treated × post.

    :param outcome: n numbers
    :param treated, post: n flags (0 or 1)
    :param clusters: n labels for cluster-robust errors with G - 1 degrees of freedom; classic
        errors when omitted
    :return: ``(estimate, low, high, p, standard error)``
    """
    treated, post = (numpy.asarray(flags, dtype=float) for flags in (treated, post))
    fit = Fit(numpy.column_stack([numpy.ones(len(outcome)), treated, post, treated * post]),
              outcome)
    if clusters is None:
        return fit.contrast([0, 0, 0, 1], fit.classic())
    return fit.contrast([0, 0, 0, 1], fit.clustered(clusters), len(set(clusters)) - 1)


def difference_in_differences(before, after, treated):
    """Teams that changed against teams that did not.

    Teams differ in size, so what would have happened anyway is taken in proportion: the teams for
    comparison are scaled to the level the others had before. With fewer than ten teams the spread
    between them says little; the interval then comes from the spread of the monthly difference
    over time (Newey-West), else from the teams (cluster-robust).

    :param before, after: dicts ``{team: monthly figures}``, months the same for all
    :param treated: names of the teams that changed; all others are for comparison
    :raise Refused: ``no_control``, ``few_months``, ``empty_before``
    """
    treated = [team for team in before if team in treated]
    control = [team for team in before if team not in treated]
    if not treated or not control:
        raise Refused("no_control")
    lengths = len(before[treated[0]]), len(after[treated[0]])
    if min(lengths) < 3:
        raise Refused("few_months", before=lengths[0], after=lengths[1], needed=3)
    difference = _difference(before, after, treated, control)
    change = _mean_change(*difference)
    if len(treated) > 1 and len(control) > 1 and len(before) >= MANY_TEAMS:
        change = _change_of_teams(before, after, treated, change[0])
    return Effect(
        *change, months=tuple(difference[1]),
        permutation_p=_permutation_p(before, after, treated, change[0]),
        pre_trend_p=_trend_p(difference[0]),
    )


def _difference(before, after, treated, control):
    """Treated teams minus scaled control teams, by month; before, its mean is zero."""
    sums = [
        [numpy.sum([side[team] for team in group], axis=0, dtype=float) for side in (before, after)]
        for group in (treated, control)
    ]
    if sums[1][0].mean() <= 0:
        raise Refused("empty_before")
    scale = sums[0][0].mean() / sums[1][0].mean()
    return tuple(mine - scale * theirs for mine, theirs in zip(*sums, strict=True))


def _mean_change(before, after):
    """Change of the mean of a monthly series, errors of neighbouring months related."""
    post = numpy.repeat([0.0, 1.0], [len(before), len(after)])
    fit = Fit(numpy.column_stack([numpy.ones(len(post)), post]),
              numpy.concatenate([before, after]))
    return fit.contrast([0, 1], fit.newey_west())


def _change_of_teams(before, after, treated, estimate):
    """The error of the estimate from the teams, each in shares of its own level before."""
    teams = [team for team in before if numpy.mean(before[team]) > 0]
    rows = [
        (value / numpy.mean(before[team]), team in treated, post, team)
        for team in teams for post, side in ((0, before), (1, after)) for value in side[team]
    ]
    share, low, high, p, error = did_regression(*zip(*rows, strict=True))
    level = sum(numpy.mean(before[team]) for team in teams if team in treated)
    margin = (high - low) / 2 * level
    return estimate, estimate - margin, estimate + margin, p, error * level


def _permutation_p(before, after, treated, estimate):
    """Share of teams that, taken for the one that changed, differ at least as much.

    Each team in turn stands for the treated ones (their sum is one team); ``None`` with fewer than
    four teams, where no share could be small.
    """
    control = [team for team in before if team not in treated]
    if len(control) < 3:
        return None
    level = sum(numpy.mean(before[team]) for team in treated)
    placebos = []
    for team in control:
        rest = [other for other in control if other != team]
        own = numpy.mean(before[team])
        if own > 0 and any(numpy.mean(before[other]) > 0 for other in rest):
            placebos.append(numpy.mean(_difference(before, after, [team], rest)[1]) / own)
    share = abs(estimate) / level if level > 0 else 0.0
    beyond = sum(abs(placebo) >= share - 1e-12 for placebo in placebos)
    return (1 + beyond) / (1 + len(placebos))


def _trend_p(series):
    """Probability of so steep a trend in a series of months if there is none."""
    if len(series) < 4:
        return None
    time = numpy.arange(len(series), dtype=float)
    fit = Fit(numpy.column_stack([numpy.ones(len(time)), time]), series)
    return fit.contrast([0, 1], fit.newey_west())[3]


def interrupted_design(times, start, slope=True, season="auto"):
    """Columns of a segmented regression: constant, trend, level change, slope change, season.

    :param times: month numbers, ascending; gaps are allowed
    :param start: number of the first month after the change
    :param season: ``"months"`` for eleven dummies, a number of harmonic pairs, or ``"auto"``:
        dummies from four years on, two pairs from three years on, else one
    :return: array n × k; columns 2 and 3 are the changes of level and slope
    """
    times = numpy.asarray(times, dtype=float)
    after = (times >= start).astype(float)
    columns = [numpy.ones(len(times)), times - start, after]
    if slope:
        columns.append(after * (times - start))
    if season == "auto":
        season = "months" if len(times) >= 4 * YEAR else 2 if len(times) >= 3 * YEAR else 1
    if season == "months":
        columns += [(times % YEAR == month).astype(float) for month in range(1, YEAR)]
    else:
        for wave in range(1, season + 1):
            angle = 2 * numpy.pi * wave * times / YEAR
            columns += [numpy.sin(angle), numpy.cos(angle)]
    return numpy.column_stack(columns)


def interrupted_series(before, after, start):
    """Segmented regression with level, slope and season; errors by Newey-West.

    :param before, after: dicts ``{month number: figure}``
    :param start: number of the first month after the change
    :raise Refused: ``few_months`` below twelve months on a side
    """
    if min(len(before), len(after)) < MIN_MONTHS:
        raise Refused("few_months", before=len(before), after=len(after), needed=MIN_MONTHS)
    times = sorted(before) + sorted(after)
    figures = [{**before, **after}[time] for time in times]
    design = interrupted_design(times, start)
    fit = Fit(design, figures)
    changed = numpy.zeros_like(design[len(before):])
    changed[:, 2:4] = design[len(before):, 2:4]
    change = fit.contrast(changed.mean(axis=0), fit.newey_west())
    return Effect(*change, months=tuple(float(gain) for gain in changed @ fit.coefficients))
