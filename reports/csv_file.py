# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""CSV that stays data when a spreadsheet opens it."""

import csv
import io
import math
import re
from datetime import date
from decimal import Decimal
from numbers import Number

from ..tools.table import Table, clean_text

# Spreadsheets take text that starts like this for a formula; Odoo's own export leaves out "@", tab
# and line ends. Full-width forms and invisible characters before the sign count too.
_RUNS = re.compile(r"[\t\r\n]|[\s\ufeff\u200b-\u200f\u2060\x00-\x1f]*[=+\-@＝＋－＠]")


def escape_text(value):
    """Return ``value`` as text that no spreadsheet runs: an apostrophe precedes a formula."""
    raw = value if isinstance(value, str) else clean_text(value)
    text = clean_text(raw)
    return f"'{text}" if _RUNS.match(raw) or _RUNS.match(text) else text


def render(table: Table) -> bytes:
    """Return ``table`` as UTF-8 CSV with a byte order mark, all text quoted.

    Numbers keep a point as decimal mark and dates are ISO, so that a program reads them back;
    None, False, NaN and infinity are empty.
    """
    stream = io.StringIO(newline="")
    # Quoting all text keeps "a;=1+1" one cell where a semicolon is the list separator.
    writer = csv.writer(stream, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writerow([escape_text(column.label) for column in table.columns])
    for row in table.rows:
        writer.writerow([_value(value) for value in row])
    return stream.getvalue().encode("utf-8-sig")


def _value(value):
    if value is None or value is False:
        return ""
    if isinstance(value, (Number, Decimal)):
        return _number(value)
    if isinstance(value, date):
        return value.isoformat()
    return escape_text(value)


def _number(value):
    try:
        return value if math.isfinite(value) else ""
    except (TypeError, ValueError, OverflowError):
        return escape_text(value)
