"""Read a CSV or XLSX file of unknown making into rows of values; nothing in it is evaluated."""

import codecs
import csv
import io
import warnings
import zipfile
from dataclasses import dataclass, field

import openpyxl

# Odd dates and styles are no concern of the log: bad cells are named to the user.
warnings.filterwarnings("ignore", module="openpyxl")

MAX_BYTES = 25 * 1024 * 1024
MAX_UNPACKED_BYTES = 400 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 200
MAX_CELL = 32_767
DELIMITERS = (",", ";", "\t", "|")
ENCODINGS = ("utf-8", "cp1252", "latin-1")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_SAMPLE_LINES = 50


class UnreadableFile(ValueError):
    """The file as a whole cannot be used.

    :ivar code: why, a key the caller has a sentence for
    :ivar params: values to put into that sentence
    """

    def __init__(self, code, **params):
        super().__init__(f"{code} {params}" if params else code)
        self.code = code
        self.params = params


@dataclass(frozen=True)
class Unusable:
    """A cell that must not be taken for data: a formula, an error value, text with NUL bytes."""

    code: str
    text: str

    def __str__(self):
        return self.text


@dataclass
class Sheet:
    """A table as read.

    :ivar headers: unique column names, in order
    :ivar rows: ``(row number in the file, values)``, one value per header; blank rows are left
        out; a value is None, text, a number, a boolean, a date, a datetime or ``Unusable``
    :ivar surplus: ``{row number: number of values}`` of rows with more values than headers
    :ivar origin: sheet name, or encoding and delimiter, to tell the user what was understood
    """

    headers: list
    rows: list
    surplus: dict = field(default_factory=dict)
    origin: dict = field(default_factory=dict)


def read_file(data, encoding=None, delimiter=None):
    """Return the ``Sheet`` in the bytes ``data``; XLSX is recognised by its content.

    :param encoding: of a CSV file, None to detect it
    :param delimiter: of a CSV file, None to detect it
    :raises UnreadableFile: empty, too large, not a table, undecodable, without a heading
    """
    if not data or not data.strip():
        raise UnreadableFile("empty")
    if len(data) > MAX_BYTES:
        raise UnreadableFile("too_large", size=len(data) >> 20, limit=MAX_BYTES >> 20)
    if data.startswith(_OLD_EXCEL):
        raise UnreadableFile("old_excel")
    if data.startswith(b"PK\x03\x04"):
        numbered, origin = _read_xlsx(data)
    elif data.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"<!DOC")):
        raise UnreadableFile("not_a_table")
    else:
        numbered, origin = _read_csv(data, encoding, delimiter)
    return _sheet(numbered, origin)


def _sheet(numbered, origin):
    """Take the first row that is not blank for the headings and fit the others to it."""
    headers, rows, surplus = None, [], {}
    for number, values in numbered:
        values = [_tidy(value) for value in values]
        while values and values[-1] is None:
            values.pop()
        if not values:
            continue
        if headers is None:
            headers = _headers(values)
            continue
        if len(values) > len(headers):
            surplus[number] = len(values)
        if len(rows) >= MAX_ROWS:
            raise UnreadableFile("too_many_rows", limit=MAX_ROWS)
        values += [None] * (len(headers) - len(values))
        rows.append((number, values[: len(headers)]))
    if headers is None:
        raise UnreadableFile("empty")
    if not rows:
        raise UnreadableFile("no_rows")
    return Sheet(headers, rows, surplus, origin)


def _headers(values):
    if len(values) > MAX_COLUMNS:
        raise UnreadableFile("too_many_columns", count=len(values), limit=MAX_COLUMNS)
    headers = []
    for position, value in enumerate(values, start=1):
        text = " ".join(str(value).split())[:100] if value is not None else ""
        text = name = text or f"Column {position}"
        number = 1
        while name in headers:
            number += 1
            name = f"{text} ({number})"
        headers.append(name)
    return headers


