import io
import zipfile
from datetime import datetime, timedelta

import openpyxl

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..tools import reader
from .common_import import ImportCase

HEAD = "id,title,owner,stage,created,closed,amount\n"
GOOD = "A1,Deal,,Won,2024-01-10,2024-02-10,100\n"
TOMORROW = (datetime.utcnow() + timedelta(days=3)).date()

# name: (rows under HEAD, expected problems as (row, column, value))
BAD_CELLS = {
    "letters": ("A2,B,,Won,2024-01-10,2024-02-10,abc", [(3, "amount", "abc")]),
    "nan": ("A2,B,,Won,2024-01-10,2024-02-10,NaN", [(3, "amount", "NaN")]),
    "infinity": ("A2,B,,Won,2024-01-10,2024-02-10,inf", [(3, "amount", "inf")]),
    "exponent": ("A2,B,,Won,2024-01-10,2024-02-10,1e30", [(3, "amount", "1e30")]),
    "too big": ("A2,B,,Won,2024-01-10,2024-02-10," + "9" * 20, [(3, "amount", "9" * 20)]),
    "brackets": ("A2,B,,Won,2024-01-10,2024-02-10,(100)", [(3, "amount", "(100)")]),
    "negative": ("A2,B,,Won,2024-01-10,2024-02-10,-5", [(3, "amount", "-5")]),
    "other currency": ("A2,B,,Won,2024-01-10,2024-02-10,£5", [(3, "amount", "£5")]),
    "no such day": ("A2,B,,Won,2024-01-10,2024-02-30,5", [(3, "closed", "2024-02-30")]),
    "no date": ("A2,B,,Won,soon,2024-02-10,5", [(3, "created", "soon")]),
    "serial date": ("A2,B,,Won,45292,2024-02-10,5", [(3, "created", "45292")]),
    "year 0024": ("A2,B,,Won,0024-01-10,2024-02-10,5", [(3, "created", "0024-01-10")]),
    "future": (f"A2,B,,Won,2024-01-10,{TOMORROW},5", [(3, "closed", str(TOMORROW))]),
    "closed first": ("A2,B,,Lost,2024-02-10,2024-01-10,5", [(3, "closed", "2024-01-10")]),
    "won, no date": ("A2,B,,Won,2024-01-10,,5", [(3, "closed", "")]),
    "lost, no date": ("A2,B,,Lost,2024-01-10,,5", [(3, "closed", "")]),
    "closed, not created": ("A2,B,,Won,,2024-01-10,5", [(3, "created", "")]),
    "no stage": ("A2,B,,,2024-01-10,,5", [(3, "stage", "")]),
    "unknown owner": ("A2,B,Nobody Known,Won,2024-01-10,2024-02-10,5",
                      [(3, "owner", "Nobody Known")]),
    "double id": ("A1,B,,Won,2024-01-10,2024-02-10,5", [(3, "id", "A1")]),
    "empty id": (",B,,Won,2024-01-10,2024-02-10,5", [(3, "id", "")]),
    "nul": ("A2,B\x00b,,Won,2024-01-10,2024-02-10,5", [(3, "title", "B␀b")]),
    "too many values": ("A2,B,,Won,2024-01-10,2024-02-10,5,6", [(3, "", "")]),
    "several": ("A2,B,,Won,2024-13-10,2024-02-30,abc\nA3,C,,Lost,2024-01-10,,",
                [(3, "created", "2024-13-10"), (3, "closed", "2024-02-30"), (3, "amount", "abc"),
                 (4, "closed", "")]),
}


