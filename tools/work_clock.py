"""Working hours between two moments, for many pairs of moments and one calendar."""

from bisect import bisect_right
from itertools import accumulate

SECONDS_PER_HOUR = 3600.0


class WorkClock:
    """Counts the working time of a calendar between any two moments it covers.

    :param intervals: list of ``(start, stop)`` datetimes, ascending, that do not overlap
    """

    def __init__(self, intervals):
        self._starts = [start for start, _stop in intervals]
        self._lengths = [(stop - start).total_seconds() for start, stop in intervals]
        self._before = [0.0, *accumulate(self._lengths)]

    def hours(self, start, stop):
        """:return: working hours from ``start`` to ``stop``; 0 when none lie between"""
        return max(self._worked(stop) - self._worked(start), 0.0) / SECONDS_PER_HOUR

    def _worked(self, moment):
        """Seconds of work before a moment."""
        place = bisect_right(self._starts, moment)
        if not place:
            return 0.0
        since = (moment - self._starts[place - 1]).total_seconds()
        return self._before[place - 1] + min(since, self._lengths[place - 1])
