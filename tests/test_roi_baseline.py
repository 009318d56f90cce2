from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..tools.panel import ALL, Group, Panel, month_number, same_season, whole_months
from .common_roi import RoiCase, day


@tagged("post_install", "-at_install")
class TestPanel(RoiCase):
    """Months, seasons and sums of teams."""

    def test_whole_months_leave_out_what_is_cut(self):
        jan = month_number(day("2025-01-01"))
        for first, stop, expected in (
            ("2025-01-01", "2025-03-01", [jan, jan + 1]), ("2025-01-02", "2025-03-01", [jan + 1]),
            ("2025-01-01", "2025-02-28", [jan]), ("2025-01-15", "2025-01-20", []),
            ("2024-12-31", "2025-02-01", [jan]),
        ):
            self.assertEqual(whole_months(day(first), day(stop)), expected, (first, stop))

    def test_seasons_are_matched_only_when_all_occur(self):
        before = list(range(24000, 24012))
        self.assertEqual(same_season(before, [24036, 24037]), [24000, 24001])
        self.assertEqual(same_season(before, range(24012, 24030)), before)
        self.assertEqual(same_season(before[:6], [24020]), before[:6])

    def test_unknown_is_not_zero_in_sums(self):
        panel = Panel()
        for team, value in ((1, 5.0), (2, None), (3, 0.0)):
            panel.add(7, team, "won_count", value)
        self.assertEqual(panel.value(Group(teams=(1, 3)), 7, "won_count"), 5)
        self.assertIsNone(panel.value(Group(teams=(1, 2)), 7, "won_count"))
        self.assertIsNone(panel.value(Group(teams=(9,)), 7, "won_count"))
        self.assertIsNone(panel.value(Group(), 7, "won_count"))
        panel.add(7, ALL, "won_count", 20.0)
        self.assertEqual(panel.value(Group(without=(1,)), 7, "won_count"), 15)


