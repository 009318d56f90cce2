"""Text of other systems to numbers and moments, strictly: what is unsure is refused by name."""

import math
import re
from datetime import date, datetime, time, timedelta

import pytz

MAX_AMOUNT = 10**13
REFERENCE_YEAR = 2026  # fixed, so that the same file gives the same moments every year
_SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f'’]")
_PLAIN = re.compile(r"[0-9]+(?:\.[0-9]+)?|\.[0-9]+")
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_ISO = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[T ]+(.+))?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_LOCAL = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?:[T, ]+(.+))?")
_NAMED_DMY = re.compile(r"(\d{1,2})[- ]([A-Za-z]{3,9})\.?[-, ]+(\d{4}|\d{2})(?:[, ]+(.+))?")
_NAMED_MDY = re.compile(r"([A-Za-z]{3,9})\.? (\d{1,2}),? (\d{4})(?:[, ]+(.+))?")
_CLOCK = re.compile(
    r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)? ?([AaPp]\.?[Mm]\.?)?"
    r" ?(Z|UTC|GMT|[+-]\d{2}:?\d{2})?"
)


class CellError(ValueError):
    """A value cannot be read; ``code`` says why, ``params`` fills the sentence for it."""

    def __init__(self, code, **params):
        super().__init__(code)
        self.code = code
        self.params = params


# --- numbers ----------------------------------------------------------------


def parse_number(value, decimal=".", symbols=(), negative=False):
    """Return ``value`` as a finite float.

    :param decimal: the decimal mark, "." or ","; the other one may group thousands
    :param symbols: currency signs that may stand before or behind the number
    :param negative: whether it may be below 0
    :raises CellError: with the code of what is wrong
    """
    if isinstance(value, (bool, date, time)):
        raise CellError("not_a_number")
    if isinstance(value, (int, float)):
        number = float(value)
    else:
        number = _number_from_text(str(value), decimal, symbols)
    if not math.isfinite(number):
        raise CellError("not_a_number")
    if number < 0 and not negative:
        raise CellError("negative")
    if abs(number) > MAX_AMOUNT:
        raise CellError("too_big")
    return number


def _number_from_text(value, decimal, symbols):
    text = value.strip()
    for symbol in symbols:
        text = text.removeprefix(symbol).removesuffix(symbol).strip()
    text = _SPACES.sub("", text)
    if text.startswith("(") and text.endswith(")"):
        raise CellError("brackets")
    sign = -1 if text[:1] in ("-", "−") else 1
    text = text.lstrip("+-−") if text[1:2] not in ("+", "-", "−") else text
    group = "," if decimal == "." else "."
    whole, mark, rest = text.partition(decimal)
    if group in rest or decimal in rest:
        raise CellError("wrong_decimal", decimal=decimal)
    if group in whole:
        if not re.fullmatch(rf"[0-9]{{1,3}}(?:{re.escape(group)}[0-9]{{3}})+", whole):
            raise CellError("wrong_decimal", decimal=decimal)
        whole = whole.replace(group, "")
    text = whole + ("." + rest if mark else "")
    if not _PLAIN.fullmatch(text):
        raise CellError("not_a_number")
    return sign * float(text)


def guess_decimal(values):
    """Return "." or ",", the decimal mark that the texts show; None when they leave it open.

    Open are texts such as ``1,234`` (a thousand or one and a bit) when no other text decides.
    """
    unsure = False
    for value in values:
        text = _SPACES.sub("", value) if isinstance(value, str) else ""
        marks = re.sub(r"[^.,]", "", text)
        if not marks:
            continue
        if len(set(marks)) == 2:
            return marks[-1]
        if len(marks) > 1:
            return "," if marks[0] == "." else "."
        if not re.search(r"\d[.,]\d{3}\D*$", text):
            return marks
        unsure = True
    return None if unsure else "."


# --- moments ----------------------------------------------------------------


def parse_moment(value, order="ymd"):
    """Return a ``date``, or a ``datetime`` (naive: local; aware: as written) when a time is given.

    :param order: how ``03/04/2024`` reads: "dmy" or "mdy"; dates that start with the year and
        dates with the month's name need no order
    :raises CellError: no such day, not a date, or an order is missing
    """
    if isinstance(value, datetime):
        return value.date() if value.time() == time.min else value
    if isinstance(value, date):
        return value
    text = str(value).strip() if isinstance(value, str) else ""
    year, month, day, clock = _date_parts(text, order)
    try:
        found = date(year, month, day)
    except ValueError:
        raise CellError("no_such_day") from None
    if not 1970 <= year <= 2200:
        raise CellError("far_year")
    return _with_clock(found, clock)


