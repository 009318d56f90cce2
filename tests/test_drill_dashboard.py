"""Cells of dashboards and the sales cycle open as many records as they say."""

from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..tools.formula import Formula
from .drill_common import DrillCase


@tagged("post_install", "-at_install", "fault")
class TestDrillDashboard(DrillCase):
    """Cells of dashboards: as many records as the cell says, for each reader and filter."""

    def requests(self, user):
        today = self._today()
        scopes = [{}, {"team_id": self.team.ids}, {"source_id": self.web.ids},
                  {"user_id": self.colleague.ids}, {"user_id": user.ids}]
        for scope in scopes:
            for first, stop in ((self.first, today), (today - timedelta(days=21), today)):
                yield {"first": str(first), "stop": str(stop), "unit": "days",
                       "scope": {"company_ids": self.company.ids, **scope}}

    def reader(self, user):
        return self.env["crm.kpi.figures"].with_user(user).with_context(
            allowed_company_ids=self.company.ids)

    def check(self, user, request, shown="value"):
        """Compare a cell with what it opens; :return: whether there was a figure."""
        reader, code = self.reader(user), request["code"]
        figure = reader.spreadsheet_fetch_figures([request])[0]
        if not figure or figure[shown] is None:
            return False
        records = self.opened(
            reader.action_drill({**request, "previous": shown == "previous"}), user)
        fact = self.Snapshot._kpi_facts()[code]
        found = len(records) if fact.aggregate == "count" else sum(records.mapped(fact.aggregate))
        self.assertAlmostEqual(found, figure[shown], 2, (user.login, request, shown))
        return bool(found)

    def codes(self):
        """Flows, and levels that count, of the apps that are installed; rows of costs are days."""
        return [
            name for name, fact in self.Snapshot._kpi_facts().items()
            if self.Snapshot._kpi_has_source(fact.model) and fact.model != "crm.roi.cost.day"
            and (not fact.is_stock or fact.aggregate == "count")
            and not (fact.is_stock and self.Snapshot._fields[name].groups)
        ]

    def test_every_cell_opens_what_it_counts(self):
        seen = set()
        for user in (self.manager, self.rep):
            for request in self.requests(user):
                for code in self.codes():
                    if self.check(user, {**request, "code": code, "last": True}):
                        seen.add((user, code))
        for code in ("lead_count", "won_count", "won_revenue", "closed_count", "order_count",
                     "order_revenue", "open_count"):
            self.assertIn((self.manager, code), seen)
            self.assertIn((self.rep, code), seen)

    def test_the_period_before(self):
        today = self._today()
        closed = today - timedelta(days=20)
        request = {"code": "won_count", "first": str(closed + timedelta(days=5)),
                   "stop": str(today), "unit": "days", "scope": {}}
        self.assertTrue(self.check(self.manager, request, "previous"))
        self.assertFalse(self.check(self.manager, request))

    def test_a_ratio_opens_what_it_divides_by(self):
        request = next(self.requests(self.manager))
        reader = self.reader(self.manager)
        for code in ("win_rate", "average_deal_size", "lead_conversion_rate", "margin_rate"):
            below = Formula(self.Snapshot._fields[code].formula).denominator.names[0]
            whole, part = (
                self.opened(reader.action_drill({**request, "code": name}), self.manager)
                for name in (code, below)
            )
            self.assertTrue(whole, code)
            self.assertEqual(whole, part, code)

    def test_by_hand(self):
        request = {**next(self.requests(self.manager)), "code": "win_rate"}
        deals = self.opened(self.reader(self.manager).action_drill(request), self.manager)
        self.assertEqual(sorted(deals.mapped("won_status")), ["lost", "won", "won"])
        mine = self.opened(self.reader(self.rep).action_drill(request), self.rep)
        self.assertEqual(mine.user_id, self.rep)
        self.assertEqual(sorted(mine.mapped("won_status")), ["lost", "won"])

    def test_A5_nothing_of_a_colleague(self):
        request = {**next(self.requests(self.rep)), "code": "won_count",
                   "scope": {"user_id": self.colleague.ids}}
        action = self.reader(self.rep).action_drill(request)
        self.assertFalse(self.opened(action, self.rep))
        self.assertTrue(self.opened(action, self.manager))

    def test_A2_A15_other_companies_and_kpis_of_managers_are_refused(self):
        request = next(self.requests(self.rep))
        with self.assertRaises(UserError):
            self.reader(self.rep).action_drill({**request, "code": "crm_cost"})
        with self.assertRaises(UserError):
            self.reader(self.rep).action_drill({**request, "code": "nothing"})
        with self.assertRaises(AccessError):
            self.reader(self.rep).action_drill(
                {**request, "code": "won_count", "companies": self.other_company.ids})
        sales = self.env.ref("sales_team.group_sale_salesman")
        outsider = self._user("kpi_outsider", "base.group_user", self.company)
        self.assertNotIn(sales, outsider.all_group_ids)
        with self.assertRaises(UserError):
            self.reader(outsider).action_drill({**request, "code": "won_count"})


@tagged("post_install", "-at_install", "fault")
class TestDrillCycle(DrillCase):
    """The sales cycle: as many opportunities as it says, of the company, its teams and people."""

    def test_every_count(self):
        self.env["crm.sales.cycle"]._refresh(self.company)
        cycles = self.env["crm.sales.cycle"].search([("company_id", "=", self.company.id)])
        self.assertEqual(set(cycles.mapped("level")), {"1_company", "2_team", "3_user"})
        whole = cycles.filtered(lambda cycle: cycle.level == "1_company")
        self.assertEqual((whole.won_count, whole.lost_count), (2, 1))
        for cycle in cycles.with_user(self.manager):
            for name in ("started_count", "won_count", "lost_count", "open_count"):
                found = self.opened(cycle.action_drill(name), self.manager)
                self.assertEqual(len(found), cycle[name], (cycle.display_name, name))
            won = self.opened(cycle.action_drill("median_won_days"), self.manager)
            self.assertEqual(len(won), cycle.won_count)
            closed = self.opened(cycle.action_drill("closed_days"), self.manager)
            self.assertEqual(len(closed), cycle.won_count + cycle.lost_count)

    def test_what_was_closed_since_counts_as_it_was(self):
        self.env["crm.sales.cycle"]._refresh(self.company)
        whole = self.env["crm.sales.cycle"].search(
            [("company_id", "=", self.company.id), ("level", "=", "1_company")])
        lead = self.Lead.search([("company_id", "=", self.company.id), ("type", "=", "opportunity"),
                                 ("won_status", "=", "pending"), ("active", "=", True)], limit=1)
        lead.action_set_lost()
        later = whole.computed_at + timedelta(hours=1)
        self._date(lead, date_closed=str(later))
        self.assertIn(lead, self.opened(whole.action_drill("open_count")))
        self.assertNotIn(lead, self.opened(whole.action_drill("lost_count")))

    def test_A5_own_opportunities_only(self):
        self.env["crm.sales.cycle"]._refresh(self.company)
        mine = self.env["crm.sales.cycle"].with_user(self.rep).search([])
        self.assertEqual(mine.user_id, self.rep)
        for cycle in mine:
            found = self.opened(cycle.action_drill("started_count"), self.rep)
            self.assertLessEqual(found.user_id, self.rep)
        with self.assertRaises(UserError):
            mine[:1].action_drill("computed_at")
        with self.assertRaises(AccessError):
            self.env["crm.sales.cycle"].search(
                [("level", "=", "1_company")], limit=1).with_user(self.rep).action_drill(
                    "won_count")
