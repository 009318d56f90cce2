"""When something that comes again is due: moments of the wall clock where a person is."""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

import pytz

WEEKLY, MONTHLY, QUARTERLY = "weekly", "monthly", "quarterly"
EVERY = (WEEKLY, MONTHLY, QUARTERLY)


class Rhythm(NamedTuple):
    """:param every: one of ``EVERY``
    :param weekday: 0 is Monday; for weekly rhythms
    :param month_day: 1 to 28; for the others, in the first month of a quarter
    :param hour: time of day as a float, 7.5 is 7:30
    """

    every: str
    weekday: int
    month_day: int
    hour: float

    def latest(self, now):
        """:return: the latest moment that is due at or before ``now`` (both naive, local)"""
        slot = self._in_span_of(now.date())
        return slot if slot <= now else self._in_span_of(self._span(now.date()) - timedelta(days=1))

    def following(self, now):
        """:return: the first moment that is due after ``now`` (both naive, local)"""
        slot = self._in_span_of(now.date())
        return slot if slot > now else self._in_span_of(self._after_span(now.date()))

    def key(self, slot):
        """What a moment is for, as text: "2026-W47", "2026-11", "2026-Q4". A rhythm whose day or
        hour is moved keeps it, so that one week is never served twice."""
        if self.every == WEEKLY:
            year, week, _day = slot.isocalendar()
            return f"{year}-W{week:02d}"
        if self.every == MONTHLY:
            return f"{slot:%Y-%m}"
        return f"{slot.year}-Q{(slot.month + 2) // 3}"

    def _span(self, day):
        """First day of the week, month or quarter of a day."""
        if self.every == WEEKLY:
            return day - timedelta(days=day.weekday())
        month = day.month if self.every == MONTHLY else (day.month - 1) // 3 * 3 + 1
        return date(day.year, month, 1)

    def _after_span(self, day):
        long_enough = {WEEKLY: 7, MONTHLY: 31, QUARTERLY: 92}[self.every]
        return self._span(self._span(day) + timedelta(days=long_enough))

    def _in_span_of(self, day):
        """The moment of the week, month or quarter of a day."""
        offset = self.weekday if self.every == WEEKLY else self.month_day - 1
        minutes = round(self.hour * 60)
        at = time(minutes // 60, minutes % 60)
        return datetime.combine(self._span(day) + timedelta(days=offset), at)


def local_now(now, timezone):
    """:param now: naive UTC datetime
    :return: naive local datetime in the time zone named ``timezone``
    """
    return pytz.utc.localize(now).astimezone(pytz.timezone(timezone)).replace(tzinfo=None)


def utc_of(slot, timezone):
    """Naive UTC datetime of a local moment. A moment that the clock skips comes an hour
    later; of one that it shows twice the first is meant."""
    zone = pytz.timezone(timezone)
    try:
        moment = zone.localize(slot, is_dst=None)
    except pytz.NonExistentTimeError:
        moment = zone.localize(slot, is_dst=False)
    except pytz.AmbiguousTimeError:
        moment = zone.localize(slot, is_dst=True)
    return moment.astimezone(pytz.utc).replace(tzinfo=None)
