import json
import re

from odoo.addons.spreadsheet.utils.validate_data import fields_in_spreadsheet, odoo_charts
from odoo.tests import TransactionCase, tagged
from odoo.tools import file_open

KPI_CELL = re.compile(r'CRM\.KPI\("(\w+)","(\w+)"')
LINE = re.compile(r'PIVOT\.(?:VALUE|HEADER)\((\d+)(?:,"measure")?,"(#?\w+)"')
SOURCE = re.compile(r"\b(PIVOT|ODOO|CRM)\.")


@tagged("post_install", "-at_install")
class TestDashboardFiles(TransactionCase):
    """What the files of the dashboards name exists, and what they say is meant for their readers.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dashboards = cls.env["spreadsheet.dashboard"].search([
            ("dashboard_group_id", "=", cls.env.ref("crm_roi.spreadsheet_dashboard_group_crm").id),
        ])
        cls.books = {board: json.loads(board.spreadsheet_data) for board in cls.dashboards}

    def cells(self, book):
        return [content for sheet in book["sheets"] for content in sheet["cells"].values()]

    def test_fields_and_kpis_exist(self):
        found = set()
        for board, book in self.books.items():
            for model, names in fields_in_spreadsheet(book).items():
                for name in names:
                    self.assertIn(name, self.env[model]._fields, f"{board.name}: {model}.{name}")
            text = "\n".join(self.cells(book))
            found |= set(KPI_CELL.findall(text))
        kpis = set(self.env["crm.kpi"]._declared())
        self.assertLessEqual({code for code, _what in found}, kpis)
        figure = self.env["crm.kpi.figures"].spreadsheet_fetch_figures([
            {"code": "win_rate", "first": "2026-01-01", "stop": "2026-02-01", "unit": "month"},
        ])[0]
        middles = {f"middle{end}" for end in ("", "_low", "_high", "_n")}
        self.assertLessEqual({what for _code, what in found}, set(figure) | middles)

    def test_filters_match_fields(self):
        for board, book in self.books.items():
            filters = {one["id"]: one for one in book["globalFilters"]}
            sources = [*book["pivots"].values(), *book["lists"].values()]
            for source in sources:
                for key, match in source["fieldMatching"].items():
                    field = self.env[source["model"]]._fields[match["chain"]]
                    self.assertEqual(field.type, match["type"], f"{board.name}: {match}")
                    if match["type"] == "many2one":
                        self.assertEqual(field.comodel_name, filters[key]["modelName"])
            self.assertFalse(odoo_charts(book), "charts show 0 where there is no data")

    def test_cells_read_pivots_and_measures_that_exist(self):
        for board, book in self.books.items():
            for content in self.cells(book):
                for number, name in LINE.findall(content):
                    pivot = book["pivots"][number]
                    known = {measure["id"] for measure in pivot["measures"]}
                    known |= {f"#{row['fieldName']}" for row in pivot["rows"]}
                    self.assertIn(name, known, f"{board.name}: {content}")

    def test_percentages_are_shown_as_such(self):
        """Each cell of a share in a table has a format with a percent sign."""
        checked = 0
        for board, book in self.books.items():
            for sheet in book["sheets"]:
                formats = {}
                for cells, number in sheet["formats"].items():
                    for cell in self.spread(cells):
                        formats[cell] = book["formats"][str(number)]
                for cell, content in sheet["cells"].items():
                    match = re.match(r'=PIVOT\.VALUE\((\d+),"(\w+)"', content)
                    model = match and book["pivots"][match[1]]["model"]
                    field = model and self.env[model]._fields.get(match[2])
                    if not getattr(field, "unit", None):
                        continue
                    is_share = field.unit == "percent"
                    self.assertEqual("%" in formats.get(cell, ""), is_share,
                                     f"{board.name} {sheet['name']}!{cell}: {content}")
                    checked += 1
        self.assertGreater(checked, 50)

    def spread(self, cells):
        first, _colon, last = cells.partition(":")
        (column, row), (stop, end) = (
            (ord(cell[0]), int(cell[1:])) for cell in (first, last or first)
        )
        return [f"{chr(c)}{r}" for c in range(column, stop + 1) for r in range(row, end + 1)]

    def test_samples_read_nothing(self):
        for board in self.dashboards:
            with file_open(board.sample_dashboard_file_path) as file:
                sample = json.load(file)
            self.assertFalse(sample["pivots"] or sample["lists"] or sample["globalFilters"])
            self.assertFalse([c for c in self.cells(sample) if SOURCE.search(c)])
            names = [sheet["name"] for sheet in sample["sheets"]]
            self.assertEqual(names, [sheet["name"] for sheet in self.books[board]["sheets"]])

    def test_restricted_kpis_are_read_apart(self):
        """A pivot of a KPI for managers only would be empty as a whole for anybody else."""
        Snapshot = self.env["crm.kpi.snapshot"]
        manager = self.env.ref("sales_team.group_sale_manager")
        for board, book in self.books.items():
            if board.group_ids <= manager:
                continue
            for pivot in book["pivots"].values():
                for measure in pivot["measures"]:
                    field = Snapshot._fields.get(measure["fieldName"])
                    self.assertFalse(field is not None and field.groups, f"{board.name}: {measure}")
