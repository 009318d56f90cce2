from datetime import date

from psycopg2.errors import RestrictViolation

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_costs import CostCase


@tagged("post_install", "-at_install")
class TestCostAllocation(CostCase):
    """Common costs are shared out without losing or inventing a cent."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.south = cls._team("South Team", cls.company)
        cls.teams = cls._allocation("Teams", lines=((cls.team, 62.5), (cls.south, 37.5)))

    @classmethod
    def _allocation(cls, name, dimension="team_id", driver=None, lines=()):
        return cls.env["crm.roi.cost.allocation"].create({
            "name": name, "company_id": cls.company.id, "dimension": dimension,
            "method": "driver" if driver else "fixed", "driver": driver or "leads",
            "line_ids": [Command.create({dimension: record.id, "percent": percent})
                         for record, percent in lines],
        })

    def shares(self, cost, dimension="team_id"):
        return {share[dimension]: share.amount for share in cost.share_ids}

    def assert_complete(self, costs):
        """Shares add up to their entry and days to their shares, to the cent."""
        for cost in costs:
            self.assertEqual(
                sum(map(self.cents, cost.share_ids.mapped("amount"))),
                self.cents(cost.amount_company),
            )
            days = self.Day.search([("cost_id", "=", cost.id)])
            self.assertEqual(sum(map(self.cents, days.mapped("amount"))),
                             self.cents(cost.amount_company))

    def test_lines_changed_by_themselves_share_costs_anew(self):
        """A line need not be saved with its allocation: files and programs write it alone."""
        cost = self.cost(100, "2026-03-01", allocation_id=self.teams.id)
        self.assertEqual(self.shares(cost), {self.team: 62.5, self.south: 37.5})
        self.teams.line_ids[1].unlink()
        self.assertEqual(self.shares(cost), {self.team: 100})
        self.teams.line_ids.percent = 25
        self.env["crm.roi.cost.allocation.line"].create(
            {"allocation_id": self.teams.id, "team_id": self.south.id, "percent": 75})
        self.assertEqual(self.shares(cost), {self.team: 25, self.south: 75})
        self.assert_complete(cost)

    def test_without_an_allocation_the_cost_is_its_own_share(self):
        cost = self.cost(10, "2026-03-01", team_id=self.team.id, source_id=self.web.id)
        self.assertEqual(self.shares(cost), {self.team: 10})
        self.assertEqual(self.shares(cost, "source_id"), {self.web: 10})

    def test_fixed_percentages(self):
        costs = self.cost(100.01, "2026-03-01", "2026-03-09", allocation_id=self.teams.id)
        costs += self.cost(-0.03, "2026-03-01", is_credit=True, allocation_id=self.teams.id)
        costs += self.cost(0, "2026-03-01", allocation_id=self.teams.id)
        self.assertEqual(self.shares(costs[0]), {self.team: 62.51, self.south: 37.50})
        self.assertEqual(self.shares(costs[1]), {self.team: -0.02, self.south: -0.01})
        self.assert_complete(costs)

    def test_a_share_keeps_what_the_entry_says_otherwise(self):
        cost = self.cost(100, "2026-03-01", allocation_id=self.teams.id, source_id=self.web.id,
                         team_id=self.other_team.browse().id)
        self.assertEqual(cost.share_ids.source_id, self.web)
        totals = dict(self.Day._read_group(
            [("source_id", "=", self.web.id)], ["team_id"], ["amount:sum"]))
        self.assertEqual(totals, {self.team: 62.5, self.south: 37.5})

    def test_changing_an_allocation_shares_its_costs_out_anew(self):
        cost = self.cost(100, "2026-03-01", allocation_id=self.teams.id)
        self.env["crm.kpi.dirty.day"]._forget(self.company.id, "2026-01-01", "2027-01-01")
        first, second = self.teams.line_ids
        self.teams.line_ids = [Command.update(first.id, {"percent": 10}),
                               Command.update(second.id, {"percent": 90})]
        self.assertEqual(self.shares(cost), {self.team: 10, self.south: 90})
        self.assertIn(date(2026, 3, 1), self.env["crm.kpi.dirty.day"]._days(self.company.id))
        cost.allocation_id = False
        self.assertEqual(self.shares(cost), {self.env["crm.team"]: 100})

    def test_bad_allocations_are_refused_in_words(self):
        for values, words in (
            ({"lines": ((self.team, 60), (self.south, 30))}, "add up to 90"),
            ({"lines": ((self.team, 50), (self.team, 50))}, "of its own"),
            ({"lines": ((self.team, 120), (self.south, -20))}, "no percentage"),
            ({"lines": ()}, "add up to 0"),
            ({"dimension": "feature_id", "driver": "leads"}, "which feature"),
        ):
            with self.subTest(words), self.assertRaisesRegex(ValidationError, words), \
                    self.env.cr.savepoint():
                self._allocation("Bad", **values)

    def test_an_allocation_in_use_is_kept(self):
        self.cost(100, "2026-03-01", allocation_id=self.teams.id)
        with self.assertRaises(RestrictViolation), mute_logger("odoo.sql_db"), \
                self.env.cr.savepoint():
            self.teams.unlink()

    def test_another_companys_allocation_is_refused(self):
        self.teams.company_id = self.other_company
        with self.assertRaises(UserError):
            self.cost(100, "2026-03-01", allocation_id=self.teams.id)

    # -- drivers, against counts by hand --------------------------------------------------------

    def test_by_leads_of_the_entrys_own_days(self):
        """3 leads North, 1 South, 1 nobody's; before and after the days nothing counts."""
        for day in ("2026-03-01 00:00", "2026-03-10 12:00", "2026-03-31 21:59"):  # Brussels
            self._lead(created=day)
        self._lead(created="2026-03-20 12:00", team_id=self.south.id)
        self._lead("lost", created="2026-03-20 12:00", closed="2026-03-21 12:00", team_id=False)
        self._lead(created="2026-02-28 22:59", team_id=self.south.id)
        self._lead(created="2026-03-31 22:01", team_id=self.south.id)
        self._lead("void", created="2026-03-20 12:00", team_id=self.south.id)
        cost = self.cost(100, "2026-03-01", "2026-03-31",
                         allocation_id=self._allocation("By leads", driver="leads").id)
        nobody = self.env["crm.team"]
        self.assertEqual(self.shares(cost), {self.team: 60, self.south: 20, nobody: 20})
        self.assert_complete(cost)

    def test_by_won_deals_within_the_entrys_own_source(self):
        for team, count in ((self.team, 1), (self.south, 2)):
            for _number in range(count):
                self._lead("won", "2026-03-05 12:00", "2026-03-15 12:00", team_id=team.id,
                           source_id=self.web.id)
                self._lead("won", "2026-03-05 12:00", "2026-03-15 12:00", team_id=self.team.id)
        won = self._allocation("By deals", driver="won")
        cost = self.cost(10, "2026-03-01", "2026-03-31", allocation_id=won.id,
                         source_id=self.web.id)
        self.assertEqual(self.shares(cost), {self.team: 3.33, self.south: 6.67})
        cost.source_id = False
        self.assertEqual(self.shares(cost), {self.team: 6.67, self.south: 3.33})

    def test_by_revenue_and_by_people(self):
        partner = self.env["res.partner"].create({"name": "Buyer"})
        product = self.env["product.product"].create({"name": "Thing", "taxes_id": False})
        for team, price in ((self.team, 900), (self.south, 300)):
            order = self.env["sale.order"].with_company(self.company).create({
                "partner_id": partner.id, "company_id": self.company.id, "team_id": team.id,
                "order_line": [Command.create({
                    "product_id": product.id, "price_unit": price, "tax_ids": False,
                })],
            })
            order.action_confirm()
            self._date(order, date_order="2026-03-12 12:00")
        self._lead(created="2026-03-05 12:00")
        self._lead(created="2026-03-05 12:00")
        self._lead(created="2026-03-05 12:00", user_id=self.colleague.id)
        self._lead(created="2026-03-05 12:00", team_id=self.south.id)
        for driver, expected in (("revenue", (75, 25)), ("users", (66.67, 33.33))):
            cost = self.cost(100, "2026-03-01", "2026-03-31",
                             allocation_id=self._allocation(driver, driver=driver).id)
            self.assertEqual(
                self.shares(cost), dict(zip((self.team, self.south), expected, strict=True)), driver
            )
            self.assert_complete(cost)

    def test_nothing_to_share_by_stays_not_set_and_is_not_lost(self):
        cost = self.cost(100, "1999-01-01", "1999-01-31",
                         allocation_id=self._allocation("By leads", driver="leads").id)
        self.assertEqual(self.shares(cost), {self.env["crm.team"]: 100})
        self.assert_complete(cost)

    def test_the_same_for_everybody_who_saves(self):
        self._lead(created="2026-03-10 12:00", user_id=self.rep.id)
        self._lead(created="2026-03-10 12:00", user_id=self.colleague.id, team_id=self.south.id)
        leads = self._allocation("By leads", driver="leads")
        cost = self.cost(100, "2026-03-01", "2026-03-31", allocation_id=leads.id)
        before = self.shares(cost)
        cost.with_user(self.manager).write({"date_to": "2026-03-30"})
        self.assertEqual(self.shares(cost), before)

    def test_running_costs_follow_their_figure_every_night(self):
        today = self._today()
        leads = self._allocation("By leads", driver="leads")
        cost = self.cost(100, today.replace(day=1), today, allocation_id=leads.id)
        over = self.cost(100, "2026-01-01", "2026-01-31", allocation_id=leads.id)
        self._lead(created=f"{today:%Y-%m-%d} 11:00")
        self._lead(created="2026-01-10 11:00")
        self.assertEqual(self.shares(cost), {self.env["crm.team"]: 100})
        self.Cost._share_running_out()
        self.assertEqual(self.shares(cost), {self.team: 100})
        self.assertEqual(self.shares(over), {self.env["crm.team"]: 100}, "settled")
        self.env["crm.kpi.dirty.day"]._forget(self.company.id, "2020-01-01", today)
        self.Cost._share_running_out()
        self.assertFalse(self.env["crm.kpi.dirty.day"]._days(self.company.id), "nothing moved")

    def test_what_an_allocation_names_may_be_deleted(self):
        cost = self.cost(100, "2026-03-01", allocation_id=self.teams.id)
        self.south.unlink()
        nobody = self.env["crm.team"]
        self.assertEqual(self.shares(cost), {self.team: 62.5, nobody: 37.5})
        cost.amount = 10
        self.assertEqual(self.shares(cost), {self.team: 6.25, nobody: 3.75})
        self.assert_complete(cost)

    def test_shares_of_features_and_campaigns(self):
        features = self.env["crm.roi.feature"].create([
            {"name": "Calls", "code": "test_calls"}, {"name": "Mail", "code": "test_mail"},
        ])
        split = self._allocation("Features", "feature_id",
                                 lines=((features[0], 70), (features[1], 30)))
        cost = self.cost(3600, "2026-01-01", "2026-12-31", allocation_id=split.id,
                         category_id=self.licences.id)
        totals = dict(self.Day._read_group(
            [("feature_id", "in", features.ids)], ["feature_id"], ["amount:sum"]))
        self.assertEqual({feature: round(amount, 2) for feature, amount in totals.items()},
                         {features[0]: 2520, features[1]: 1080})
        self.assert_complete(cost)
