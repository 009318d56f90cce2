"""The workbook of a study: the figures of the screen, recalculated from its own formulas."""

import base64
import io

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..reports.study_sheet import COL, HEAD, render_study
from ..reports.xlsx import add_sheet, safe_workbook, write_formula
from .common_study import StudyCase
from .sheet_calculator import Workbook
from .xlsx_checker import faults

SHEETS = ["Summary", "Months", "Margin Split", "KPIs", "Methods", "Assumptions"]


def name_of(column):
    return chr(ord("A") + column)


@tagged("post_install", "-at_install", "fault")
class TestStudySheet(StudyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.data = render_study(cls.study)
        cls.book = Workbook(cls.data)

    def check(self, cell, expected, sheet="Summary"):
        """A formula gives the figure of the screen, and shows it without being calculated."""
        if expected is False:
            self.assertFalse(self.book.value(sheet, cell))
            return
        self.assertAlmostEqual(self.book.value(sheet, cell), expected, 4, f"{sheet}!{cell}")
        self.assertAlmostEqual(self.book.shown[sheet][cell].value, expected, 4, f"{sheet}!{cell}")

    def test_summary_is_the_screen(self):
        study = self.study
        for cell, name in (
            ("B9", "gain_low"), ("C9", "gain"), ("D9", "gain_high"), ("C10", "saving_cash"),
            ("C11", "total_cost"), ("B12", "roi_low"), ("C12", "roi_base"), ("D12", "roi_high"),
            ("B13", "npv_low"), ("C13", "npv_base"), ("D13", "npv_high"),
        ):
            self.assertTrue(str(self.book.formulas["Summary"][cell].value).startswith("="), cell)
            self.check(cell, study[name])

    def test_months_are_the_screen(self):
        for place, month in enumerate(self.study.month_ids):
            for name in ("crm_cost", "cost", "gain", "saving_cash", "net", "cumulative_low",
                         "cumulative", "cumulative_high", "discounted", "cumulative_discounted"):
                self.check(f"{name_of(COL[name])}{HEAD + 1 + place}", month[name], "Months")
        total = HEAD + 1 + len(self.study.month_ids)
        self.check(f"{name_of(COL['cost'])}{total}", self.study.total_cost, "Months")
        self.check(f"{name_of(COL['net'])}{total}", self.study.month_ids[-1].cumulative, "Months")

    def test_every_formula_shows_its_value(self):
        cells = self.book.formula_cells()
        self.assertGreater(len(cells), 150)
        for sheet, cell in cells:
            shown = self.book.shown[sheet][cell].value
            found = self.book.value(sheet, cell)
            if isinstance(found, str):
                self.assertEqual(shown or "", found)
            else:
                self.assertAlmostEqual(shown, found, 4, f"{sheet}!{cell}")

    def test_formulas_live(self):
        """A reader who changes a cost sees ROI, running total and present value follow."""
        book = Workbook(self.data)
        present = book.value("Summary", "C13")
        cell = f"{name_of(COL['crm_cost'])}{HEAD + 1}"
        book.enter("Months", cell, book.value("Months", cell) + 5000)
        cost = self.study.total_cost + 5000
        expected = (self.study.gain + self.study.saving_cash - cost) / cost
        self.assertAlmostEqual(book.value("Summary", "C12"), expected, 6)
        self.assertAlmostEqual(book.value("Summary", "C13"), present - 5000, 2)
        book.enter("Summary", "B6", 0)
        self.assertGreater(book.value("Summary", "C12"), expected)

    def test_parts_add_up(self):
        parts = self.study.part_ids
        self.assertEqual(self.book.value("Margin Split", f"B{len(parts) + 2}"), 0)
        self.assertEqual(self.book.shown["Margin Split"]["B3"].value, -2100.5)

    def test_unknown_is_empty_and_not_zero(self):
        study = self.make_study("Unknown")
        study.month_ids[3].sudo().write({"gain": False, "net": False, "discounted": False})
        study.sudo().write({"gain": False, "roi_base": False, "npv_base": False})
        book = Workbook(render_study(study))
        self.assertEqual(book.value("Summary", "C9"), "")
        self.assertEqual(book.value("Summary", "C12"), "n/a")
        self.assertEqual(book.shown["Summary"]["C12"].value, "n/a")
        self.assertEqual(book.value("Summary", "C13"), "")
        self.assertAlmostEqual(book.value("Summary", "B12"), study.roi_low, 6)
        self.assertEqual(book.value("Months", f"{name_of(COL['net'])}{HEAD + 4}"), "")

    def test_C1_no_cost_has_no_return(self):
        study = self.make_study("Free")
        study.month_ids.sudo().write({"crm_cost": 0.0, "acquisition_cost": 0.0, "cost": 0.0})
        book = Workbook(render_study(study))
        self.assertEqual(book.value("Summary", "C12"), "n/a")

    def test_draft_has_a_workbook_too(self):
        draft = self.Study.create({
            "name": "Draft", "company_id": self.company.id, "baseline_id": self.baseline.id,
            "date_from": "2025-10-01", "date_to": "2026-09-30", "switch_date": "2025-10-01"})
        self.assertEqual(Workbook(render_study(draft)).formulas.sheetnames, SHEETS)

    def test_G1_texts_of_users_stay_texts(self):
        payload = '=cmd|"/C calc"!A1'
        study = self.make_study(payload, note="<p>=1+1</p>")
        study.saving_ids.name = "{=1+1}"
        study.baseline_id.name = "@SUM(A1)\x00\ud800"
        data = render_study(study)
        ours = [fault for fault in faults(data) if "<f>" not in fault
                and "formula result" not in fault]
        self.assertEqual(ours, [])
        book = Workbook(data)
        for sheet, cell in book.formula_cells():
            self.assertRegex(book.formulas[sheet][cell].value, r"^=(IF|ROUND|\()")
            self.assertNotIn("cmd", book.formulas[sheet][cell].value)
        self.assertEqual(book.shown["Summary"]["A1"].value, payload)
        self.assertEqual(book.formulas["Summary"]["A1"].data_type, "s")

    def test_G1_negative_control_only_own_formulas_are_written(self):
        with safe_workbook(io.BytesIO()) as workbook:
            sheet = add_sheet(workbook, "x")
            for formula in ('=cmd|"/C calc"!A1', "=HYPERLINK(A1)&\"x\"", "SUM(A1)",
                            "='[other.xlsx]S'!A1", "=WEBSERVICE(a1)", "=SUM(A1)&\"x\""):
                with self.assertRaisesRegex(ValueError, "not a formula of this program"):
                    write_formula(sheet, 0, 0, formula)
            write_formula(sheet, 0, 0, "=SUM(A2:A9)", value=3)

    def test_G2_sheet_names(self):
        self.assertEqual(self.book.formulas.sheetnames, SHEETS)

    def test_download_is_for_managers_of_the_company(self):
        action = self.study.with_user(self.manager).action_download_xlsx()
        self.assertIn(f"/{self.study.id}/xlsx_file", action["url"])
        file = self.study.with_user(self.manager).xlsx_file
        self.assertEqual(base64.b64decode(file)[:2], b"PK")
        for user in (self.rep, self.colleague, self.other_manager):
            with self.assertRaises(AccessError):
                self.study.with_user(user).read(["xlsx_file"])
