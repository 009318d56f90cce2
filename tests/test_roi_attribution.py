from collections import defaultdict
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .facts_common import put
from .test_order_facts import OrderFacts

MODELS = ("first", "last", "linear", "u_shaped")
CENT = Decimal("0.01")


def plain_shares(model, count):
    """What each of ``count`` touches gets, first to last, in fractions."""
    if count == 1:
        return [Decimal(1)]
    even = Decimal(1) / count
    return {
        "first": [Decimal(1)] + [Decimal(0)] * (count - 1),
        "last": [Decimal(0)] * (count - 1) + [Decimal(1)],
        "linear": [even] * count,
        "u_shaped": [Decimal("0.5")] * 2 if count == 2 else [
            Decimal("0.4"), *[Decimal("0.2") / (count - 2)] * (count - 2), Decimal("0.4"),
        ],
    }[model]


def plain_credits(model, amount, count):
    """The same in cents that add up to ``amount``: each sum so far is rounded."""
    credits, so_far, paid = [], Decimal(0), Decimal(0)
    for place, share in enumerate(plain_shares(model, count), start=1):
        so_far = Decimal(1) if place == count else so_far + share
        upto = (amount * so_far).quantize(CENT, ROUND_HALF_UP)
        credits.append(upto - paid)
        paid = upto
    return credits


