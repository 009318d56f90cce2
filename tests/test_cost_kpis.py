import io
import json
from datetime import date, timedelta
from unittest.mock import patch

import openpyxl

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..reports.pivot_sheet import PivotLayout, render_pivot
from .common_costs import CostCase

KPIS = ("crm_cost", "acquisition_cost_total", "roi_cost_total", "cost_per_lead",
        "customer_acquisition_cost", "revenue_to_cost")


@tagged("post_install", "-at_install", "fault")
class TestCostKpis(CostCase):
    """Costs in the snapshot: the same sums, for managers only, missing is not zero."""

    def values(self, date_from="2026-03-01", date_to="2026-04-01", **kwargs):
        return {
            group: {code: found["value"] for code, found in values.items()}
            for group, values in
            self.env["crm.kpi"]._values(list(KPIS), date_from, date_to, **kwargs).items()
        }

    def refresh(self, date_from="2026-02-01", date_to="2026-05-01"):
        self.Snapshot._refresh(date_from, date_to, self.company)

    def test_totals_equal_the_ledger_by_hand(self):
        self._lead(created="2026-03-05 12:00", source_id=self.web.id)
        self._lead(created="2026-03-06 12:00", team_id=False)
        partner = self.env["res.partner"].create({"name": "Buyer"})
        order = self.env["sale.order"].with_company(self.company).create({
            "partner_id": partner.id, "company_id": self.company.id,
            "order_line": [(0, 0, {"product_id": self.env["product.product"].create(
                {"name": "Thing"}).id, "price_unit": 1000, "tax_ids": False})],
        })
        order.action_confirm()
        self._date(order, date_order="2026-03-10 12:00")
        self.cost(310, "2026-03-01", "2026-03-31", source_id=self.web.id, team_id=self.team.id)
        self.cost(56, "2026-02-15", "2026-03-14", category_id=self.licences.id)  # 2 a day
        self.cost(10, "2026-04-01")
        self.refresh()
        self.assertEqual(self.values(), {(): {
            "crm_cost": 28, "acquisition_cost_total": 310, "roi_cost_total": 338,
            "cost_per_lead": 155, "customer_acquisition_cost": 310,
            "revenue_to_cost": 1000 / 338,
        }})
        by_source = self.values(groupby=["source_id"])
        self.assertEqual(by_source[(self.web,)]["cost_per_lead"], 310)
        # A cost that names no source is a row of its own, never dropped.
        empty = by_source[(self.env["utm.source"],)]
        self.assertEqual((empty["crm_cost"], empty["cost_per_lead"]), (28, None))
        by_month = self.values("2026-02-01", "2026-05-01", groupby=["day:month"])
        self.assertEqual([by_month[month]["roi_cost_total"] for month in sorted(by_month)],
                         [28, 338, 10])

    def test_nothing_entered_is_no_figure(self):
        self._lead(created="2026-03-05 12:00")
        self.refresh()
        self.assertEqual(set(self.values()[()].values()), {None})
        row = self.Snapshot.search([("company_id", "=", self.company.id)], limit=1)
        self.assertTrue(row.lead_count)
        self.assertIs(row.cost_per_lead, False)

    def test_no_new_customer_is_no_acquisition_cost(self):
        self.cost(100, "2026-03-05")
        self.refresh()
        values = self.values()[()]
        self.assertEqual(values["acquisition_cost_total"], 100)
        self.assertIsNone(values["cost_per_lead"])
        self.assertIsNone(values["customer_acquisition_cost"])

    def test_a_change_marks_the_days_before_and_after(self):
        cost = self.cost(10, "2026-03-01", "2026-03-02")
        Dirty = self.env["crm.kpi.dirty.day"]
        march = [date(2026, 3, day) for day in range(1, 10)]
        self.assertEqual(Dirty._days(self.company.id), march[:2])
        for change, days in (
            ({"amount": 20}, march[:2]), ({"date_to": "2026-03-03"}, march[:3]),
            ({"date_from": "2026-03-03"}, march[:3]), ({"team_id": self.team.id}, march[2:3]),
            ({"name": "Another name"}, []), ({"note": "A note"}, []),
            ({"category_id": self.licences.id}, march[2:3]),
        ):
            Dirty._forget(self.company.id, "2020-01-01", "2030-01-01")
            cost.write(change)
            self.assertEqual(Dirty._days(self.company.id), days, change)
        Dirty._forget(self.company.id, "2020-01-01", "2030-01-01")
        self.licences.kind = "acquisition"
        self.assertEqual(Dirty._days(self.company.id), march[2:3])
        Dirty._forget(self.company.id, "2020-01-01", "2030-01-01")
        cost.write({"company_id": self.other_company.id, "team_id": False})
        self.assertEqual(Dirty._days(self.company.id), march[2:3])
        self.assertEqual(Dirty._days(self.other_company.id), march[2:3])

    def test_days_to_come_are_not_marked(self):
        today = self._today()
        self.cost(10, today, today + timedelta(days=400))
        self.assertFalse(self.env["crm.kpi.dirty.day"]._days(self.company.id))

    def test_locked_days_do_not_move(self):
        self.cost(10, "2026-03-05")
        self.refresh()
        self.company.kpi_lock_date = "2026-04-01"
        self.cost(10, "2026-03-05")
        self.cost(10, "2026-04-05")
        self.refresh()
        by_month = self.values("2026-02-01", "2026-05-01", groupby=["day:month"])
        self.assertEqual([by_month[month]["roi_cost_total"] for month in sorted(by_month)],
                         [10, 10])

    def test_D8_a_cost_that_changed_since_leaves_the_snapshot_alone(self):
        cost = self.cost(10, "2026-03-05")
        self.refresh()
        cost.amount = 99
        self.assertEqual(self.values()[()]["roi_cost_total"], 10)
        with self.assertRaises(AccessError):
            self.Snapshot.search([], limit=1).sudo().write({"crm_cost": 1})
        self.refresh()
        self.assertEqual(self.values()[()]["roi_cost_total"], 99)

    def test_a_history_without_leads_begins_with_the_first_cost(self):
        self.cost(10, "2026-03-05", "2026-03-06")
        first = self.Snapshot._first_day(self.company.id, "Europe/Brussels")
        self.assertEqual(first, date(2026, 3, 5))
        self.cost(10, "2999-03-05", company_id=self.other_company.id)
        self.assertLess(
            self.Snapshot._first_day(self.other_company.id, "America/New_York"),
            self._today(self.other_company),
        )

    # -- A15: for managers only ------------------------------------------------------------------

    def test_A15_a_salesperson_sees_no_cost_anywhere(self):
        self._lead(created="2026-03-05 12:00")
        self.cost(100, "2026-03-05", team_id=self.team.id)
        self.refresh()
        for user in (self.rep, self.colleague):
            user.group_ids += self.env.ref("base.group_allow_export")
            snapshot = self.Snapshot.with_user(user)
            self.assertFalse(set(KPIS) & set(snapshot.fields_get()))
            view = snapshot.get_view(
                self.env.ref("crm_roi.crm_kpi_snapshot_view_pivot_costs").id, "pivot")
            self.assertNotIn("cost", view["arch"].replace('string="Costs"', ""))
            codes = self.env["crm.kpi"].with_user(user).search([]).mapped("code")
            self.assertIn("lead_count", codes)
            self.assertFalse(set(KPIS) & set(codes))
            for kpi in KPIS:
                for read in (
                    lambda kpi=kpi, me=snapshot: me._read_group([], [], [f"{kpi}:avg"]),
                    lambda kpi=kpi, me=snapshot: me.search([], limit=1).read([kpi]),
                    lambda kpi=kpi, me=snapshot: me.search([], limit=1).export_data([kpi]),
                    lambda kpi=kpi, me=snapshot: me.env["crm.kpi"]._values(
                        [kpi], "2026-03-01", "2026-04-01"),
                ):
                    with self.assertRaises(AccessError, msg=kpi):
                        read()
                # The route of the pivot's file answers this with a refusal.
                with self.assertRaises(KeyError, msg=kpi):
                    PivotLayout.from_json(snapshot, self._layout(kpi))
            with self.assertRaises(AccessError):
                snapshot.search([("crm_cost", ">", 0)])
            for model in ("crm.roi.cost", "crm.roi.cost.day", "crm.roi.cost.share",
                          "crm.roi.cost.category", "crm.roi.cost.allocation"):
                with self.assertRaises(AccessError):
                    self.env[model].with_user(user).search_count([])

    def _layout(self, measure, model="crm.kpi.snapshot"):
        return {
            "model": model, "title": "Costs", "domain": [["day", ">=", "2026-03-01"]],
            "row_groupbys": ["team_id"], "col_groupbys": [], "rows": [[], [self.team.id]],
            "columns": [{"values": [], "measure": measure}], "filters": [],
        }

    def test_A15_the_other_figures_of_a_row_can_still_be_read(self):
        self._lead(created="2026-03-05 12:00")
        self.refresh()
        row = self.Snapshot.with_user(self.rep).search(
            [("company_id", "=", self.company.id), ("lead_count", ">", 0)], limit=1)
        self.assertEqual((row.lead_count, row.win_rate), (1, False))

    def test_A15_a_formula_cannot_show_what_its_reader_may_not_see(self):
        field = self.Snapshot._fields["win_rate"]
        for groups in (None, "sales_team.group_sale_salesman"):
            with patch.object(field, "formula", "crm_cost / lead_count"), \
                    patch.object(field, "groups", groups), \
                    self.assertRaisesRegex(ValueError, "win_rate.*only .*group_sale_manager"):
                self.Snapshot._check_formula("win_rate", ("win_rate",))
        with patch.object(field, "formula", "crm_cost / lead_count"), \
                patch.object(field, "groups", "sales_team.group_sale_manager"):
            self.Snapshot._check_formula("win_rate", ("win_rate",))

    # -- pivot, XLSX, drill-down -----------------------------------------------------------------

    def test_the_pivots_file_has_the_figures_of_the_screen(self):
        self.cost(100, "2026-03-05", team_id=self.team.id)
        self.cost(23.45, "2026-03-05")
        self.cost(1000, "2026-02-05")
        days = self.Day.with_user(self.manager).with_context(
            allowed_company_ids=self.company.ids)
        layout = json.loads(json.dumps(self._layout("amount", "crm.roi.cost.day")))
        book = openpyxl.load_workbook(io.BytesIO(
            render_pivot(days, PivotLayout.from_json(days, layout))))
        cells = {row[0].value: row[1].value for row in book.worksheets[0].iter_rows()
                 if len(row) > 1}
        self.assertEqual(cells["Total"], 123.45)
        self.assertEqual(cells[self.team.name], 100)

    def test_a_figure_opens_its_entries(self):
        inside = self.cost(31, "2026-03-01", "2026-03-31", team_id=self.team.id)
        self.cost(31, "2026-04-01", "2026-04-30", team_id=self.team.id)
        self.cost(31, "2026-03-01", category_id=self.licences.id)
        self.refresh()
        domain = [("day", ">=", "2026-03-01"), ("day", "<", "2026-04-01"),
                  ("company_id", "=", self.company.id)]
        for action in (
            self.Day.action_drill("amount", [*domain, ("kind", "=", "acquisition")]),
            self.Snapshot.action_drill("acquisition_cost_total", domain),
            self.Snapshot.action_drill("acquisition_cost_total",
                                       [*domain, ("team_id", "=", self.team.id)]),
        ):
            self.assertEqual(action["res_model"], "crm.roi.cost")
            self.assertEqual(self.Cost.search(action["domain"]), inside)
