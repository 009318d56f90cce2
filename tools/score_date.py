"""Dates relative to the moment of scoring, as they are written in conditions: "today -7d"."""

import re

UNITS = {
    "d": "days", "w": "weeks", "m": "months", "y": "years",
    "H": "hours", "M": "mins", "S": "secs",
}
# Beginning of the month, the year and the week; weeks begin on Monday.
STARTS = {"=1d": "month", "=1m": "year", "=monday": "week", "=week_start": "week"}
_STEP = re.compile(r"([+-]\d{1,5})([dwmyHMS])")


def read_relative(text):
    """Read a relative date.

    :param text: ``["today" | "now"] step…`` with steps such as ``-7d``, ``+2w`` or ``=1d``
    :return: ``(is a day, [(unit, number) or (period, None)])``: add so many units, or go back to
        the beginning of the period
    :raise ValueError: the text is no relative date
    """
    words = text.split()
    if not words:
        raise ValueError(text)
    base = words.pop(0) if words[0] in ("today", "now") else "now"
    steps = []
    for word in words:
        match = _STEP.fullmatch(word)
        if match:
            steps.append((UNITS[match[2]], int(match[1])))
        elif word in STARTS:
            steps.append((STARTS[word], None))
        else:
            raise ValueError(text)
    return base == "today", steps


def is_relative(value):
    """Whether a value of a date condition is text that depends on the present."""
    return isinstance(value, str) and not re.match(r"\d+-", value)