def workbook(*rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@tagged("post_install", "-at_install", "fault")
class TestFaultImport(ImportCase):
    """Catalogue C7, for histories: all or nothing, every problem by row, column and value."""

    def assertNothingImported(self):
        self.assertFalse(self.imported())

    def test_C7_bad_cells_are_named_and_nothing_is_imported(self):
        for name, (rows, expected) in BAD_CELLS.items():
            with self.subTest(name):
                wizard = self.check(HEAD + GOOD + rows + "\n", create_users=False)
                self.assertEqual(self.problems(wizard), expected)
                self.assertEqual(wizard.issue_count, len(expected))
                self.assertTrue(all(len(issue.message) > 20 for issue in wizard.issue_ids))
                wizard.action_import()
                self.assertEqual(wizard.state, "check", "the import itself checks again")
                self.assertNothingImported()

    def test_C7_negative_control_the_good_row_alone_is_imported(self):
        self.bring(HEAD + GOOD)
        self.assertEqual(list(self.imported()), ["A1"])

    def test_C7_unreadable_files(self):
        book = workbook(["a"], [1])
        files = {
            "empty": (b"  \n ", "The file is empty"),
            "headings only": (HEAD.encode(), "no rows"),
            "old excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old .xls"),
            "pdf": (b"%PDF-1.7 ...", "neither a CSV nor an XLSX"),
            "picture": (b"\x89PNG\r\n\x1a\n" + b"\0" * 900, "neither a CSV nor an XLSX"),
            "binary": (bytes(range(256)).replace(b"\xff", b"\0") * 3 + b"\0" * 2000, "neither"),
            "web page": (b"<!DOCTYPE html><html></html>", "neither a CSV nor an XLSX"),
            "cut zip": (book[: len(book) // 2], "damaged"),
            "other zip": (_zip({"a.txt": b"x"}), "neither a CSV nor an XLSX"),
            "entities": (_zip({"xl/workbook.xml": b"<?xml version='1.0'?><!DOCTYPE x [ ]><x/>"}),
                         "neither a CSV nor an XLSX"),
            "broken parts": (_zip({"xl/workbook.xml": b"<x"}), "damaged"),
            "open quote": ((HEAD + GOOD + 'A2,"B,,Won,2024-01-10,,5\n' + GOOD).encode(),
                           "quotation mark"),
            "wrong encoding": (HEAD.encode() + "é,Ä\n".encode("latin-1"), "encoding utf-8"),
        }
        for name, (content, message) in files.items():
            with self.subTest(name):
                wizard = self.upload(
                    content, encoding="utf-8" if name == "wrong encoding" else False)
                with self.assertRaisesRegex(UserError, message):
                    wizard.action_read()
        wizard = self.Import.create({})
        with self.assertRaisesRegex(UserError, "Choose the file"):
            wizard.action_read()
        self.assertNothingImported()

    def test_C7_too_large(self):
        text = HEAD + GOOD + "A2,B,,Talks,2024-01-10,,\n"
        for name, limit, message in (("MAX_ROWS", 1, "more than 1 rows"),
                                     ("MAX_BYTES", 20, "at most 0 MB"),
                                     ("MAX_COLUMNS", 3, "7 columns")):
            with self.subTest(name):
                self.patch(reader, name, limit)
                with self.assertRaisesRegex(UserError, message):
                    self.upload(text).action_read()
                self.patch(reader, name, 10**9)
        self.patch(reader, "MAX_UNPACKED_BYTES", 100)
        with self.assertRaisesRegex(UserError, "at most 0 MB"):
            self.upload(workbook(["a"], [1])).action_read()

    def test_C7_missing_and_double_columns(self):
        cases = {
            "id,title,stage\n1,a,Won\n": "“Created on”",
            "id,title,created\n1,a,2024-01-01\n": "“Stage” or “Outcome",
            "owner,stage,created\nx,Won,2024-01-01\n": "“Title” or “External ID” or “Account”",
        }
        for text, message in cases.items():
            wizard = self.upload(text)
            wizard.action_read()
            with self.assertRaisesRegex(UserError, message):
                wizard.action_match()
        with self.assertRaisesRegex(UserError, "Two columns are imported as “Title”"):
            self.check(HEAD + GOOD, columns={"owner": "name"})
        wizard = self.upload(HEAD + GOOD, teams=b"who,where\nAda,North\n")
        wizard.action_read()
        with self.assertRaisesRegex(UserError, "sales teams file"):
            wizard.action_match()

    def test_C7_a_wrong_column_is_noticed(self):
        rows = "".join(f"A{n},Deal {n},,Talks,2024-01-10,,\n" for n in range(101))
        with self.assertRaisesRegex(UserError, "101 different values. Is it really the Stage"):
            self.check(HEAD + rows, columns={"stage": False, "title": "stage"})

    def test_C7_amounts_by_decimal_mark(self):
        text = "id;title;stage;created;closed;amount\n{}\n"
        row = "{};D;Won;2024-01-10;2024-02-10;{}"
        self.bring(text.format(row.format(1, "1.234,56")))
        self.assertEqual(self.imported()["1"].expected_revenue, 1234.56)
        self.bring(text.format(row.format(2, "1,234.56")))
        self.assertEqual(self.imported()["2"].expected_revenue, 1234.56)
        self.bring(text.format(row.format(3, "€ 1 234,5")))
        self.assertEqual(self.imported()["3"].expected_revenue, 1234.5)
        with self.assertRaisesRegex(UserError, "Choose the decimal mark"):
            self.check(text.format(row.format(4, "1,234")))
        self.bring(text.format(row.format(4, "1,234")), decimal=".")
        self.assertEqual(self.imported()["4"].expected_revenue, 1234)
        wizard = self.check(text.format(row.format(5, "1.234,56")), decimal=".")
        self.assertEqual(self.problems(wizard), [(2, "amount", "1.234,56")])
        # One file, two habits: the odd one out is named.
        wizard = self.check(text.format("\n".join(
            row.format(n, amount) for n, amount in ((6, "1.234,56"), (7, "1,234.56"))
        )), decimal=",")
        self.assertEqual(self.problems(wizard), [(3, "amount", "1,234.56")])

    def test_C7_dates_by_order(self):
        text = "id,title,stage,created\n1,D,Talks,{}\n"
        for order, expected in (
            ("dmy", datetime(2024, 4, 3, 11)), ("mdy", datetime(2024, 3, 4, 11)),
        ):
            self.bring(text.format("03/04/2024"), date_order=order)
            self.assertEqual(self.imported()["1"].create_date, expected)
        wizard = self.upload(text.format("03/04/2024"))
        wizard.action_read()
        wizard.date_order = False
        with self.assertRaisesRegex(UserError, "the day or the month comes first"):
            wizard.action_match()
        wizard = self.check(text.format("31/04/2024"), date_order="dmy")
        self.assertEqual(self.problems(wizard), [(2, "created", "31/04/2024")])

    def test_C7_encodings_and_delimiters(self):
        text = "id{0}title{0}stage{0}created\n1{0}Zoë Groß €{0}Talks{0}2024-01-10\n"
        for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
            for delimiter in (",", ";", "\t", "|"):
                with self.subTest(f"{encoding} {delimiter!r}"):
                    self.bring(text.format(delimiter).encode(encoding))
                    self.assertEqual(self.imported()["1"].name, "Zoë Groß €")
        latin = text.format(";").replace("€", "\x81").encode("latin-1")
        self.bring(latin)
        self.assertEqual(self.imported()["1"].name, "Zoë Groß \x81")

    def test_C7_xlsx(self):
        head = ["id", "title", "stage", "created", "closed", "amount"]
        good = [1001, "Deal", "Won", datetime(2024, 1, 10), datetime(2024, 2, 10, 15), 12.5]
        self.bring(workbook([None], head, [None], good), filename="deals.xlsx")
        lead = self.imported()["1001"]
        self.assertEqual(
            (lead.create_date, lead.date_closed, lead.expected_revenue),
            (datetime(2024, 1, 10, 11), datetime(2024, 2, 10, 14), 12.5))
        wizard = self.check(workbook(
            head, ["=1+1", *good[1:]], [2, "Deal", "Won", "=TODAY()", good[4], "=1/0"],
            [3, "Deal", "Won", good[3], good[4], True],
            [4, "Deal", "Won", good[3], good[4], "#N/A"],
        ))
        self.assertEqual(self.problems(wizard), [
            (2, "id", "=1+1"), (3, "created", "=TODAY()"), (3, "amount", "=1/0"),
            (4, "amount", "True"), (5, "amount", "#N/A")])

    def test_C7_team_file_with_two_teams_for_one(self):
        wizard = self.check(
            HEAD + GOOD, teams=b"salesperson,team\nAda,North\nAda,South\nBea,North\n")
        self.assertEqual(self.problems(wizard), [(3, "team", "South")])

    def test_C7_same_file_twice_makes_no_doubles(self):
        for _time in range(2):
            self.bring(HEAD + GOOD + "A2,=1+1,@x,Talks,2024-01-10,,\n")
        self.assertEqual(len(self.imported()), 2)
        self.assertEqual(self.imported()["A2"].name, "=1+1", "text stays text")

    def test_C7_same_day_is_not_before(self):
        self.bring(HEAD + "A1,D,,Won,2024-01-10 15:00,2024-01-10,1\n")
        lead = self.imported()["A1"]
        self.assertEqual(lead.date_closed, lead.create_date)

    def test_C7_an_undecided_name_is_listed_once(self):
        rows = "".join(f"A{n},D,Nobody Known,Talks,2024-01-10,,\n" for n in range(5))
        wizard = self.check(HEAD + rows, create_users=False)
        self.assertEqual(self.problems(wizard), [(2, "owner", "Nobody Known")])
        self.assertEqual(wizard.open_count, 0, "its other rows are no deals yet either")

    def test_C7_no_won_stage(self):
        wizard = self.check(HEAD + GOOD)
        self.env["crm.stage"].search([]).is_won = False
        with self.assertRaisesRegex(UserError, "stage marked as won"):
            wizard.action_import()


def _zip(parts):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()