def _tidy(value):
    if not isinstance(value, str):
        return value
    if "\x00" in value:
        return Unusable("nul", value.replace("\x00", "␀")[:100])
    text = value.strip().replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > MAX_CELL:
        return Unusable("too_long", text[:100])
    return text or None


# --- CSV --------------------------------------------------------------------


def _read_csv(data, encoding, delimiter):
    text, encoding = _decode(data, encoding)
    delimiter = delimiter or _guess_delimiter(text)
    # Strict: a quote that is never closed would swallow the rows behind it without a word.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    return enumerate(_lines(reader), start=1), {"encoding": encoding, "delimiter": delimiter}


def _lines(reader):
    try:
        yield from reader
    except csv.Error as error:
        raise UnreadableFile("broken_csv", line=reader.line_num, reason=str(error)) from error


def _decode(data, encoding):
    for mark, name in _BOMS:
        if data.startswith(mark):
            encoding = name
    if not encoding and data.count(b"\x00", 0, 2000) > 200:
        raise UnreadableFile("not_a_table")
    for name in [encoding] if encoding else ENCODINGS:
        try:
            return data.decode(name), name
        except UnicodeDecodeError as error:
            failed = error
    raise UnreadableFile("encoding", encoding=encoding, position=failed.start)


def _guess_delimiter(text):
    """The delimiter that cuts the first lines into the same number (more than one) of cells."""
    lines = text.splitlines(keepends=True)[:_SAMPLE_LINES]
    best, best_score = ",", (0, 0)
    for delimiter in DELIMITERS:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
        except csv.Error:
            continue
        if not widths or widths[0] < 2:
            continue
        alike = sum(width == widths[0] for width in widths) / len(widths)
        if (alike, widths[0]) > best_score:
            best, best_score = delimiter, (alike, widths[0])
    return best


# --- XLSX -------------------------------------------------------------------


def _read_xlsx(data):
    _check_archive(data)
    try:
        # Formulas are kept as such, to be refused: a stored result may be out of date.
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False)
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    except Exception as error:  # a damaged file makes the reader raise almost anything
        raise UnreadableFile("broken_xlsx", reason=type(error).__name__) from error
    if not sheets:
        raise UnreadableFile("empty")
    origin = {"sheet": sheets[0].title, "others": len(sheets) - 1}
    return _xlsx_rows(sheets[0]), origin


def _check_archive(data):
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            unpacked = sum(info.file_size for info in archive.infolist())
            if unpacked > MAX_UNPACKED_BYTES:
                raise UnreadableFile(
                    "too_large", size=unpacked >> 20, limit=MAX_UNPACKED_BYTES >> 20
                )
            if "xl/workbook.xml" not in names:
                raise UnreadableFile("not_a_table")
            for name in names:
                # Entities can make a small file grow without end.
                if name.endswith((".xml", ".rels")) and b"<!" in archive.open(name).read(2000):
                    raise UnreadableFile("not_a_table")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise UnreadableFile("broken_xlsx", reason=type(error).__name__) from error


def _xlsx_rows(sheet):
    blank = 0
    # The size noted in the file may be wrong, and may claim a million rows.
    sheet.reset_dimensions()
    try:
        for number, row in enumerate(sheet.iter_rows(), start=1):
            values = [_xlsx_value(cell) for cell in row[: MAX_COLUMNS + 1]]
            blank = 0 if any(value is not None for value in values) else blank + 1
            if blank > MAX_ROWS:
                return
            yield number, values
    except UnreadableFile:
        raise
    except Exception as error:  # as above: rows are read as they are asked for
        raise UnreadableFile("broken_xlsx", reason=type(error).__name__) from error


def _xlsx_value(cell):
    if cell.data_type == "f":
        return Unusable("formula", str(cell.value)[:100])
    if cell.data_type == "e":
        return Unusable("error_value", str(cell.value)[:100])
    return cell.value