@tagged("post_install", "-at_install", "fault")
class TestRoiAttribution(OrderFacts):
    """Orders of customers with zero to seven touches, against plain Python."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Attribution = cls.env["crm.roi.attribution"]
        cls.sources = cls.env["utm.source"].create(
            [{"name": f"Attribution {name}"} for name in "ABCDE"]
        )
        cls.campaign = cls.env["utm.campaign"].create({"name": "Attribution spring"})
        cls.when = datetime(2026, 3, 10, 12)

    def lead(self, days, source=None, partner=None, **values):
        """A lead of Acme's buyer, created ``days`` before the order."""
        lead = self.env["crm.lead"].create({
            "name": f"{days} days before", "partner_id": (partner or self.buyer).id,
            "source_id": source and source.id, "type": "opportunity", **values,
        })
        put(lead, create_date=self.when - timedelta(days=days))
        return lead

    def credits(self, order, model="linear", amount="revenue"):
        """``[(source or campaign name, credit)]`` of an order, first touch first."""
        self.env.invalidate_all()
        rows = self.Attribution.search([("order_id", "=", order.id)], order="touch_number")
        return [
            (row.source_id.name or row.campaign_id.name or "(not set)",
             row[f"{model}_{amount}"])
            for row in rows
        ]

    def order(self, price=100, partner=None, **values):
        return self.new_order(
            (self.basic, 1, price), partner=partner or self.acme, when=self.when, **values
        )

    def test_four_ways_side_by_side(self):
        for days, source in zip((90, 60, 30, 1), self.sources, strict=False):
            self.lead(days, source)
        order = self.order(100)
        names = [f"Attribution {name}" for name in "ABCD"]
        for model, amounts in {
            "first": [100, 0, 0, 0], "last": [0, 0, 0, 100], "linear": [25, 25, 25, 25],
            "u_shaped": [40, 10, 10, 40],
        }.items():
            self.assertEqual(
                self.credits(order, model), list(zip(names, amounts, strict=True)), model
            )

    def test_cents_add_up(self):
        for days, source in zip((90, 60, 30), self.sources, strict=False):
            self.lead(days, source)
        order = self.order(100.01)
        self.assertEqual([value for _name, value in self.credits(order)], [33.34, 33.33, 33.34])

    def test_no_touch_is_not_set(self):
        order = self.order(100, partner=self.other)
        for model in MODELS:
            self.assertEqual(self.credits(order, model), [("(not set)", 100)])

    def test_leads_that_are_no_touch(self):
        a, b, c, d, e = self.sources
        self.lead(-1, a)  # after the order
        self.lead(181, b)  # outside the window
        void = self.lead(5, c)
        put(void, active=False, won_status="pending", probability=20)
        self.lead(5, None)  # says nothing
        self.lead(5, d, partner=self.other)  # of another customer
        order = self.order()
        self.assertEqual(self.credits(order), [("(not set)", 100)])
        lost = self.lead(5, e)
        lost.action_set_lost()
        self.assertEqual(self.credits(order), [("Attribution E", 100)])

    def test_window(self):
        self.lead(181, self.sources[0])
        order = self.order()
        for days, expected in ((180, "(not set)"), (181, "Attribution A"), (0, "Attribution A")):
            self.env.company.roi_attribution_days = days
            self.assertEqual(self.credits(order), [(expected, 100)], days)

    def test_order_takes_over_the_touch_of_its_lead(self):
        lead = self.lead(10, self.sources[0])
        order = self.order(opportunity_id=lead.id, source_id=self.sources[0].id)
        self.assertEqual(self.credits(order), [("Attribution A", 100)])
        order.source_id = self.sources[1]
        self.assertEqual(self.credits(order), [("Attribution A", 50), ("Attribution B", 50)])

    def test_order_without_its_lead_in_the_window_keeps_its_own(self):
        lead = self.lead(400, self.sources[0])
        order = self.order(opportunity_id=lead.id, source_id=self.sources[0].id)
        self.assertEqual(self.credits(order), [("Attribution A", 100)])

    def test_linked_lead_without_customer(self):
        lead = self.lead(10, None, campaign_id=self.campaign.id, partner_id=False)
        order = self.order(opportunity_id=lead.id)
        order.campaign_id = False
        self.assertEqual(self.credits(order), [("Attribution spring", 100)])

    def test_margin_and_cancelled(self):
        self.lead(10, self.sources[0])
        order = self.order(100)
        self.assertEqual(self.credits(order, "last", "margin"), [("Attribution A", 40)])
        order._action_cancel()
        self.assertEqual(self.credits(order), [])

    def test_random_orders_against_plain_python(self):
        random = Random(7)
        customers = self.env["res.partner"].create([{"name": f"C{n}"} for n in range(15)])
        orders, expected = self.env["sale.order"], defaultdict(Decimal)
        for number, customer in enumerate(customers):
            count = number % 8
            touches = sorted(random.sample(range(1, 170), count), reverse=True)
            sources = [random.choice(self.sources) for _touch in touches]
            for days, source in zip(touches, sources, strict=True):
                self.lead(days, source, partner=customer)
            price = random.choice([0, 0.01, 0.05, 99.99, 1234.57, 10])
            order = self.order(price, partner=customer)
            orders += order
            amount = Decimal(str(order.net_revenue))
            for model in MODELS:
                shares = plain_credits(model, amount, count) if count else [amount]
                for source, share in zip(
                    sources or [self.env["utm.source"]], shares, strict=True
                ):
                    expected[model, source.id] += share
        total = Decimal(str(sum(orders.mapped("net_revenue")))).quantize(CENT)
        for model in MODELS:
            groups = self.Attribution._read_group(
                [("order_id", "in", orders.ids)], ["source_id"], [f"{model}_revenue:sum"]
            )
            found = {source.id: Decimal(str(value)).quantize(CENT) for source, value in groups}
            self.assertEqual(
                found, {key: value for (name, key), value in expected.items() if name == model},
                model,
            )
            self.assertEqual(sum(found.values()), total, model)

    def test_total_is_all_revenue(self):
        for days, source in zip((90, 60, 30), self.sources, strict=False):
            self.lead(days, source)
        for price in (100.01, 0.02, 33.33):
            self.order(price)
            self.order(price, partner=self.other)
        self.env.flush_all()
        revenue = sum(self.env["sale.order"].search([
            ("state", "=", "sale"), ("company_id", "=", self.env.company.id),
        ]).mapped("net_revenue"))
        totals = self.Attribution._read_group(
            [("company_id", "=", self.env.company.id)], [],
            [f"{model}_revenue:sum" for model in MODELS],
        )[0]
        for model, total in zip(MODELS, totals, strict=True):
            self.assertAlmostEqual(total, revenue, 2, model)

    def test_order_without_rate_leaves_the_total_unknown(self):
        self.lead(10, self.sources[0])
        order = self.order()
        put(order, net_revenue=None)
        total = self.Attribution._read_group(
            [("order_id", "=", order.id)], [], ["last_revenue:sum"]
        )[0][0]
        self.assertFalse(total)
        self.assertIsNot(total, 0)

    def test_drill_opens_the_credits(self):
        for days, source in zip((90, 60, 30), self.sources, strict=False):
            self.lead(days, source)
        order = self.order()
        action = self.Attribution.action_drill("first_revenue", [("order_id", "=", order.id)])
        rows = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(rows.mapped("first_revenue"), [100])
        self.assertEqual(rows.action_open_order()["res_id"], order.id)

    def test_A2_company_of_others(self):
        self.order()
        self.env.flush_all()
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.env.user.company_ids += other
        self.assertTrue(self.Attribution.search_count([]))
        elsewhere = self.Attribution.with_context(allowed_company_ids=other.ids)
        self.assertFalse(elsewhere.search_count([]))
        self.assertEqual(elsewhere._read_group([], [], ["last_revenue:sum"])[0][0] or 0, 0)

    def test_A15_salesperson_reads_nothing(self):
        seller = self.env["res.users"].create({
            "name": "Seller", "login": "attribution_seller",
            "group_ids": [(6, 0, [self.env.ref("sales_team.group_sale_salesman_all_leads").id])],
        })
        with self.assertRaises(AccessError):
            self.Attribution.with_user(seller).search([])
        with self.assertRaises(AccessError):
            self.Attribution.with_user(seller).action_drill("last_revenue", [])
