from datetime import date

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common_import import TableImport
from .test_target import TargetCase

HEAD = "KPI,Period,Target,Sales Team,Salesperson,Spread,Period Type,Note\n"
GOOD = HEAD + (
    'Won Revenue,2027,"1,200.00",,,season,,Budget\n'
    "won_count,Q2 2027,30,North Team,,,,\n"
    "Win Rate,2027-03,35 %,,kpi_rep,,,\n"
    "Win Rate,2027-04,0.4,,kpi_rep,,,\n"
    "Lost Deals,2027-04-01,12,,,,year,\n"
)


@tagged("post_install", "-at_install", "fault")
class TestTargetImport(TableImport, TargetCase):
    wizard_model = "crm.kpi.target.import"

    def _wizard_vals(self):
        return {"company_id": self.company.id}

    def _all(self):
        return {
            (t.kpi_id.code, t.team_id.name or "", t.user_id.login or "", str(t.date_from),
             t.period_type): t.amount
            for t in self.Target.search([("company_id", "=", self.company.id)])
        }

    def test_targets_are_read_as_they_stand(self):
        wizard = self._import(GOOD)
        self.assertFalse(wizard.issue_ids.mapped("message"))
        self.assertEqual(self._all(), {
            ("won_revenue", "", "", "2027-01-01", "year"): 1200,
            ("won_count", "North Team", "", "2027-04-01", "quarter"): 30,
            ("win_rate", "", "kpi_rep", "2027-03-01", "month"): 0.35,
            ("win_rate", "", "kpi_rep", "2027-04-01", "month"): 0.4,
            ("lost_count", "", "", "2027-04-01", "year"): 12,
        })
        self.assertIn("5 new", wizard.preview)
        season = self.Target.search([("note", "=", "Budget")])
        self.assertEqual((season.spread, len(season.month_ids)), ("season", 12))

    def test_C8_second_import_doubles_nothing_and_replaces(self):
        self._import(GOOD)
        before = self._all()
        wizard = self._import(GOOD)
        self.assertEqual(self._all(), before)
        self.assertIn("0 new", wizard.preview)
        self._import(HEAD + "won_revenue,2027,2400,,,,,\n")
        self.assertEqual(self._all(), {
            **before, ("won_revenue", "", "", "2027-01-01", "year"): 2400})

    def test_xlsx_with_numbers_and_days(self):
        wizard = self._import_book(
            ["Metric", "Year", "Goal", "Extra"], ["Won Deals", 2027, 40, "x"],
            ["Win Rate", 2028, 0.4, "x"])
        self.assertEqual(self._all(), {
            ("won_count", "", "", "2027-01-01", "year"): 40,
            ("win_rate", "", "", "2028-01-01", "year"): 0.4,
        })
        self.assertEqual(wizard.left_out, "Extra")

    def test_C7_bad_rows_are_named_and_nothing_is_written(self):
        self._target(first="2028-01-01", period="year")
        before = self._all()
        for row, words in (
            ("No Such KPI,2027,1,,,,,", "KPI dictionary"), (",2027,1,,,,,", "names no KPI"),
            ("won_count,,1,,,,,", "no period"), ("won_count,soon,1,,,,,", "not a date"),
            ("won_count,2027-13,1,,,,,", "no such day"), ("won_count,1066,1,,,,,", "1970"),
            ("won_count,2027,,,,,,", "no target"), ("won_count,2027,abc,,,,,", "not a number"),
            ("won_count,2027,-5,,,,,", "negative"), ("won_count,2027,NaN,,,,,", "not a number"),
            ("won_count,2027,inf,,,,,", "not a number"), ("won_count,2027,(5),,,,,", "Brackets"),
            ("won_count,2027,99999999999999999,,,,,", "trillion"),
            ("won_count,2027,5 %,,,,,", "no percentage"), ("win_rate,2027,35,,,,,", "percentage"),
            ("won_count,2027,5,Nobody,,,,", "No sales team"),
            ("won_count,2027,5,West Team,,,,", "No sales team"),
            ("won_count,2027,5,,kpi_other,,,", "No salesperson"),
            ("won_count,2027,5,,,sometimes,,", "even or season"),
            ("won_count,2027,5,,,,weekly,", "month, quarter or year"),
            ("won_count,2027,5,,,,,,x,y", "values"), ("won_count,=1+1,5,,,,,", "not a date"),
            ("won_revenue,2028-06,5,,,,,", "a part of these months"),
            ("lost_count,Q1 2027,5,,,,,", "Row 2 has a target"),
        ):
            with self.subTest(row=row):
                wizard = self._import(f"{HEAD}lost_count,2027,9,,,,,\n{row}\n")
                self.assertEqual(wizard.issue_ids[:1].row, 3)
                self.assertIn(words, wizard.issue_ids[0].message)
                self.assertFalse(wizard.preview)
                self.assertEqual(self._all(), before)

    def test_C7_files_that_are_no_list_of_targets(self):
        for content in ("", "KPI,Period,Target\n", "KPI,Period\nwon_count,2027\n", "a,b\n1,2\n",
                        "%PDF-1.4", b"PK\x03\x04 broken"):
            with self.assertRaises(UserError, msg=content), self.env.cr.savepoint():
                self._import(content)
        self.assertFalse(self._all())

    def test_import_needs_a_check_and_reads_again(self):
        with self.assertRaises(UserError):
            self._wizard(GOOD).action_import()
        wizard = self._wizard(GOOD)
        wizard.action_check()
        self._target(first="2027-06-01")
        wizard.action_import()
        self.assertEqual(wizard.state, "check")
        self.assertIn("part of these months", wizard.issue_ids.message)


@tagged("post_install", "-at_install")
class TestTargetCopy(TargetCase):
    def _copy(self, targets, change=0.1):
        return self.env["crm.kpi.target.copy"].with_user(self.manager).create(
            {"target_ids": targets.ids, "change": change})

    def test_copy_to_next_year(self):
        year = self._target(amount=1000, first="2026-01-01", period="year", spread="season",
                            team_id=self.team.id, note="Plan")
        rate = self._target("win_rate", 0.3, "2026-03-01", user_id=self.rep.id)
        action = self._copy(year + rate).action_copy()
        copies = self.Target.search(action["domain"], order="date_from")
        self.assertEqual(
            [(t.kpi_id.code, t.date_from, t.amount, t.period_type) for t in copies],
            [("won_revenue", date(2027, 1, 1), 1100, "year"),
             ("win_rate", date(2027, 3, 1), 0.33, "month")])
        self.assertEqual((copies[0].team_id, copies[0].spread, copies[0].note),
                         (self.team, "season", "Plan"))
        self.assertEqual(copies[1].user_id, self.rep)

    def test_what_is_there_stays(self):
        old = self._target(amount=1000)
        new = self._target(amount=5, first="2027-03-01")
        other = self._target("won_count", 10)
        wizard = self._copy(old + other)
        self.assertEqual(wizard.existing_count, 1)
        wizard.action_copy()
        self.assertEqual(new.amount, 5)
        with self.assertRaisesRegex(UserError, "next year already"):
            self._copy(old + other).action_copy()

    def test_a_target_does_not_become_nothing(self):
        with self.assertRaises(UserError):
            self._copy(self._target(), -1).action_copy()
