import base64
from datetime import date, datetime

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import KpiCase
from .test_fault_import import workbook

HEAD = "id,description,date,to,category,amount,campaign\n"
GOOD = "A1,Clicks,2026-01-01,2026-01-31,media,1200.50,\n"

# name: (rows under HEAD, expected problems as (row, column, value))
BAD_CELLS = {
    "letters": ("A2,B,2026-01-01,,media,abc,", [(3, "amount", "abc")]),
    "nan": ("A2,B,2026-01-01,,media,NaN,", [(3, "amount", "NaN")]),
    "infinity": ("A2,B,2026-01-01,,media,inf,", [(3, "amount", "inf")]),
    "exponent": ("A2,B,2026-01-01,,media,1e30,", [(3, "amount", "1e30")]),
    "too big": ("A2,B,2026-01-01,,media,1000000000000,", [(3, "amount", "1000000000000")]),
    "brackets": ("A2,B,2026-01-01,,media,(100),", [(3, "amount", "(100)")]),
    "negative": ("A2,B,2026-01-01,,media,-5,", [(3, "amount", "-5")]),
    "other decimal": ('A2,B,2026-01-01,,media,"1.234,56",', [(3, "amount", "1.234,56")]),
    "no such day": ("A2,B,2026-02-30,,media,5,", [(3, "date", "2026-02-30")]),
    "no date": ("A2,B,,,media,5,", [(3, "date", "")]),
    "no words": ("A2,B,soon,,media,5,", [(3, "date", "soon")]),
    "ends before": ("A2,B,2026-02-10,2026-02-09,media,5,", [(3, "to", "2026-02-09")]),
    "eleven years": ("A2,B,2026-01-01,2037-01-01,media,5,", [(3, "to", "2037-01-01")]),
    "no amount": ("A2,B,2026-01-01,,media,,", [(3, "amount", "")]),
    "no category": ("A2,B,2026-01-01,,,5,", [(3, "category", "")]),
    "unknown category": ("A2,B,2026-01-01,,Rockets,5,", [(3, "category", "Rockets")]),
    "unknown campaign": ("A2,B,2026-01-01,,media,5,No Such", [(3, "campaign", "No Such")]),
    "double id": ("A1,B,2026-01-01,,media,5,", [(3, "id", "A1")]),
    "empty id": (",B,2026-01-01,,media,5,", [(3, "id", "")]),
    "nul": ("A2,B\x00b,2026-01-01,,media,5,", [(3, "description", "B␀b")]),
    "too many values": ("A2,B,2026-01-01,,media,5,,9", [(3, "", "")]),
    "several": ("A2,B,2026-13-01,,Rockets,abc,\nA3,C,2026-01-01,,media,,",
                [(3, "date", "2026-13-01"), (3, "amount", "abc"), (3, "category", "Rockets"),
                 (4, "amount", "")]),
}


