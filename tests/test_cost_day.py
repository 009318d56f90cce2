import random
from datetime import date, timedelta
from decimal import Decimal

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common_costs import CostCase


@tagged("post_install", "-at_install", "fault")
class TestCostDay(CostCase):
    """A cost falls on its days, to the cent, and the KPIs read nothing else."""

    def test_days_add_up_to_the_entry(self):
        chance = random.Random(5)
        costs = self.Cost.browse()
        for number in range(60):
            first = date(2025, 1, 1) + timedelta(days=chance.randrange(300))
            costs += self.cost(
                chance.choice([0.01, 0.1, 2.675, 1000, chance.randrange(10**7) / 100]),
                first, first + timedelta(days=chance.randrange(400)), name=f"Entry {number}",
            )
        days = self.Day._read_group(
            [("cost_id", "in", costs.ids)], ["cost_id"],
            ["amount:sum", "__count", "day:min", "day:max"],
        )
        self.assertEqual(len(days), 60)
        for cost, amount, count, first, last in days:
            self.assertEqual(self.cents(amount), self.cents(cost.amount))
            self.assertEqual(count, (cost.date_to - cost.date_from).days + 1)
            self.assertEqual((first, last), (cost.date_from, cost.date_to))

    def test_days_differ_by_a_cent_at_most(self):
        cost = self.cost(100, "2026-01-01", "2026-01-30")
        amounts = [row.amount for row in self.Day.search([("cost_id", "=", cost.id)])]
        self.assertEqual({round(amount, 2) for amount in amounts}, {3.33, 3.34})
        self.assertEqual(sum(Decimal(str(amount)) for amount in amounts), 100)

    def test_C6_currencies_without_and_with_three_decimals(self):
        for code, amount, places in (("JPY", 1000, 0), ("KWD", 10.001, 3), ("EUR", 0.1, 2)):
            currency = self.env.ref(f"base.{code}")
            currency.active = True
            company = self.env["res.company"].create({
                "name": f"Books in {code}", "currency_id": currency.id,
            })
            cost = self.cost(amount, "2026-01-01", "2026-01-07", company_id=company.id,
                             currency_id=currency.id)
            days = self.Day.with_company(company).search([("cost_id", "=", cost.id)])
            parts = [Decimal(repr(day.amount)) for day in days]
            with self.subTest(code):
                self.assertEqual(len(parts), 7)
                self.assertEqual(sum(parts), Decimal(str(amount)))
                self.assertTrue(all(part == round(part, places) for part in parts), parts)

    def test_a_date_alone_is_one_day(self):
        cost = self.Cost.create({"name": "Ad", "date_from": "2026-03-05", "amount": 7,
                                 "category_id": self.media.id})
        self.assertEqual(cost.date_to, date(2026, 3, 5))
        self.assertEqual(self.by_day(cost), {date(2026, 3, 5): 7})

    def test_moving_the_first_day_past_the_last_moves_the_last(self):
        cost = self.cost(10, "2026-03-05", "2026-03-06")
        cost.date_from = "2026-04-01"
        self.assertEqual(self.by_day(cost), {date(2026, 4, 1): 10})

    def test_C11_a_cost_of_the_last_night_of_the_year_stays_in_the_year(self):
        for company in (self.company, self.other_company):
            self.cost(31, "2025-12-31", company_id=company.id,
                      currency_id=company.currency_id.id)
            self.Snapshot._refresh("2025-12-30", "2026-01-03", company)
            rows = self.Snapshot.with_company(company)._read_group(
                [("company_id", "=", company.id)], ["day:year"], ["acquisition_cost_total:sum"]
            )
            self.assertEqual([(year.year, total) for year, total in rows if total], [(2025, 31)])

    def test_shares_cannot_be_forged(self):
        share = self.cost(10, "2026-03-05").env["crm.roi.cost.share"].search([], limit=1)
        for forge in (
            lambda: share.sudo().write({"amount": 1}), lambda: share.sudo().unlink(),
            lambda: share.sudo().create({"cost_id": share.cost_id.id}),
        ):
            with self.assertRaises(AccessError):
                forge()
