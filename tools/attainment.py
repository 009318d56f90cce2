"""Targets: how they are spread over months, how far one is reached, and where it is heading."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta

ONE_DAY = timedelta(days=1)
# Less of a period than this says nothing about its end.
MIN_SHARE = 0.1
AHEAD, ON_TRACK, NEAR = 1.05, 0.95, 0.8
MONTHS = {"month": 1, "quarter": 3, "year": 12}


def month_starts(first, stop):
    """First days of the months that the half-open range of days touches, ascending."""
    month, found = first.replace(day=1), []
    while month < stop:
        found.append(month)
        month += relativedelta(months=1)
    return found


def overlap(month, first, stop):
    """Share of the days of a month that lie in the half-open range of days."""
    end = month + relativedelta(months=1)
    days = (min(end, stop) - max(month, first)).days
    return max(days, 0) / (end - month).days


def prorated(months, first, stop, is_summed):
    """Target of any period from the targets of its months, by days.

    :param months: ``{first day of the month: amount}``
    :param is_summed: amounts add up over time; else the period's is their average by days
    :return: float, or ``None`` when a month has no target or the period is empty
    """
    touched = month_starts(first, stop)
    if first >= stop or any(month not in months for month in touched):
        return None
    if is_summed:
        return sum(months[month] * overlap(month, first, stop) for month in touched)
    days = {
        month: (min(month + relativedelta(months=1), stop) - max(month, first)).days
        for month in touched
    }
    return sum(months[month] * days[month] for month in touched) / sum(days.values())


def season_weights(months, values):
    """Weights of months from the figures of the same months a year earlier.

    :param months: first days of months
    :param values: ``{first day of a month: value or None}`` of the year before
    :return: list of numbers >= 0, or ``None`` when that year is not known or brought nothing
    """
    earlier = [values.get(month - relativedelta(years=1)) for month in months]
    if any(value is None or value < 0 for value in earlier) or not sum(earlier):
        return None
    return earlier


def elapsed_share(first, stop, today, working_days, weights=None):
    """How much of a period's work is done: by working days, perhaps weighted by month.

    :param working_days: set of dates that covers all months the period touches
    :param weights: ``{first day of a month: what is expected of it}``; else days count alike
    :return: fraction 0..1, or ``None`` when the period has no working day
    """
    whole = done = 0.0
    for month in month_starts(first, stop):
        days = _days(month, month + relativedelta(months=1))
        work = [day for day in days if day in working_days] or days
        each = weights[month] / len(work) if weights else 1.0
        whole += each * sum(first <= day < stop for day in work)
        done += each * sum(first <= day < min(stop, today) for day in work)
    return done / whole if whole else None


def _days(first, stop):
    return [first + timedelta(days=number) for number in range((stop - first).days)]


def attainment(value, target, better):
    """How far a target is reached: 1 is exactly. More is better, whatever the KPI.

    Where lower is better it is ``target / value``, and 1 when there is nothing of what should be
    low.
    """
    if value is None or target is None:
        return None
    if better == "lower":
        if value <= 0:
            return 1.0
        return target / value
    return value / target if target else None


def pace(reached, is_running):
    """``"ahead"``, ``"on_track"`` or ``"behind"`` from what the projected end value reaches.

    While a period runs, up to 5 % less is on track; once it is over, less is less.
    """
    if reached is None:
        return None
    if reached >= AHEAD:
        return "ahead"
    return "on_track" if reached >= (ON_TRACK if is_running else 1) else "behind"


def target_status(reached, is_running):
    """``"good"``, ``"warning"`` or ``"bad"`` from what the projected end value reaches."""
    if reached is None:
        return None
    if pace(reached, is_running) != "behind":
        return "good"
    return "warning" if reached >= NEAR else "bad"


def threshold_status(value, warning, alarm, better):
    """The same from a company's own thresholds; ``None`` when none is set."""
    if value is None or better == "none" or not (warning or alarm):
        return None
    for threshold, status in ((alarm, "bad"), (warning, "warning")):
        if threshold and (value <= threshold if better == "higher" else value >= threshold):
            return status
    return "good"