@tagged("post_install", "-at_install", "fault")
class TestRoiCostImport(KpiCase):
    """Catalogue C7, for costs: all or nothing, every problem by row, column and value."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Import = cls.env["crm.roi.cost.import"].with_user(cls.manager)
        cls.category = cls.env["crm.roi.cost.category"].create(
            {"name": "Cost Import Media", "code": "cost-import-media", "kind": "acquisition"}
        )
        cls.campaign = cls.env["utm.campaign"].create({"name": "Cost Import Spring"})
        cls.vendor = cls.env["res.partner"].create({"name": "Cost Import Vendor"})

    def check(self, content, columns=None, **values):
        """Return a wizard at the step Check.

        :param content: bytes, or text where "media" stands for the category of this test
        """
        if isinstance(content, str):
            content = content.replace(",media,", ",cost-import-media,").encode()
        wizard = self.Import.create({
            "company_id": self.company.id, "file": base64.b64encode(content),
            "filename": "costs.csv",
        })
        wizard.action_read()
        for header, target in (columns or {}).items():
            wizard.column_ids.filtered(lambda one, header=header: one.header == header).target = (
                target)
        wizard.write(values)
        wizard.action_check()
        return wizard

    def bring(self, content, **values):
        wizard = self.check(content, **values)
        self.assertFalse(
            wizard.issue_count, [(one.row, one.column, one.message) for one in wizard.issue_ids]
        )
        wizard.action_import()
        self.assertEqual(wizard.state, "done")
        return wizard

    def costs(self):
        return self.env["crm.roi.cost"].search(
            [("import_ref", "!=", False), ("company_id", "=", self.company.id)], order="id"
        )

    # -- bad files ---------------------------------------------------------------------------

    def test_C7_bad_rows_are_named_and_nothing_is_written(self):
        for name, (rows, expected) in BAD_CELLS.items():
            with self.subTest(name):
                wizard = self.check(HEAD + GOOD + rows + "\n", decimal=".")
                found = [(one.row, one.column, one.value or "") for one in wizard.issue_ids]
                self.assertEqual(found, expected)
                self.assertTrue(all(len(one.message) > 15 for one in wizard.issue_ids))
                self.assertTrue(wizard.issue_file)
                wizard.action_import()
                self.assertEqual(wizard.state, "check")
                self.assertFalse(self.costs())

    def test_C7_unknown_company_and_currency(self):
        head = "date,category,amount,company,currency\n"
        wizard = self.check(
            head + f"2026-01-01,media,5,{self.other_company.name},EUR\n"
            "2026-01-01,media,5,Nobody,EUR\n2026-01-01,media,5,,XXQ\n"
        )
        found = [(one.row, one.column, one.value) for one in wizard.issue_ids]
        # A company of the group that is not the manager's is unknown to her.
        self.assertEqual(found, [
            (2, "company", self.other_company.name), (3, "company", "Nobody"),
            (4, "currency", "XXQ"),
        ])

    def test_C7_unreadable_files_say_what_to_do(self):
        for content, words in (
            (b" ", "empty"), (b"%PDF-1.4 x", "neither a CSV nor an XLSX"),
            (b"date,category,amount\n", "no rows"), (b"PK\x03\x04broken", "damaged"),
            (b'date,category,amount\n"2026', "quotation mark"),
        ):
            wizard = self.Import.create({
                "company_id": self.company.id, "file": base64.b64encode(content),
            })
            with self.assertRaisesRegex(UserError, words):
                wizard.action_read()

    def test_C7_columns_that_are_missing_or_double(self):
        with self.assertRaisesRegex(UserError, "No column is imported as “From”"):
            self.check("category,amount\nmedia,5\n")
        with self.assertRaisesRegex(UserError, "Two columns are imported as “Amount”"):
            self.check("date,category,amount,extra\n2026-01-01,media,5,6\n",
                       columns={"extra": "amount"})

    def test_C7_ambiguous_numbers_and_dates_are_asked(self):
        with self.assertRaisesRegex(UserError, "Choose the decimal mark"):
            self.check('date,category,amount\n2026-01-01,media,"1,234"\n')
        with self.assertRaisesRegex(UserError, "day or the month comes first"):
            self.check("date,category,amount\n03/04/2026,media,5\n")
        wizard = self.check(
            'date,category,amount\n03/04/2026,media,"1,234"\n', decimal=",", date_order="dmy"
        )
        self.assertEqual(wizard.preview_ids.amount, 1.23)  # euros have cents
        self.assertEqual(wizard.preview_ids.date_from, date(2026, 4, 3))

    # -- good files --------------------------------------------------------------------------

    def test_C7_encodings_and_delimiters(self):
        text = "Datum;Kategorie;Betrag;Text\n01.02.2026;cost-import-media;1.234,56;Café\n"
        columns = {"Datum": "date_from", "Kategorie": "category", "Betrag": "amount",
                   "Text": "name"}
        for content in (text.encode(), b"\xef\xbb\xbf" + text.encode(), text.encode("cp1252"),
                        text.encode("latin-1"), text.encode("utf-16")):
            wizard = self.check(content, columns=columns, date_order="dmy")
            self.assertFalse(wizard.issue_count, wizard.issue_ids.mapped("message"))
            self.assertEqual(wizard.preview_ids.amount, 1234.56)
            self.assertEqual(wizard.preview_ids.title, "Café")

    def test_C7_accepted_numbers_are_echoed(self):
        wizard = self.check(
            "date,category,amount,currency\n2026-01-01,media,1200.5,EUR\n"
            "2026-02-01,media,99.5,EUR\n2026-03-01,media,10,USD\n"
        )
        lines = wizard.totals.splitlines()
        self.assertEqual(len(lines), 2)  # currencies are never added up
        self.assertIn("2 costs", lines[0])
        self.assertIn("1,300.00", lines[0])
        self.assertIn("10.00", lines[1])
        self.assertEqual([wizard.new_count, wizard.known_count], [3, 0])
        self.assertEqual(wizard.preview_ids[0].in_file, "1200.5")
        self.assertEqual([wizard.date_from, wizard.date_to], [date(2026, 1, 1), date(2026, 3, 1)])

    def test_values_arrive(self):
        content = workbook(
            ["id", "description", "date", "to", "category", "amount", "currency", "campaign",
             "sales team", "vendor", "note"],
            ["X1", "Spots", datetime(2026, 1, 1), date(2026, 1, 31), self.category.name, 310.5,
             "usd", "cost import SPRING", "North Team", "Cost Import Vendor", "as agreed"],
        )
        self.bring(content)
        cost = self.costs()
        self.assertEqual(
            [cost.name, cost.date_from, cost.date_to, cost.category_id, cost.amount],
            ["Spots", date(2026, 1, 1), date(2026, 1, 31), self.category, 310.5],
        )
        self.assertEqual(cost.currency_id, self.env.ref("base.USD"))
        self.assertEqual(cost.company_id, self.company)
        self.assertEqual([cost.campaign_id, cost.team_id, cost.partner_id, cost.note],
                         [self.campaign, self.team, self.vendor, "as agreed"])

    def test_quantity_times_unit_cost(self):
        self.bring("date,category,hours,people,hourly cost\n2026-01-01,media,8,5,40\n")
        self.assertEqual(self.costs().amount, 1600)
        self.assertEqual(self.costs().calculation, "quantity")

    def test_C2_credits_only_when_said(self):
        rows = "date,category,amount\n2026-01-01,media,100\n2026-01-02,media,-40\n"
        self.assertEqual(self.check(rows).issue_count, 1)
        self.bring(rows, has_credits=True)
        self.assertEqual(self.costs().mapped("amount"), [100, -40])
        self.assertEqual(self.costs().mapped("is_credit"), [False, True])

    def test_missing_campaigns_are_created_when_asked(self):
        rows = ("date,category,amount,campaign,source,vendor\n"
                "2026-01-01,media,1,New Push,New Place,New Vendor\n"
                "2026-01-02,media,2,new push,,\n")
        self.assertEqual(self.check(rows).issue_count, 4)
        self.manager.group_ids += self.env.ref("base.group_partner_manager")
        wizard = self.check(rows, create_missing=True)
        self.assertIn("Campaign: New Push", wizard.created_names)
        self.assertFalse(self.env["utm.campaign"].search([("name", "=", "New Push")]))
        wizard.action_import()
        first, second = self.costs()
        self.assertEqual(first.campaign_id, second.campaign_id)
        self.assertEqual(first.partner_id.name, "New Vendor")

    def test_C7_the_same_file_twice_doubles_nothing(self):
        for rows in (
            HEAD + GOOD + "A2,B,2026-01-01,,media,5,\n",
            # Without an id, with two rows that are alike.
            "date,category,amount\n2026-01-01,media,5\n2026-01-01,media,5\n2026-02-01,media,7.0049\n",
        ):
            wizard = self.bring(rows)
            before = self.costs()
            self.assertEqual(wizard.created_count, wizard.row_count)
            wizard = self.bring(rows)
            self.assertEqual([wizard.created_count, wizard.updated_count], [0, 0])
            self.assertEqual(wizard.unchanged_count, wizard.row_count)
            self.assertEqual(self.costs(), before)

    def test_a_corrected_file_updates(self):
        self.bring(HEAD + GOOD)
        cost = self.costs()
        cost.note = "kept"
        wizard = self.bring(HEAD + GOOD.replace("1200.50", "1300"))
        self.assertEqual([wizard.updated_count, wizard.created_count], [1, 0])
        self.assertEqual(self.costs(), cost)
        self.assertEqual([cost.amount, cost.note], [1300, "kept"])

    def test_columns_are_remembered(self):
        rows = "when,what,how much\n2026-01-01,media,5\n"
        self.bring(rows, columns={
            "when": "date_from", "what": "category", "how much": "amount",
        })
        wizard = self.Import.create({
            "company_id": self.company.id, "file": base64.b64encode(rows.encode()),
        })
        wizard.action_read()
        self.assertEqual(
            wizard.column_ids.mapped("target"), ["date_from", "category", "amount"]
        )

    def test_failure_while_writing_leaves_nothing(self):
        wizard = self.check(HEAD + GOOD + "A2,B,2026-01-01,,media,5,New\n", create_missing=True)
        self.patch(type(self.env["crm.roi.cost"]), "create", self._poison)
        with self.assertRaises(ValueError):
            wizard.action_import()
        self.env.invalidate_all()
        self.assertFalse(self.costs())
        self.assertFalse(self.env["utm.campaign"].search([("name", "=", "New")]))

    @staticmethod
    def _poison(records, vals_list):
        raise ValueError("poison")

    def test_locked_days_are_told(self):
        self.company.kpi_lock_date = "2026-06-01"
        self.assertIn("locked before", self.check(HEAD + GOOD).notice)
