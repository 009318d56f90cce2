import csv
import io
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from unittest.mock import patch

import xlsxwriter

from odoo.tests import BaseCase, tagged

from ..reports import csv_file, xlsx
from ..tools.table import KINDS, Column, Table, clean_text
from .xlsx_checker import cells, faults

TEXTS = [
    "=cmd|' /C calc'!A0",
    "{=1+1}",
    '=HYPERLINK("http://example.com","x")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "+1+1",
    "-1+1",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "http://example.com/?q=1",
    "mailto:someone@example.com",
    "external:c:\\temp\\book.xlsx",
    "internal:Sheet1!A1",
    "file:///etc/passwd",
    "nul\x00l",
    "\x00=1+1",
    "\x07bell \x1b[0m",
    "half \ud83d pair",
    "\udc00",
    "\ufffe\uffff",
    "x" * 40_000,
    "\U0001f600" * 20_000,
    "<r><t>raw</t></r>",
    '<r></is></c><c r="Z9"><f>1+1</f></c></r>',
    "<script>alert(1)</script>&amp;",
    "_x0041_ _x0000_",
    "]]>",
    "{{7*7}} ${7*7}",
    "\u202egnp.exe",
    "  spaces  ",
    "",
]


class Mute:
    def __str__(self):
        raise RuntimeError("no text")


VALUES = [
    float("nan"),
    float("inf"),
    float("-inf"),
    Decimal("NaN"),
    Decimal("sNaN"),
    Decimal("1.10"),
    Decimal("Infinity"),
    10**400,
    2**63,
    -0.0,
    1e308,
    complex(1, 2),
    datetime(2024, 10, 27, 2, 30, tzinfo=timezone(timedelta(hours=14))),
    datetime.max,
    date.min,
    date(1900, 1, 1),
    timedelta(days=-1),
    [1, "=1+1"],
    {"=": "1"},
    b"=1+1",
    Mute(),
    None,
    False,
    True,
]


