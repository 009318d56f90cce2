# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The XLSX download of the KPI pivot: right figures, own figures, and no cell that comes alive."""

import io
import json

import openpyxl

from odoo.http import Request
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_screens import MANAGER, SALESPERSON, ScreensCase

URL = "/crm_roi/kpi_pivot/export_xlsx"
HOSTILE = (
    "=cmd|'/c calc'!A1",
    "{=1+1}",
    "@SUM(1+1)",
    "+1+1",
    "http://example.invalid/",
    "external:evil.xlsx",
    "<r><t>raw</t></r>",
    "x" * 40_000,
)


@tagged("post_install", "-at_install", "fault")
class TestPivotExport(ScreensCase):
    def _layout(self, **changes):
        teams = [[], [self.north.id], [self.south.id]]
        measures = ["lead_count", "won_count", "win_rate", "won_revenue", "average_cycle_days"]
        return {
            "title": "KPI Overview",
            "domain": [],
            "row_groupbys": ["team_id"],
            "col_groupbys": [],
            "rows": teams,
            "columns": [{"values": [], "measure": measure} for measure in measures],
            "filters": ["Period: Last 12 Months"],
            "context": {"lang": "en_US", "allowed_company_ids": self.company.ids},
            **changes,
        }

    def _post(self, layout, login=MANAGER):
        self.authenticate(login, login)
        content = layout if isinstance(layout, str) else json.dumps(layout)
        return self.url_open(
            URL,
            data={"csrf_token": Request.csrf_token(self), "token": "any"},
            files={"data": ("data.json", content, "application/json")},
        )

    def _sheet(self, layout, login=MANAGER):
        response = self._post(layout, login)
        self.assertEqual(response.status_code, 200, response.text[:500])
        book = openpyxl.load_workbook(io.BytesIO(response.content))
        return book.worksheets[0]

    def _table(self, sheet):
        """Return the cells under the frozen heading, the heading first, by row label."""
        first = openpyxl.utils.cell.coordinate_from_string(sheet.freeze_panes)[1]
        rows = list(sheet.iter_rows(min_row=first - 1))
        return [cell.value for cell in rows[0]], {
            row[0].value: [cell.value for cell in row[1:]] for row in rows[1:]
        }

    def test_figures_and_formats(self):
        sheet = self._sheet(self._layout())
        heading, table = self._table(sheet)
        self.assertEqual(
            heading,
            [None, "Leads", "Won Deals", "Win Rate", "Won Revenue", "Average Sales Cycle (days)"],
        )
        self.assertEqual(table["Total"][:4], [10, 3, 0.375, 3000])
        self.assertEqual(table["North"][:4], [8, 3, 0.375, 3000])
        # Real zeros are zeros; no deal was closed, so there is no rate and no cycle.
        self.assertEqual(table["South"], [2, 0, None, 0, None])
        row = next(row for row in sheet.iter_rows() if row[0].value == "North")
        shapes = [cell.number_format for cell in row[1:]]
        self.assertEqual(shapes, ["#,##0", "#,##0", "0.00%", '#,##0.00 "€"', "#,##0.00"])
        notes = [cell.value for cell in sheet["A"][:4]]
        self.assertEqual(notes[0], "KPI Overview")
        self.assertIn("Last 12 Months", notes[1])
        self.assertIn("EUR", notes[2])
        self.assertIn("Generated on", notes[3])

    def test_columns_and_folded_groups(self):
        """Columns stand under the labels of their groups, the total last; order is kept."""
        columns = [
            {"values": values, "measure": measure}
            for values in ([self.south.id], [self.north.id], [])
            for measure in ("lead_count", "win_rate")
        ]
        layout = self._layout(
            row_groupbys=["day:month", "user_id"],
            rows=[[], [str(self.closed_on.replace(day=1))]],
            col_groupbys=["team_id"],
            columns=columns,
        )
        sheet = self._sheet(layout)
        first = openpyxl.utils.cell.coordinate_from_string(sheet.freeze_panes)[1]
        groups = [cell.value for cell in sheet[first - 2]]
        self.assertEqual(groups, [None, "South", None, "North", None, "Total", None])
        _heading, table = self._table(sheet)
        month = f"{self.closed_on:%B %Y}"
        self.assertEqual(list(table), ["Total", month])
        self.assertEqual(table["Total"], [2, None, 8, 0.375, 10, 0.375])
        self.assertEqual(table[month], [None, None, 0, 0.375, 0, 0.375])

    def test_A5_salesperson_gets_own_figures(self):
        """Whatever the browser sends, the figures are those its user may see."""
        _heading, table = self._table(self._sheet(self._layout(), SALESPERSON))
        self.assertEqual(table["Total"][:4], [3, 1, 0.5, 1000])
        layout = self._layout(
            row_groupbys=["user_id"],
            rows=[[], [self.salesperson.id], [self.manager.id]],
        )
        sheet = self._sheet(layout, SALESPERSON)
        _heading, table = self._table(sheet)
        self.assertEqual(table[self.salesperson.name][:3], [3, 1, 0.5])
        self.assertEqual(list(table), ["Total", self.salesperson.name])
        other = self._layout(domain=[("user_id", "=", self.manager.id)])
        _heading, table = self._table(self._sheet(other, SALESPERSON))
        self.assertEqual(table["Total"], [None] * 5, "figures of others are nobody's")

    def test_G1_hostile_names_stay_text(self):
        """A title, team or filter that looks like a formula or a link is written as text."""
        for name in HOSTILE:
            with self.subTest(name=name[:40]):
                self.north.name = name
                layout = self._layout(title=name, filters=[name])
                layout["columns"] = layout["columns"][:1]
                response = self._post(layout)
                self.assertEqual(response.status_code, 200, response.text[:500])
                book = openpyxl.load_workbook(io.BytesIO(response.content))
                cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
                self.assertTrue(any(str(cell.value).startswith(name[:20]) for cell in cells))
                self.assertEqual([c.coordinate for c in cells if c.data_type == "f"], [])
                self.assertEqual([c.coordinate for c in cells if c.hyperlink], [])

    def test_G1_negative_control(self):
        """The same check finds the formula that Odoo's own pivot download would write."""
        import xlsxwriter  # noqa: PLC0415

        stream = io.BytesIO()
        with xlsxwriter.Workbook(stream) as workbook:
            workbook.add_worksheet().write(0, 0, HOSTILE[0])
        book = openpyxl.load_workbook(stream)
        self.assertEqual(book.worksheets[0]["A1"].data_type, "f")

    @mute_logger("odoo.http")
    def test_malformed_layouts_are_refused(self):
        layout = self._layout()
        broken = [
            "no json",
            "[]",
            json.dumps({}),
            self._layout(columns=[{"values": [], "measure": "company_id"}]),
            self._layout(columns=[{"values": [], "measure": "nonsense"}]),
            self._layout(columns=[{"values": [[1]], "measure": "lead_count"}]),
            self._layout(row_groupbys=["nonsense"]),
            self._layout(row_groupbys=["lead_count.password"]),
            self._layout(rows=[[1, 2, 3]]),
            self._layout(domain=None),
        ]
        for content in broken:
            with self.subTest(content=str(content)[:80]):
                self.assertEqual(self._post(content).status_code, 400)
        self.assertEqual(self._post(layout).status_code, 200)

    @mute_logger("odoo.http")
    def test_too_wide_is_said(self):
        """A table that does not fit a sheet is refused in words, never cut."""
        column = {"values": [], "measure": "lead_count"}
        response = self._post(self._layout(columns=[column] * 16_384))
        self.assertEqual(response.status_code, 422)
        self.assertIn("16,384 columns", response.text)

    @mute_logger("odoo.http")
    def test_other_company_is_refused(self):
        """A company the user is not allowed cannot be asked for."""
        foreign = self.env["res.company"].create({"name": "Foreign"})
        layout = self._layout(context={"allowed_company_ids": foreign.ids})
        self.assertNotEqual(self._post(layout).status_code, 200)

    def test_A8_nobody_else_gets_a_byte(self):
        response = self.url_open(URL, data={"data": "{}"}, allow_redirects=False)
        self.assertNotEqual(response.status_code, 200)
