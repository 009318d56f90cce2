"""Working time: office hours, seasons and months, in the time zone of a company.

Everything that leaves this module is a UTC datetime without a zone, as Odoo stores it.
"""

from datetime import date, datetime, time, timedelta
from math import exp

import pytz

# new enquiries by month: a quiet summer, a strong autumn
SEASON = (0.92, 1.0, 1.12, 1.02, 1.0, 0.96, 0.70, 0.58, 1.14, 1.18, 1.20, 0.78)
GROWTH = 1.2  # per year

CLOSED_DAYS = {(12, 25), (12, 26), (1, 1), (5, 1)}


def month_after(day, months):
    """The first day of the month `months` after that of `day` (before, when negative)."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def is_working(day):
    return day.weekday() < 5 and (day.month, day.day) not in CLOSED_DAYS


def next_working(day):
    while not is_working(day):
        day += timedelta(days=1)
    return day


def previous_working(day):
    while not is_working(day):
        day -= timedelta(days=1)
    return day


class Clock:
    """Times of day for one company, drawn from the story's random numbers."""

    def __init__(self, rng, zone):
        self.rng = rng
        self.zone = pytz.timezone(zone)

    def utc(self, local):
        utc = self.zone.localize(local).astimezone(pytz.utc)
        return utc.replace(tzinfo=None, microsecond=0)

    def local(self, moment):
        return pytz.utc.localize(moment).astimezone(self.zone).replace(tzinfo=None)

    def office(self, day, first=8.6, last=17.4):
        """A moment in office hours of that local day."""
        hours = self.rng.uniform(first, last)
        return self.utc(datetime.combine(day, time()) + timedelta(seconds=int(hours * 3600)))

    def visitor(self, day):
        """When a form is sent on that day: mostly by day, sometimes in the evening."""
        hours = min(max(self.rng.gauss(13.2, 3.4), 6.2), 22.8)
        return self.utc(datetime.combine(day, time()) + timedelta(seconds=int(hours * 3600)))

    def in_office(self, moment):
        """The moment itself in office hours, else early on the next working day."""
        moment = moment.replace(microsecond=0)
        local = self.local(moment)
        hour = local.hour + local.minute / 60
        if is_working(local.date()) and 8.2 <= hour <= 18.2:
            return moment
        day = local.date()
        if hour > 18.2 or not is_working(day):
            day = next_working(day + timedelta(days=1) if hour > 18.2 else day)
        return self.office(day, 8.2, 10.5)

    def work(self, moment, hours):
        """The moment so many office hours (8:30 to 17:30 on working days) later."""
        local = self.local(self.in_office(moment))
        opening, closing = timedelta(hours=8.5), timedelta(hours=17.5)
        while True:
            midnight = datetime.combine(local.date(), time())
            left = (midnight + closing - max(local, midnight + opening)).total_seconds() / 3600
            if is_working(local.date()) and hours <= left:
                return self.utc(max(local, midnight + opening) + timedelta(hours=hours))
            hours -= max(left, 0) if is_working(local.date()) else 0
            local = midnight + timedelta(days=1)

    def after(self, moment, days):
        """A working moment about so many days later."""
        return self.in_office(moment + timedelta(days=days))


def local_day(moment, zone):
    """The calendar day of a UTC moment in a time zone."""
    return pytz.utc.localize(moment).astimezone(pytz.timezone(zone)).date()


def lognormal(rng, median, sigma):
    return median * exp(rng.gauss(0, sigma))


def pick(rng, weights):
    """A key of the mapping, in proportion to its weight."""
    return rng.choices(list(weights), weights=list(weights.values()))[0]