@tagged("post_install", "-at_install", "fault")
class TestFaultFiles(BaseCase):
    """Catalogue G: files that leave the system."""

    def corpus(self):
        """Every payload in every kind of column, as heading, as title, as symbol and as note."""
        columns = {
            kind: [Column(text, kind, currency_symbol=text) for text in TEXTS] for kind in KINDS
        }
        rows = [TEXTS, *([value] * len(TEXTS) for value in VALUES)]
        return [
            *(Table(kind, columns[kind], rows, notes=TEXTS) for kind in KINDS),
            *(Table(text, [Column("c")], [[text]]) for text in TEXTS),
        ]

    def test_G1_no_payload_comes_alive(self):
        tables = self.corpus()
        data = xlsx.render(tables)
        self.assertEqual(faults(data), [])
        first = cells(data)
        self.assertEqual(len(first[0]), len(TEXTS))
        self.assertEqual(first[1][0], TEXTS[0], "the text itself is kept")

    def test_G1_pivot_style_workbook_is_safe_too(self):
        stream = io.BytesIO()
        with xlsx.safe_workbook(stream) as workbook:
            bold = workbook.add_format({"bold": True})
            for title in TEXTS:
                sheet = xlsx.add_sheet(workbook, title)
                for row, value in enumerate([*TEXTS, *VALUES]):
                    xlsx.write_cell(sheet, row, 1, value, bold)
                    xlsx.write_cell(sheet, row, 0, value)
        self.assertEqual(faults(stream.getvalue()), [])

    def test_G1_negative_control_plain_write_is_caught(self):
        """The checker can fail: xlsxwriter's own write() of the same text is alive."""
        for text in ("=cmd|' /C calc'!A0", "{=1+1}", "http://example.com/", "file:///etc/passwd"):
            stream = io.BytesIO()
            with xlsxwriter.Workbook(stream) as workbook:
                workbook.add_worksheet().write(0, 0, text)
            self.assertTrue(faults(stream.getvalue()), f"{text!r} was not caught")

    def test_G1_negative_control_raw_markup_is_caught(self):
        """Without our guard, text of the form <r>…</r> enters the file as XML."""
        for options in ({}, {"constant_memory": True}):
            stream = io.BytesIO()
            with xlsx.safe_workbook(stream, **options) as workbook:
                sheet = workbook.add_worksheet()
                sheet.write_string(0, 0, '<r></is></c><c r="Z9"><f>1+1</f></c></r>')
            self.assertTrue(faults(stream.getvalue()))

    def test_G1_values_come_back(self):
        columns = [Column(kind, kind, "€") for kind in KINDS]
        row = ["a\tb", 3, 2.5, 0.6315, 10.25, 51.78, date(2024, 2, 29), datetime(2024, 2, 29, 9)]
        none = [None, False, *[None] * (len(KINDS) - 2)]
        data = xlsx.render([Table("All kinds", columns, [row, none], notes=["Read me"])])
        self.assertEqual(faults(data), [])
        heading, values, empty, blank, note = cells(data)
        self.assertEqual(heading, list(KINDS))
        self.assertEqual(values[:6], row[:6])
        self.assertEqual(values[6:], [datetime(2024, 2, 29), datetime(2024, 2, 29, 9)])
        self.assertEqual(empty, [None] * len(KINDS))
        self.assertEqual(blank, [None] * len(KINDS))
        self.assertEqual(note[0], "Read me")

    def test_G1_undefined_numbers_are_not_numbers(self):
        rows = [[float("nan")], [Decimal("Infinity")], [10**15 + 1], [Decimal("1.5")]]
        data = xlsx.render([Table("n", [Column("n", "float")], rows)])
        self.assertEqual(
            [row[0] for row in cells(data)], ["n", "n/a", "n/a", "1000000000000001", 1.5]
        )

    def test_G1_cut_text_is_marked(self):
        rows = [["x" * 40_000], ["\U0001f600" * 20_000], ["y" * 32_767]]
        data = xlsx.render([Table("t", [Column("t")], rows)])
        _heading, ascii_text, wide_text, whole = (row[0] for row in cells(data))
        for text in (ascii_text, wide_text):
            self.assertTrue(text.endswith("[cut]"), text[-20:])
            self.assertLessEqual(len(text.encode("utf-16-le")) // 2, 32_767)
        self.assertEqual(whole, "y" * 32_767)

    def test_G2_sheet_names(self):
        names = [
            "a" * 31,
            "a" * 40,
            "[]:*?/\\",
            "'quoted'",
            "'",
            "Sales",
            "SALES",
            "sales",
            "",
            None,
            "nul\x00",
            "History",
            "\U0001f600" * 20,
            "line\nend\ttab",
        ]
        data = xlsx.render([Table(name, [Column("c")], [["v"]]) for name in names])
        self.assertEqual(faults(data), [])
        taken = set()
        for name in names:
            result = xlsx.sheet_name(name, taken)
            self.assertTrue(result)
            self.assertLessEqual(len(result.encode("utf-16-le")) // 2, 31)
            self.assertFalse(set(result) & set("[]:*?/\\\x00\n\t"))
            self.assertFalse(result.startswith("'") or result.endswith("'"))
            self.assertNotEqual(result.lower(), "history")
            self.assertNotIn(result.lower(), taken)
            taken.add(result.lower())

    def test_G3_too_many_rows_make_more_sheets(self):
        table = Table("Rows", [Column("n", "integer")], ([n] for n in range(25)), notes=["end"])
        with patch.object(xlsx, "MAX_ROWS", 11):
            data = xlsx.render([table])
        self.assertEqual(faults(data), [])
        found = []
        for sheet in ("Rows", "Rows (2)", "Rows (3)"):
            heading, *rows = cells(data, sheet)
            self.assertEqual(heading, ["n"], "every sheet has the heading")
            found += [row[0] for row in rows]
        self.assertEqual(found, [*range(25), None, "end"])

    def test_G3_notes_that_do_not_fit_get_a_sheet(self):
        table = Table("Rows", [Column("n", "integer")], [[n] for n in range(10)], notes=["end"])
        with patch.object(xlsx, "MAX_ROWS", 11):
            data = xlsx.render([table])
        self.assertEqual(cells(data, "Rows (2)"), [["end"]])

    def test_G3_too_many_columns_are_refused_before_work(self):
        def rows():
            raise AssertionError("rows were read")
            yield

        table = Table("Wide", [Column(str(n)) for n in range(16_385)], rows())
        with self.assertRaisesRegex(xlsx.TooLargeForSheet, "16,385 columns.*16,384"):
            xlsx.render([Table("ok", [Column("c")], rows()), table])

    def test_G3_a_cell_outside_the_sheet_is_not_dropped(self):
        with xlsx.safe_workbook(io.BytesIO()) as workbook:
            sheet = xlsx.add_sheet(workbook, "s")
            xlsx.write_cell(sheet, xlsx.MAX_ROWS - 1, 0, "last")
            for row, col in ((xlsx.MAX_ROWS, 0), (0, xlsx.MAX_COLUMNS)):
                with self.assertRaises(xlsx.TooLargeForSheet):
                    xlsx.write_cell(sheet, row, col, "lost")

    def test_G3_ragged_rows_and_unknown_kinds_are_refused(self):
        with self.assertRaisesRegex(ValueError, "2 values for 1 columns"):
            xlsx.render([Table("t", [Column("c")], [[1, 2]])])
        with self.assertRaisesRegex(ValueError, "unknown kind 'colour'"):
            Column("c", "colour")

    def test_G4_csv_is_escaped(self):
        columns = [Column(text) for text in TEXTS]
        rows = [TEXTS, *([value] * len(TEXTS) for value in VALUES)]
        data = csv_file.render(Table("t", columns, rows))
        self.assertTrue(data.startswith(b"\xef\xbb\xbf"))
        self.assertNotIn(b"\x00", data)
        read = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
        self.assertEqual(len(read), len(rows) + 1)
        for line in read[:2]:
            for text in line:
                self.assertNotRegex(text, r"^[\s\x00-\x1f]*[=+\-@]", "a formula for a spreadsheet")
        self.assertEqual(read[1][1], "{=1+1}")
        for trigger in "=+-@\t\r\n":
            self.assertTrue(csv_file.escape_text(f"{trigger}1").startswith("'"), repr(trigger))
        self.assertEqual(csv_file.escape_text("a-b@c=d"), "a-b@c=d")

    def test_G4_numbers_stay_numbers(self):
        row = ["-5", -5, Decimal("-5.50"), float("nan"), None, date(2024, 2, 29)]
        data = csv_file.render(Table("t", [Column("c")] * 6, [row]))
        self.assertEqual(
            data.decode("utf-8-sig").splitlines()[1], '"\'-5",-5,-5.50,"","","2024-02-29"'
        )

    def test_G4_a_semicolon_does_not_open_a_cell(self):
        """Where the list separator is a semicolon, unquoted text would be split into a formula."""
        data = csv_file.render(Table("t", [Column("c")], [["a;=1+1"]]))
        self.assertIn(b'"a;=1+1"', data)

    def test_clean_text(self):
        self.assertEqual(clean_text("a\r\nb\rc\x00\x0b\ud800"), "a\nb\nc\ufffd")
        self.assertEqual(clean_text(Mute()), "<Mute>")
