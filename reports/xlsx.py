# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The one way this addon writes XLSX: no text in it ever becomes a formula or a link.

Text that users typed reaches files that other people open. A cell starting with ``=`` would run
there, so text is written as text whatever it holds, and only numbers and dates are anything else.
Formulas exist where a reader would check a sum: the program's own, made of cells and functions.
"""

import io
import math
import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from itertools import chain, islice
from numbers import Number

import xlsxwriter

from ..tools.table import Table, clean_text

MAX_ROWS = 1_048_576  # limits of the file format
MAX_COLUMNS = 16_384
MAX_TEXT = 32_767  # UTF-16 units in a cell
MAX_SHEET_NAME = 31
MAX_EXACT_INTEGER = 10**15  # a larger integer loses its last digits in a spreadsheet
CUT_MARK = " … [cut]"
ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
UNDEFINED = "n/a"  # NaN and infinity: not a number, and not an empty cell either
MAX_HEADING = 200  # 255 in a table, less what escapes add
WIDTH_SAMPLE = 100
OWN_FORMULA = re.compile(r"""=(?:[A-Z0-9$:,()<>=+*/^ .!-]|Months|Summary|"n/a"|"")+""")
_SHEET_NAME_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\\n\t", "_"))


class TooLargeForSheet(ValueError):
    """The table does not fit the file format; ``str()`` says what, how many and the limit."""


def render(tables: list[Table]) -> bytes:
    """Return an XLSX file with one sheet per table, more when a table has too many rows.

    :raises TooLargeForSheet: a table has too many columns; raised before any work is done
    :raises ValueError: a row has another number of values than the table has columns
    """
    for table in tables:
        if len(table.columns) > MAX_COLUMNS:
            raise TooLargeForSheet(
                f"“{clean_text(table.title)}” has {len(table.columns):,} columns; a sheet holds "
                f"at most {MAX_COLUMNS:,}. Group by fewer values."
            )
    stream = io.BytesIO()
    # Row by row: a full sheet would otherwise take gigabytes of memory.
    with safe_workbook(stream, constant_memory=True) as workbook:
        for table in tables:
            _write_table(workbook, table)
        if not tables:
            add_sheet(workbook, "")
    return stream.getvalue()


def safe_workbook(stream, **options):
    """Return an xlsxwriter Workbook on ``stream`` that turns no text into formulas or links.

    Write its cells with ``write_cell`` and add its sheets with ``add_sheet``: the options alone
    do not cover NUL, half surrogates, NaN, raw rich-text markup or bad sheet names.
    """
    return xlsxwriter.Workbook(
        stream,
        {
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "nan_inf_to_errors": True,
            "remove_timezone": True,
            "default_date_format": "yyyy-mm-dd",
            **options,
        },
    )


def add_sheet(workbook, title):
    """Add a sheet named after ``title``, made valid and unique, and return it."""
    taken = {sheet.get_name().lower() for sheet in workbook.worksheets()}
    return workbook.add_worksheet(sheet_name(title, taken))


def sheet_name(title, taken=()):
    """Return a valid sheet name close to ``title`` that is not in ``taken`` (lower-case names)."""
    name = clean_text(title or "").translate(_SHEET_NAME_FORBIDDEN).strip(" '")
    name = _cut(name, MAX_SHEET_NAME).strip(" '") or "Sheet"
    if name.lower() == "history":  # reserved by Excel
        name += "_"
    candidate, number = name, 1
    while candidate.lower() in taken:
        number += 1
        suffix = f" ({number})"
        candidate = _cut(name, MAX_SHEET_NAME - len(suffix)).rstrip(" '") + suffix
    return candidate


def write_cell(sheet, row, col, value, fmt=None):
    """Write one value as text, number, boolean or date; the only write that is safe.

    None, False and "" leave the cell empty (formatted when ``fmt`` is given). NaN and infinity
    are shown as "n/a"; time zones are dropped, dates outside 1900-9999 become ISO text; anything
    else is its text, cut with a mark at the limit of the format.

    :raises TooLargeForSheet: the cell lies outside the sheet (xlsxwriter would drop it silently)
    """
    if row >= MAX_ROWS or col >= MAX_COLUMNS:
        raise TooLargeForSheet(
            f"A sheet holds at most {MAX_ROWS:,} rows and {MAX_COLUMNS:,} columns."
        )
    if value is None or value is False or value == "":
        return sheet.write_blank(row, col, None, fmt)
    if value is True:
        return sheet.write_boolean(row, col, True, fmt)
    if isinstance(value, (Number, Decimal)):
        return _write_number(sheet, row, col, value, fmt)
    if isinstance(value, date):
        return _write_date(sheet, row, col, value, fmt)
    return sheet.write_string(row, col, _cell_text(value), fmt)


def write_formula(sheet, row, col, formula, fmt=None, value=None):
    """Write a formula of the program's own, with the value it has now.

    :param formula: text such as ``"=SUM(B2:B9)"``; only cells, sheets, functions, numbers,
        operators and the texts ``""`` and ``"n/a"``, so that no user's text can be in it
    :param value: what programs that do not calculate show; None is shown as nothing
    :raise ValueError: the formula holds anything else
    """
    if not OWN_FORMULA.fullmatch(formula):
        raise ValueError(f"not a formula of this program: {formula!r}")
    sheet.write_formula(row, col, formula, fmt, "" if value is None else value)


def add_table(sheet, row, labels, height, header):
    """Make rows a real table: named headings, filters, stripes. Write its cells beside.

    :param labels: headings; the ones written are returned, valid and different from each other
    :param height: number of rows under the headings, at least one
    """
    written, taken = [], set()
    for label in labels:
        # The names of a table's columns are kept twice in the file, and must be the same.
        name = " ".join(clean_text(label).split())[:MAX_HEADING] or "–"
        name += "." if name.endswith("</r>") else ""  # as in _cell_text
        # Read as an escaped letter in one of the two places only.
        name = ESCAPE.sub("_ ", name)
        candidate, number = name, 1
        while candidate.lower() in taken:
            number += 1
            candidate = f"{name[:MAX_HEADING - 8]} ({number})"
        taken.add(candidate.lower())
        written.append(candidate)
    sheet.add_table(row, 0, row + height, len(written) - 1, {
        "style": "Table Style Light 1",
        "columns": [{"header": name, "header_format": header} for name in written],
    })
    return written


def money_shape(symbol, is_before, digits):
    """Number format of amounts, such as ``"$" #,##0.00``."""
    symbol = clean_text(symbol or "").replace('"', "").replace("\\", "")[:8]
    amount = "#,##0" + ("." + "0" * digits if digits else "")
    if not symbol.strip():
        return amount
    return f'"{symbol}" {amount}' if is_before else f'{amount} "{symbol}"'