def _date_parts(text, order):
    if match := _ISO.fullmatch(text):
        year, _mark, month, day, clock = match.groups()
        return int(year), int(month), int(day), clock
    if match := _COMPACT.fullmatch(text):
        return (*map(int, match.groups()), None)
    if match := _LOCAL.fullmatch(text):
        first, _mark, second, year, clock = match.groups()
        if order not in ("dmy", "mdy"):
            raise CellError("unknown_order")
        day, month = (first, second) if order == "dmy" else (second, first)
        return _full_year(year), int(month), int(day), clock
    if match := _NAMED_DMY.fullmatch(text):
        day, name, year, clock = match.groups()
        return _full_year(year), _month(name), int(day), clock
    if match := _NAMED_MDY.fullmatch(text):
        name, day, year, clock = match.groups()
        return int(year), _month(name), int(day), clock
    raise CellError("not_a_date")


def _full_year(text):
    year = int(text)
    return year if len(text) == 4 else year + (1900 if year >= 70 else 2000)


def _month(name):
    name = name.lower()
    full = {
        "january", "february", "march", "april", "may", "june", "july", "august", "september",
        "october", "november", "december", "sept", *_MONTHS,
    }  # fmt: skip
    if name not in full:
        raise CellError("not_a_date")
    return _MONTHS.index(name[:3]) + 1


def _with_clock(day, clock):
    if not clock:
        return day
    match = _CLOCK.fullmatch(clock.strip())
    if not match:
        raise CellError("not_a_date")
    hour, minute, second, half, zone = match.groups()
    hour = int(hour)
    if half:
        if not 1 <= hour <= 12:
            raise CellError("no_such_time")
        hour = hour % 12 + (12 if half.lower().startswith("p") else 0)
    try:
        moment = datetime.combine(day, time(hour, int(minute), int(second or 0)))
    except ValueError:
        raise CellError("no_such_time") from None
    if not zone:
        return moment
    return moment.replace(tzinfo=pytz.utc) - _offset(zone)


def _offset(zone):
    if zone[0] not in "+-":
        return timedelta()
    digits = zone[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return -offset if zone[0] == "-" else offset


def guess_order(values):
    """Return "ymd", "dmy" or "mdy", the order of the dates; None when they leave it open.

    Open are texts that all read both ways (``03/04/2024``), and texts that contradict each other.
    """
    day_first = month_first = unsure = False
    for value in values:
        match = _LOCAL.fullmatch(value.strip()) if isinstance(value, str) else None
        if not match:
            continue
        unsure = True
        first, second = int(match[1]), int(match[3])
        day_first |= first > 12 >= second
        month_first |= second > 12 >= first
    if not unsure:
        return "ymd"
    if day_first != month_first:
        return "dmy" if day_first else "mdy"
    return None


def to_utc(moment, timezone):
    """Return a moment of ``parse_moment`` as naive UTC datetime.

    A bare day becomes noon of the zone's standard time: the same UTC hour all year, so that the
    local day is right and the difference of two days is a whole number of days.
    """
    zone = pytz.timezone(timezone)
    if not isinstance(moment, datetime):
        return _noon(moment, zone)
    if moment.tzinfo is None:
        # A time that the clock skips or repeats in spring or autumn is taken as standard time.
        moment = zone.localize(moment, is_dst=False)
    return moment.astimezone(pytz.utc).replace(tzinfo=None, microsecond=0)


def _noon(day, zone):
    noon = datetime.combine(day, time(12))
    offset = _standard_offset(zone)
    moment = noon - offset
    if pytz.utc.localize(moment).astimezone(zone).date() == day:
        return moment
    # The zone has changed its standard time by many hours since (islands at the date line).
    return zone.localize(noon, is_dst=False).astimezone(pytz.utc).replace(tzinfo=None)


def _standard_offset(zone):
    """The zone's present offset from UTC without daylight saving."""
    offsets = []
    for month in (1, 7):
        local = zone.localize(datetime(REFERENCE_YEAR, month, 1, 12), is_dst=False)
        offsets.append((local.dst() or timedelta(), local.utcoffset()))
    return min(offsets)[1]
