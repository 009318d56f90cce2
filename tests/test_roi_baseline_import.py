from odoo.exceptions import UserError
from odoo.tests import tagged

from .common_import import TableImport
from .common_roi import RoiCase, day

GOOD = "Month;Sales Team;Won Deals;Closed Deals;Won Revenue;Order Margin\n" \
       "2023-01;;10;40;1.234,50;-20,5\n" \
       "2023-02;;12;41;2.000,00;30\n" \
       "02/2023;North Team;5;;900,25;\n"


@tagged("post_install", "-at_install", "fault")
class TestRoiBaselineImport(TableImport, RoiCase):
    """Monthly figures of the old system from a file: all or nothing, with row and reason."""

    wizard_model = "crm.roi.baseline.import"

    def setUp(self):
        super().setUp()
        self.baseline = self.Baseline.create({
            "name": "Old system", "kind": "imported", "date_from": "2023-01-01",
            "date_to": "2023-01-31", "company_id": self.company.id,
        })

    def _wizard_vals(self):
        return {"baseline_id": self.baseline.id}

    def _figures(self):
        return {(str(line.month)[:7], line.team_id.name or "", line.code): line.value
                for line in self.baseline.line_ids}

    def test_figures_are_read_as_they_stand(self):
        wizard = self._import(GOOD)
        self.assertEqual(self._figures(), {
            ("2023-01", "", "won_count"): 10, ("2023-01", "", "closed_count"): 40,
            ("2023-01", "", "won_revenue"): 1234.5, ("2023-01", "", "order_margin"): -20.5,
            ("2023-02", "", "won_count"): 12, ("2023-02", "", "closed_count"): 41,
            ("2023-02", "", "won_revenue"): 2000, ("2023-02", "", "order_margin"): 30,
            ("2023-02", "North Team", "won_count"): 5,
            ("2023-02", "North Team", "won_revenue"): 900.25,
        })
        self.assertEqual(self.baseline.date_to, day("2023-02-28"))
        self.assertIn("27", wizard.preview)
        self.assertIn("4,134.75", wizard.preview)

    def test_second_import_doubles_nothing_and_replaces(self):
        self._import(GOOD)
        before = self._figures()
        self._import(GOOD)
        self.assertEqual(self._figures(), before)
        self._import("Month,Won Deals\n2023-01,99\n")
        self.assertEqual(self._figures(), {**before, ("2023-01", "", "won_count"): 99})

    def test_xlsx_with_days_and_codes(self):
        wizard = self._import_book(
            ["Date", "won_count", "Comment"], [day("2023-01-31"), 7, "ok"])
        self.assertEqual(self._figures(), {("2023-01", "", "won_count"): 7})
        self.assertEqual(wizard.left_out, "Comment")

    def test_C7_bad_rows_are_named_and_nothing_is_written(self):
        head = "Month,Sales Team,Won Deals,Won Revenue\n"
        for row, words in (
            ("2023-01,,abc,1", "not a number"), ("2023-01,,NaN,1", "not a number"),
            ("2023-01,,inf,1", "not a number"), ("2023-01,,-3,1", "negative"),
            ("2023-01,,1,(100)", "Brackets"), ("2023-01,,1,1e30", "not a number"),
            ("2023-01,,1,99999999999999999", "trillion"), ("2023-13,,1,1", "no such day"),
            ("2023-02-30,,1,1", "no such day"), ("soon,,1,1", "not a date"),
            (",,1,1", "no month"), ("2023-01,Nobody,1,1", "No sales team"),
            ("2023-01,,,", "no figures"), ("2023-01,,1,1,1,1", "6 values"),
            ("1066-01,,1,1", "1970"), ("2023-01,West Team,1,1", "No sales team"),
        ):
            with self.subTest(row=row):
                wizard = self._import(f"{head}2023-03,,1,1\n{row}\n")
                self.assertEqual(wizard.issue_ids[:1].row, 3)
                self.assertIn(words, wizard.issue_ids[0].message)
                self.assertFalse(wizard.preview)
                self.assertFalse(self.baseline.line_ids)
        wizard = self._import(f"{head}2023-01,,1,1\n2023-01-15,,2,2\n")
        self.assertIn("Row 2 has this month", wizard.issue_ids.message)

    def test_C7_files_that_are_no_table_of_months(self):
        for content in ("", "Month\n2023-01\n", "Won Deals\n3\n", "a,b\n1,2\n", "%PDF-1.4"):
            with self.assertRaises(UserError, msg=content), self.env.cr.savepoint():
                self._import(content)
        self.assertFalse(self.baseline.line_ids)

    def test_D8_a_frozen_baseline_takes_no_file(self):
        self._import(GOOD)
        wizard = self._wizard("Month,Won Deals\n2023-01,1\n")
        wizard.action_check()
        self.baseline.action_confirm()
        before = self._figures()
        with self.assertRaises(UserError):
            wizard.action_import()
        self.assertEqual(self._figures(), before)

    def test_import_needs_a_check_first(self):
        with self.assertRaises(UserError):
            self._wizard(GOOD).action_import()
