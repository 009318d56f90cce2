"""Days of a company: half-open ranges of local days and the moments that bound them."""

from datetime import date, datetime, time, timedelta

import pytz

UTC = "UTC"


def known_timezone(name):
    """``name`` when it is a time zone, else ``None`` (broken names must not stop a nightly job)."""
    return name if name in pytz.all_timezones_set else None


def local_day(moment, timezone):
    """Local calendar day of a naive UTC ``datetime`` in the time zone named ``timezone``."""
    return pytz.utc.localize(moment).astimezone(pytz.timezone(timezone)).date()


def day_start(day, timezone):
    """First moment of a local ``day`` as naive UTC datetime.

    Where the clock skips midnight (spring in some zones) the day starts at the skip.
    """
    zone = pytz.timezone(timezone)
    midnight = datetime.combine(day, time.min)
    try:
        start = zone.localize(midnight, is_dst=None)
    except pytz.NonExistentTimeError:
        start = zone.localize(midnight, is_dst=False)
    except pytz.AmbiguousTimeError:
        start = zone.localize(midnight, is_dst=True)
    return start.astimezone(pytz.utc).replace(tzinfo=None)


def consecutive(days):
    """Group dates into half-open ranges.

    :param days: iterable of dates, any order, repeats allowed
    :return: list of ``(first, after_last)``, ascending
    """
    ranges = []
    for day in sorted(set(days)):
        if ranges and ranges[-1][1] == day:
            ranges[-1] = (ranges[-1][0], day + timedelta(days=1))
        else:
            ranges.append((day, day + timedelta(days=1)))
    return ranges


def split(date_from, date_to, size):
    """Cut ``[date_from, date_to)`` into ranges of at most ``size`` days, ascending."""
    pieces = []
    while date_from < date_to:
        stop = min(date_from + timedelta(days=size), date_to)
        pieces.append((date_from, stop))
        date_from = stop
    return pieces


def as_date(value):
    """A ``date`` from a date, datetime or ISO text; ``None`` for an empty value."""
    if not value:
        return None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    return date.fromisoformat(str(value)[:10])
