import io
import zipfile

import xlsxwriter

from odoo.tests import BaseCase, tagged

from .ooxml_rules import broken_rules

SHEET = "xl/worksheets/sheet1.xml"
TABLE = "xl/tables/table1.xml"
# Part, what stands there, what is planted instead, words of the breach.
PLANTS = (
    ("[Content_Types].xml", 'PartName="/xl/styles.xml"', 'PartName="/xl/style.xml"',
     "xl/style.xml, which is not there"),
    ("xl/_rels/workbook.xml.rels", "sharedStrings.xml", "strings.xml", "xl/strings.xml, which"),
    ("xl/workbook.xml", 'r:id="rId1"', 'r:id="rId9"', "link rId9"),
    ("xl/workbook.xml", 'name="One"', 'name="One/Two"', "forbidden name"),
    ("xl/workbook.xml", 'name="Two"', 'name="ONE"', "sheets of one name"),
    ("xl/sharedStrings.xml", 'uniqueCount="5"', 'uniqueCount="6"', "number of shared strings"),
    (SHEET, '<c r="B2"', '<c r="A2"', "cell A2 in row 2 after column 1"),
    (SHEET, '<row r="2"', '<row r="1"', "row 1 after row 1"),
    (SHEET, '<row r="2"', '<row r="1048577"', "row 1048577"),
    (SHEET, "<v>2.5</v>", "<v>NaN</v>", "'NaN' is no number"),
    (SHEET, 't="s"><v>0</v>', 't="s"><v>99</v>', "string 99 is not there"),
    (SHEET, 's="1"', 's="77"', "format 77 is not there"),
    (SHEET, 'dxfId="0"', 'dxfId="5"', "format 5 of a condition"),
    (SHEET, '<mergeCell ref="F4:G5"/>', '<mergeCell ref="G2:H4"/>', "merged cells meet"),
    (SHEET, '<col min="2"', '<col min="1"', "widths of columns 1"),
    (SHEET, "<pageMargins", "<cols/><pageMargins", "wrong order"),
    (TABLE, 'name="b"', 'name="A"', "columns of one name"),
    (TABLE, 'name="b"', 'name="x"', "above cells"),
    (TABLE, 'ref="A1:B4"', 'ref="A1:C4"', "2 names for the area"),
)


@tagged("post_install", "-at_install", "fault")
class TestOoxmlRules(BaseCase):
    """The checker of workbooks sees what it is there for."""

    def book(self):
        stream = io.BytesIO()
        with xlsxwriter.Workbook(stream) as workbook:
            sheet = workbook.add_worksheet("One")
            bold = workbook.add_format({"bold": True})
            sheet.add_table(0, 0, 3, 1, {"columns": [{"header": "a"}, {"header": "b"}]})
            sheet.write_row(1, 0, [1, 2.5])
            sheet.write_row(1, 3, ["text", "more"], bold)
            sheet.conditional_format(1, 1, 3, 1, {
                "type": "cell", "criteria": ">", "value": 1, "format": bold})
            sheet.merge_range("F1:G2", "both")
            sheet.merge_range("F4:G5", "")
            sheet.set_column(0, 0, 20)
            sheet.set_column(1, 1, 30)
            workbook.add_worksheet("Two")
        return stream.getvalue()

    def planted(self, data, part, old, new):
        stream = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(stream, "w") as target:
            self.assertIn(old, source.read(part).decode(), (part, old))
            for name in source.namelist():
                text = source.read(name).decode()
                target.writestr(name, text.replace(old, new, 1) if name == part else text)
        return zipfile.ZipFile(stream)

    def test_a_sound_workbook_breaks_no_rule(self):
        self.assertEqual(broken_rules(zipfile.ZipFile(io.BytesIO(self.book()))), [])

    def test_negative_control_each_planted_breach_is_seen(self):
        data = self.book()
        for part, old, new, words in PLANTS:
            with self.subTest(new):
                self.assertIn(words, "\n".join(broken_rules(self.planted(data, part, old, new))))