@tagged("post_install", "-at_install", "fault")
class TestRoiBaseline(RoiCase):
    """A baseline is read once, then frozen for everybody."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.history(day("2024-01-01"), range(1000, 13000, 1000), cls.team)
        cls.history(day("2024-01-01"), [500] * 12, cls.control)
        cls.baseline = cls.frozen(day("2024-01-01"), day("2024-12-31"))

    def _value(self, code, team=None, month="2024-03-01", baseline=None):
        return (baseline or self.baseline).line_ids.filtered(
            lambda line: line.code == code and line.month == day(month)
            and line.team_id == (team or self.env["crm.team"])
        ).value

    def test_figures_are_those_of_the_snapshots(self):
        self.assertEqual(self._value("won_revenue", self.team), 3000)
        self.assertEqual(self._value("won_revenue", self.control), 500)
        self.assertEqual(self._value("won_revenue"), 3500)
        self.assertEqual(self.baseline.month_count, 12)
        [total] = self.Snapshot._read_group(
            [("company_id", "=", self.company.id)], [], ["won_revenue:sum"])[0]
        lines = self.baseline.line_ids.filtered(lambda line: line.code == "won_revenue")
        self.assertEqual(sum(lines.filtered("team_id").mapped("value")), total)
        self.assertEqual(sum((lines - lines.filtered("team_id")).mapped("value")), total)

    def test_D8_nobody_changes_a_frozen_baseline(self):
        line = self.baseline.line_ids[0]
        vals = {"baseline_id": self.baseline.id, "month": "2024-05-01", "code": "won_count"}
        for user in (self.env.user, self.manager, self.env.ref("base.user_root")):
            baseline = self.baseline.with_user(user).with_company(self.company)
            figure = line.with_user(user).with_company(self.company)
            for forge in (
                lambda r=baseline: r.write({"date_from": "2023-01-01"}),
                lambda r=baseline: r.write({"state": "draft"}),
                lambda r=baseline: r.write({"confirmed_at": "2020-01-01 00:00:00"}),
                lambda r=baseline: r.write({"line_ids": [(5, 0, 0)]}),
                lambda r=baseline: r.write({"company_id": self.other_company.id}),
                lambda r=baseline: r.unlink(),
                lambda r=figure: r.write({"value": 1}),
                lambda r=figure: r.write({"month": "2024-02-01"}),
                lambda r=figure: r.unlink(),
                lambda r=figure: r.create(vals),
                lambda r=figure: r.copy({"month": "2024-02-01"}),
                lambda r=figure: r.web_save({"value": 1}, {"value": {}}),
            ):
                with self.assertRaises(UserError, msg=user.login), self.env.cr.savepoint():
                    forge()
        self.assertEqual(self.baseline.state, "confirmed")
        self.assertEqual(self.baseline.confirmed_by_id, self.env.user)

    def test_D8_later_changes_do_not_move_it_but_are_told(self):
        self.assertFalse(self.baseline.comparability)
        self.measure(day("2024-03-05"), self.team, won_revenue=111, won_count=1)
        self.assertEqual(self._value("won_revenue", self.team), 3000)
        self.baseline.invalidate_recordset()
        self.assertIn("4 of ", self.baseline.comparability)

    def test_a_line_of_another_baseline_cannot_be_moved_in(self):
        draft = self.baseline.copy()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            draft.line_ids[0].write({"baseline_id": self.baseline.id})

    def test_a_copy_is_a_draft(self):
        copy = self.baseline.copy()
        self.assertEqual(copy.state, "draft")
        self.assertFalse(copy.confirmed_by_id or copy.confirmed_at or copy.declarations)
        self.assertEqual(len(copy.line_ids), len(self.baseline.line_ids))

    def test_who_froze_it_cannot_be_forged(self):
        vals = {"state": "confirmed", "confirmed_by_id": self.rep.id,
                "confirmed_at": "2020-01-01 00:00:00"}
        made = self.Baseline.with_user(self.manager).create({"name": "Forged", **vals})
        self.assertEqual(made.state, "draft")
        self.assertFalse(made.confirmed_by_id)
        made.date_from, made.date_to = "2024-01-01", "2024-12-31"
        made.write(vals)
        self.assertEqual(made.confirmed_by_id, self.manager)
        self.assertGreater(made.confirmed_at, self.baseline.create_date - timedelta(days=1))

    def test_old_figures_are_checked(self):
        old = self.Baseline.create({
            "name": "Old system", "kind": "imported", "date_from": "2023-01-01",
            "date_to": "2023-12-31", "company_id": self.company.id,
        })
        with self.assertRaises(UserError):
            old.action_confirm()
        line = {"baseline_id": old.id, "month": "2023-05-17", "code": "won_count", "value": 4}
        self.assertEqual(old.line_ids.create(line).month, day("2023-05-01"))
        for wrong in ({"value": -1, "month": "2023-06-01"}, {"month": "2024-06-01"}):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                old.line_ids.create({**line, **wrong})
        with (
            mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation),
            self.env.cr.savepoint(),
        ):
            old.line_ids.create(line)
        old.line_ids.create({**line, "month": "2023-06-01", "value": False})
        self.assertFalse(old.line_ids[1].value)
        old.action_confirm()
        self.assertIn("2 months", old.comparability)

    def test_words_of_comparability(self):
        draft = self.Baseline.create({
            "name": "Odd", "date_from": "2024-01-15", "date_to": "2024-10-31",
            "company_id": self.company.id,
        })
        draft.action_read()
        self.assertEqual(draft.month_count, 9)
        for words in ("9 months", "01/15/2024"):
            self.assertIn(words, draft.comparability)
        self.baseline.invalidate_recordset()
        self.env.cr.execute(
            "UPDATE crm_roi_baseline SET declarations = declarations || %s WHERE id = %s",
            ['{"won_count": "other"}', self.baseline.id],
        )
        self.baseline.invalidate_recordset()
        self.assertIn("Won Deals", self.baseline.comparability)

    def test_months_that_were_not_measured_are_not_zero(self):
        with self.assertRaisesRegex(UserError, "has been measured"):
            self.frozen(day("2022-01-01"), day("2022-12-31"))
        self.log_days(day("2025-01-01"), day("2025-01-31"))
        later = self.frozen(day("2024-11-01"), day("2025-01-31"))
        self.assertEqual(later.month_count, 2, "January was measured on 30 days of 31")

    def test_A2_other_companies_see_no_baseline(self):
        for records in (self.baseline, self.baseline.line_ids):
            theirs = records.with_user(self.other_manager).with_context(
                allowed_company_ids=self.other_company.ids)
            self.assertFalse(theirs.search([("id", "in", records.ids)]))
            with self.assertRaises(AccessError):
                theirs.read(["company_id"])

    def test_a_team_with_frozen_figures_is_kept(self):
        with self.assertRaisesRegex(UserError, "South Team"):
            self.control.unlink()
        self.assertEqual(self._value("won_revenue", self.control), 500)