def _write_number(sheet, row, col, value, fmt):
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError, InvalidOperation):
        return sheet.write_string(row, col, _cell_text(value), fmt)
    if not math.isfinite(number):
        return sheet.write_string(row, col, UNDEFINED, fmt)
    if isinstance(value, int) and abs(value) >= MAX_EXACT_INTEGER:
        return sheet.write_string(row, col, str(value), fmt)
    return sheet.write_number(row, col, number, fmt)


def _write_date(sheet, row, col, value, fmt):
    # Excel counts a 29 February 1900 that never was: the two months before it cannot be trusted.
    if (value.year, value.month) < (1900, 3):
        return sheet.write_string(row, col, value.isoformat(), fmt)
    if isinstance(value, datetime):
        # Fractions of a second could round the last day of 9999 out of the calendar.
        value = value.replace(tzinfo=None, microsecond=0)
    return sheet.write_datetime(row, col, value, fmt)


def _cell_text(value):
    text = clean_text(value)
    if _units(text) > MAX_TEXT:
        text = _cut(text, MAX_TEXT - len(CUT_MARK)) + CUT_MARK
    if text.endswith("</r>"):
        # xlsxwriter copies "<r>…</r>" into the file as raw XML; a space behind it prevents that.
        text += " "
    return text


def _units(text):
    return len(text) + sum(char > "\uffff" for char in text)


def _cut(text, limit):
    """Return the longest start of ``text`` of at most ``limit`` UTF-16 units."""
    return text.encode("utf-16-le")[: 2 * limit].decode("utf-16-le", "ignore")


def _write_table(workbook, table):
    header = workbook.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    formats = [workbook.add_format(_format_of(column)) for column in table.columns]
    width = len(table.columns)
    rows = iter(table.rows)
    sample = list(islice(rows, WIDTH_SAMPLE))
    widths = _widths(table.columns, sample)
    sheet, line = None, 0
    for values in chain(sample, rows):
        if len(values) != width:
            raise ValueError(f"{table.title!r}: a row has {len(values)} values for {width} columns")
        if sheet is None or line >= MAX_ROWS:
            sheet, line = _start_sheet(workbook, table, header, widths), 1
        for col, value in enumerate(values):
            write_cell(sheet, line, col, value, formats[col])
        line += 1
    if sheet is None:
        sheet, line = _start_sheet(workbook, table, header, widths), 1
    _write_notes(workbook, sheet, line + 1, table)


def _start_sheet(workbook, table, header, widths):
    sheet = add_sheet(workbook, table.title)
    sheet.freeze_panes(1, 0)
    for col, column in enumerate(table.columns):
        sheet.set_column(col, col, widths[col])
        write_cell(sheet, 0, col, column.label, header)
    return sheet


def _write_notes(workbook, sheet, line, table):
    if not table.notes:
        return
    if line + len(table.notes) > MAX_ROWS:
        sheet, line = add_sheet(workbook, table.title), 0
    fmt = workbook.add_format({"italic": True, "font_color": "#666666"})
    for offset, note in enumerate(table.notes):
        write_cell(sheet, line + offset, 0, note, fmt)


def _widths(columns, sample):
    widths = []
    for col, column in enumerate(columns):
        texts = [clean_text(row[col]) for row in sample if col < len(row) and row[col]]
        longest = max([min(len(column.label), 24), *(len(text) for text in texts)])
        widths.append(min(max(longest + 2, 10), 60))
    return widths


def _format_of(column):
    if column.kind in ("text", "date", "datetime"):
        shapes = {"date": "yyyy-mm-dd", "datetime": "yyyy-mm-dd hh:mm", "text": "General"}
        return {"num_format": shapes[column.kind]}
    usual = {"integer": 0, "float": 2, "percent": 2, "money": 2, "days": 1}[column.kind]
    digits = usual if column.digits is None else max(0, min(column.digits, 15))
    decimals = "." + "0" * digits if digits else ""
    if column.kind == "percent":
        return {"num_format": f"0{decimals}%"}
    shape = f"#,##0{decimals}"
    symbol = clean_text(column.currency_symbol or "").replace('"', "").replace("\\", "")[:8]
    if column.kind == "money" and symbol.strip():
        shape += f' "{symbol}"'
    return {"num_format": shape}
