"""Periods that reports and boards speak of: this month, last quarter, the last thirty days."""

from datetime import timedelta
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

ONE_DAY = timedelta(days=1)
CALENDAR = {
    "day": relativedelta(days=1),
    "week": relativedelta(days=7),
    "month": relativedelta(months=1),
    "quarter": relativedelta(months=3),
    "year": relativedelta(years=1),
}
LENGTHS = (7, 30, 90, 365)
KEYS = (
    "today", "yesterday",
    *(f"{which}_{unit}" for unit in ("week", "month", "quarter", "year")
      for which in ("this", "last")),
    *(f"last_{length}" for length in LENGTHS),
)


class ReportPeriod(NamedTuple):
    """Days from ``first`` up to, but not including, ``stop``.

    ``key`` is what it was asked for by (one of ``KEYS``), the unit of the calendar it covers
    (``"month"``, …) or ``"days"``: it decides what the period before is.
    """

    first: object
    stop: object
    key: str = "days"

    @classmethod
    def of(cls, key, today, week_start=0):
        """The period called ``key``, seen from the day ``today``.

        ``last_30`` are the thirty finished days before ``today``.

        :param week_start: 0 for weeks that begin on Monday … 6 on Sunday
        :raise ValueError: there is no such key
        """
        if key not in KEYS:
            raise ValueError(f"No such period: {key!r}. Use one of {', '.join(KEYS)}.")
        if key in ("today", "yesterday"):
            first = today if key == "today" else today - ONE_DAY
            return cls(first, first + ONE_DAY, key)
        which, unit = key.split("_")
        if unit.isdigit():
            return cls(today - timedelta(days=int(unit)), today, key)
        first = _start(unit, today, week_start)
        if which == "last":
            first -= CALENDAR[unit]
        return cls(first, first + CALENDAR[unit], key)

    @property
    def unit(self):
        """``"day"``, ``"week"``, ``"month"``, ``"quarter"``, ``"year"``, or ``"days"``."""
        if self.key in ("today", "yesterday"):
            return "day"
        unit = self.key.rpartition("_")[2]
        return unit if unit in CALENDAR else "days"

    @property
    def days(self):
        """Number of days."""
        return max((self.stop - self.first).days, 0)

    def previous(self):
        """The period before: the calendar's, else as many days."""
        step = CALENDAR.get(self.unit) or timedelta(days=self.days)
        return ReportPeriod(self.first - step, self.first, self.unit)

    def next(self):
        """The period after: the calendar's, else as many days."""
        step = CALENDAR.get(self.unit) or timedelta(days=self.days)
        return ReportPeriod(self.stop, self.stop + step, self.unit)

    def last_year(self):
        """The same days a year earlier."""
        year = CALENDAR["year"]
        return ReportPeriod(self.first - year, self.stop - year, self.unit)

    def elapsed(self, today):
        """The finished days of the period: those before ``today``; none when it lies ahead."""
        return self._replace(stop=max(min(self.stop, today), self.first))

    def is_running(self, today):
        """Whether some of its days are not over yet."""
        return today < self.stop

    def compared(self, today, compare="previous"):
        """The earlier days to compare with: as many as are over, when the period still runs.

        :param compare: ``"previous"`` or ``"last_year"``
        """
        earlier = self.last_year() if compare == "last_year" else self.previous()
        if not self.is_running(today):
            return earlier
        stop = earlier.first + timedelta(days=self.elapsed(today).days)
        return earlier._replace(stop=min(stop, earlier.stop))


def _start(unit, day, week_start):
    if unit == "week":
        return day - timedelta(days=(day.weekday() - week_start) % 7)
    if unit == "month":
        return day.replace(day=1)
    if unit == "quarter":
        return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    return day.replace(month=1, day=1)
