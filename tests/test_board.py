from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..models.kpi.crm_kpi import THEMES
from .test_target import TargetCase


@tagged("post_install", "-at_install", "fault")
class TestKpiBoard(TargetCase):
    def _board(self, code, user=None, **context):
        Kpi = self.env["crm.kpi"].with_context(
            allowed_company_ids=self.company.ids, **context)
        kpi = Kpi.search([("code", "=", code)])
        return kpi.with_user(user) if user else kpi

    def test_the_board_says_what_the_figures_say(self):
        self._target(amount=2200)
        for period in ("this_month", "last_month", "this_quarter", "last_year"):
            for code in ("won_revenue", "win_rate", "average_deal_size", "lost_count"):
                figure = self._figure(code, period)
                kpi = self._board(code, kpi_period=period)
                self.assertEqual(kpi.value_text, self.Figures._text(code, figure["value"]))
                self.assertEqual(kpi.change_text, self.Figures._change_text(figure))
                self.assertEqual(kpi.status, figure["status"] or False)
        kpi = self._board("won_revenue")
        self.assertEqual(kpi.target_text.replace("\xa0", " "), "55 % of 2,200 €")
        self.assertEqual(kpi.pace_text, "● On track")
        self.assertEqual(kpi.period_text, "March 2026")
        self.assertEqual(kpi.change_note, "vs. Feb 1 – Feb 17")
        rate = self._board("win_rate")
        self.assertEqual((rate.value_text, rate.basis_text), ("75.0 %", "n = 4 · 30.1 % to 95.4 %"))

    def test_better_and_worse(self):
        # Three deals of March against one of 2,000 in the same days of February.
        self.assertEqual(self._board("won_revenue", kpi_compare="last_year").trend, "worse")
        self.assertEqual(self._board("won_count", kpi_compare="last_year").trend, "better")
        lost = self._board("lost_count", kpi_compare="last_year")
        self.assertEqual((lost.change_text, lost.trend), ("new", "worse"))

    def test_scope_from_the_search_bar(self):
        for context, value in (
            ({}, 3), ({"kpi_user": [self.rep.id]}, 3), ({"kpi_user": [self.colleague.id]}, 0),
            ({"kpi_user": [self.rep.id, self.colleague.id]}, 3),
            ({"kpi_team": [self.team.id]}, 3),
        ):
            kpi = self._board("won_count", **context)
            self.assertEqual(kpi.value_text, str(value), context)
        kpi = self._board("won_count", kpi_team=[self.other_team.id])
        self.assertEqual(kpi.value_text, "–")
        self.assertEqual(kpi.scope_team_id, self.other_team)
        self.assertEqual(
            self.env["crm.kpi"].search([("scope_team_id", "ilike", "nothing")]),
            self.env["crm.kpi"].search([]))

    def test_course_of_twelve_months(self):
        spark = self._board("won_revenue").sparkline
        self.assertEqual(spark["values"], [*(1000 * m for m in range(4, 13)), None, 0, 1200])
        self.assertTrue(spark["is_running"])
        self.assertIn("March 2026: 1,200", spark["label"].replace("\xa0", " "))
        # Nobody did anything in January; in February leads came, none was won.
        closed = self._board("won_revenue", kpi_period="last_year").sparkline
        self.assertEqual(closed["values"], [1000 * month for month in range(1, 13)])
        self.assertFalse(closed["is_running"])
        self.assertFalse(self._board("repeat_order_rate").sparkline)

    def test_levels_of_the_last_night(self):
        self._lead("open", "2026-03-10 10:00", expected_revenue=500)
        self.Snapshot._take_stocks(self.company)
        last = self._board("open_count", kpi_stock="last").value_text
        [(pivot,)] = self.Snapshot.with_context(kpi_stock="last")._read_group(
            self._board("open_count")._board_domain(), [], ["open_count:avg"])
        self.assertEqual(last, self.Figures._text("open_count", pivot or None))

    def test_A5_a_salesperson_sees_own_figures_and_no_kpis_of_managers(self):
        self.assertEqual(self._board("lost_count").value_text, "1")
        self.assertEqual(self._board("lost_count", self.rep).value_text, "0")
        self.assertEqual(self._board("won_count", self.rep, kpi_user="me").value_text, "3")
        self.assertEqual(self._board("won_count", self.manager, kpi_user="me").value_text, "–")
        with self.assertRaises(AccessError):
            self._board("crm_cost", self.rep).value_text  # noqa: B018
        self.assertNotIn(
            "crm_cost", self.env["crm.kpi"].with_user(self.rep).search([]).mapped("code"))
        self.assertIn("search_default_mine", self._action(self.rep)["context"])
        self.assertNotIn("search_default_mine", self._action(self.manager)["context"])

    def _action(self, user):
        return self.env["crm.kpi"].with_user(user)._board_action()

    def test_drill_opens_what_was_counted(self):
        kpi = self._board("won_count", kpi_user=[self.rep.id])
        action = kpi.action_open_records()
        found = self.env["crm.lead"].with_context(active_test=False).search(action["domain"])
        self.assertEqual(len(found), 3)
        pivot = kpi.action_open_pivot()
        [(value,)] = self.Snapshot._read_group(pivot["domain"], [], ["won_count:sum"])
        self.assertEqual(value, 3)

    def test_grouped_board_is_read_in_a_constant_number_of_queries(self):
        Kpi = self.env["crm.kpi"].with_context(allowed_company_ids=self.company.ids)
        specification = {name: {} for name in (
            "name", "value_text", "change_text", "target_text", "benchmark_text", "sparkline")}

        def count(domain):
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            Kpi.web_read_group(domain, ["theme"], auto_unfold=True,
                               unfold_read_specification=specification)
            return self.env.cr.sql_log_count - start

        few = [("code", "in", ("won_revenue", "open_count", "win_rate", "lead_count"))]
        count(few)
        every, some = (len(set(Kpi.search(domain).mapped("theme"))) for domain in ([], few))
        # Each further theme is one more group to look up, never more figures to compute.
        self.assertLessEqual(count([]), count(few) + every - some)

    def test_themes_in_the_order_of_selling(self):
        groups = self.env["crm.kpi"].web_read_group([], ["theme"])["groups"]
        themes = [group["theme"] for group in groups]
        self.assertEqual(themes, [theme for theme, _label in THEMES if theme in themes])
        self.assertNotEqual(themes, sorted(themes))

    def test_key_figures_are_a_managers_choice(self):
        kpi = self._board("lost_count")
        self.assertFalse(kpi.is_key)
        kpi.with_user(self.manager).is_key = True
        self.env["crm.kpi"]._sync()
        self.assertTrue(kpi.is_key)
        self.assertTrue(self._board("win_rate").is_key)
        with self.assertRaises(AccessError):
            kpi.with_user(self.rep).is_key = False

    def test_a_database_without_figures_gets_a_hint(self):
        self.assertFalse(self._action(self.manager).get("domain"))
        self.env.cr.execute("DELETE FROM crm_kpi_snapshot")
        self.assertEqual(self._action(self.manager)["domain"], [("id", "=", False)])
