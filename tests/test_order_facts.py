from collections import defaultdict
from datetime import date, datetime, timedelta
from unittest.mock import patch

from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import float_round

from .facts_common import put, raw

NET = ("net_revenue", "net_margin")
HISTORY = ("customer_order_rank", "order_kind", "days_since_previous_order", "is_last_order",
           "lead_cycle_days")


class OrderFacts(AccountTestInvoicingCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids += cls.env.ref("sales_team.group_sale_manager")
        cls.company = cls.env.company
        laptops, services = cls.env["product.category"].create(
            [{"name": "Laptops"}, {"name": "Services"}]
        )
        cls.basic, cls.other_basic, cls.pro, cls.setup = cls.env["product.product"].create([
            {"name": name, "categ_id": category.id, "list_price": price, "standard_price": cost,
             "taxes_id": False, "invoice_policy": "order", "type": "service"}
            for name, category, price, cost in (
                ("Basic", laptops, 100, 60), ("Other Basic", laptops, 100, 60),
                ("Pro", laptops, 200, 100), ("Setup", services, 50, 10),
            )
        ])
        cls.acme = cls.env["res.partner"].create({"name": "Acme", "is_company": True})
        cls.buyer = cls.env["res.partner"].create({"name": "Bo", "parent_id": cls.acme.id})
        cls.other = cls.env["res.partner"].create({"name": "Other", "is_company": True})

    @classmethod
    def new_order(cls, *lines, partner=None, when=None, confirm=True, **values):
        """``lines``: products, or (product, quantity, price)."""
        parts = [line if isinstance(line, tuple) else (line, 1, line.list_price) for line in lines]
        order = cls.env["sale.order"].create({
            "partner_id": (partner or cls.acme).id,
            "order_line": [
                Command.create({"product_id": product.id, "product_uom_qty": quantity,
                                "price_unit": price, "tax_ids": False})
                for product, quantity, price in parts
            ],
            **values,
        })
        if confirm:
            order.action_confirm()
        if when:
            order.date_order = when
        return order

    def invoice(self, order, when=None):
        move = order._create_invoices(final=True)
        move.invoice_date = when or date(2025, 1, 31)
        move.action_post()
        return move

    def credit(self, move, share=1.0, post=True):
        refund = move._reverse_moves([{"invoice_date": move.invoice_date}])
        for line in refund.invoice_line_ids:
            line.quantity *= share
        if post:
            refund.action_post()
        return refund

    def assertSqlAgrees(self, orders):
        """Spoil the stored values, let the set-based SQL and the ORM restore them, compare."""
        names = NET + HISTORY
        expected = raw(self.env, "sale_order", orders.ids, *names)
        put(orders, net_revenue=-1, net_margin=-1, customer_order_rank=99, order_kind="new",
            days_since_previous_order=-1, lead_cycle_days=-1)
        self.env["sale.order"]._kpi_recompute_sql(orders.partner_id.ids)
        self.assertEqual(raw(self.env, "sale_order", orders.ids, *names), expected)
        put(orders, net_revenue=-1, net_margin=-1, customer_order_rank=99, order_kind="new",
            days_since_previous_order=-1, lead_cycle_days=-1)
        for name in names:
            self.env.add_to_compute(orders._fields[name], orders)
        self.assertEqual(raw(self.env, "sale_order", orders.ids, *names), expected)


@tagged("post_install", "-at_install")
class TestOrderNet(OrderFacts):

    def test_without_credit_note(self):
        order = self.new_order((self.basic, 2, 90), self.setup)
        self.assertEqual((order.net_revenue, order.net_margin), (230, 100))
        self.invoice(order)
        self.assertEqual((order.net_revenue, order.net_margin), (230, 100))
        self.assertSqlAgrees(order)

    def test_partial_and_full_credit(self):
        order = self.new_order((self.basic, 4, 100))
        bill = self.invoice(order)
        refund = self.credit(bill, 0.25, post=False)
        self.assertEqual(order.net_revenue, 400, "a draft credit note takes nothing back")
        refund.action_post()
        self.assertEqual((order.net_revenue, order.net_margin), (300, 120))
        self.credit(bill, 0.75)
        self.assertEqual((order.net_revenue, order.net_margin), (0, 0))
        self.assertSqlAgrees(order)
        refund.button_draft()
        self.assertEqual(order.net_revenue, 100)
        refund.button_cancel()
        self.assertEqual(order.net_revenue, 100)
        self.assertSqlAgrees(order)

    def test_invoiced_again_is_no_refund(self):
        order = self.new_order((self.basic, 1, 100))
        bill = self.invoice(order)
        self.credit(bill)
        self.assertEqual(order.net_revenue, 0)
        self.invoice(order)
        self.assertEqual(order.net_revenue, 100)
        self.assertSqlAgrees(order)

    def test_down_payment_is_no_revenue(self):
        order = self.new_order((self.basic, 10, 100))
        wizard = self.env["sale.advance.payment.inv"].with_context(
            active_model="sale.order", active_ids=order.ids
        ).create({"advance_payment_method": "fixed", "fixed_amount": 300})
        wizard.create_invoices()
        down = order.invoice_ids
        down.invoice_date = date(2025, 1, 1)
        down.action_post()
        self.assertEqual(order.net_revenue, 1000)
        self.credit(down)
        self.assertEqual(order.net_revenue, 1000, "the order itself was not taken back")
        self.assertSqlAgrees(order)

    def test_line_of_two_orders_is_shared(self):
        first, second = self.new_order((self.basic, 1, 100)), self.new_order((self.basic, 1, 100))
        refund = self.credit(self.invoice(first))
        refund.invoice_line_ids.sale_line_ids += second.order_line
        self.assertEqual((first.net_revenue, second.net_revenue), (50, 50))
        self.assertSqlAgrees(first + second)

    def foreign_order(self, rates, code="EUR", when=datetime(2025, 6, 1, 12), **values):
        currency = self.env["res.currency"].with_context(active_test=False).search(
            [("name", "=", code)]
        )
        currency.active = True
        self.env["res.currency.rate"].search([("currency_id", "=", currency.id)]).unlink()
        self.env["res.currency.rate"].create([
            {"name": day, "rate": rate, "currency_id": currency.id, "company_id": False}
            for day, rate in rates
        ])
        pricelist = self.env["product.pricelist"].create({"name": code, "currency_id": currency.id})
        return self.new_order(
            (self.basic, 1, 99.99), (self.setup, 1, 0.01), when=when, pricelist_id=pricelist.id,
            **values,
        )

    def test_other_currency(self):
        order = self.foreign_order([("2025-01-01", 0.8), ("2025-06-01", 0.7), ("2025-07-01", 0.5)])
        self.assertEqual(order.net_revenue, float_round(100 / 0.7, 2))
        self.assertEqual(order.net_margin, float_round(order.margin / 0.7, 2))
        bill = self.invoice(order, date(2025, 7, 2))
        self.assertEqual(order.net_revenue, float_round(100 / 0.7, 2))
        refund = self.credit(bill)
        self.assertTrue(refund)
        self.assertEqual(order.net_revenue, 0, "credited in full, whatever the rates were")
        self.assertSqlAgrees(order)

    def test_currency_without_rate(self):
        order = self.foreign_order([], "CHF")
        self.assertEqual(order.currency_rate, 1.0, "Odoo takes 1.0 silently")
        self.assertEqual(raw(self.env, "sale_order", order.ids, *NET)[order.id], (None, None))
        self.assertIs(order.net_revenue, False)
        found = self.env["sale.order"].search(
            [("id", "=", order.id), ("net_revenue", "=", False)]
        )
        self.assertEqual(found, order)
        self.assertSqlAgrees(order)
        self.env["res.currency.rate"].create({
            "name": "2025-06-15", "rate": 0.5, "currency_id": order.currency_id.id,
            "company_id": False,
        })
        self.assertEqual(order.net_revenue, 200, "valued once there is a rate")
        self.assertSqlAgrees(order)

    def test_pegged_currency_at_par(self):
        order = self.foreign_order([("2020-01-01", 1.0)], "CHF")
        self.assertEqual(order.net_revenue, 100)
        self.assertSqlAgrees(order)

    def test_base_currency_without_rates_of_its_own(self):
        """Rates refer to the currency of one company: orders of another in it are fine."""
        other = self.setup_other_company(name="Swiss", currency_id=self.env.ref("base.CHF").id)
        company = other["company"]
        self.env["res.currency.rate"].search([
            ("currency_id", "in", (company.currency_id + self.company.currency_id).ids)
        ]).unlink()
        self.env["res.currency.rate"].create({
            "name": "2020-01-01", "rate": 0.8, "currency_id": company.currency_id.id,
            "company_id": False,
        })
        pricelist = self.env["product.pricelist"].create(
            {"name": "Base", "currency_id": self.company.currency_id.id, "company_id": company.id}
        )
        self.env.user.company_ids += company
        order = self.new_order((self.basic, 1, 100), company_id=company.id,
                               pricelist_id=pricelist.id)
        self.assertEqual(order.company_currency_id, self.env.ref("base.CHF"))
        self.assertEqual(order.currency_id, self.company.currency_id)
        self.assertEqual(order.net_revenue, 80)
        self.assertSqlAgrees(order)

    def test_lead_revenue(self):
        lead = self.env["crm.lead"].create({"name": "Deal", "type": "opportunity"})
        self.assertIs(lead.net_order_revenue, False)
        draft = self.new_order(self.basic, opportunity_id=lead.id, confirm=False)
        self.assertIs(lead.net_order_revenue, False)
        first = self.new_order((self.basic, 3, 100), opportunity_id=lead.id)
        second = self.new_order(self.setup, opportunity_id=lead.id)
        self.assertEqual(lead.net_order_revenue, 350)
        self.assertEqual(lead.net_order_currency_id, self.company.currency_id)
        self.credit(self.invoice(first), 1 / 3)
        self.assertEqual(lead.net_order_revenue, 250)
        second._action_cancel()
        self.assertEqual(lead.net_order_revenue, 200)
        draft.action_confirm()
        self.assertEqual(lead.net_order_revenue, 300)
        before = raw(self.env, "crm_lead", lead.ids, "net_order_revenue", "net_order_currency_id")
        put(lead, net_order_revenue=-1, net_order_currency_id=None)
        self.env["sale.order"]._kpi_recompute_sql(self.acme.ids)
        self.assertEqual(
            raw(self.env, "crm_lead", lead.ids, "net_order_revenue", "net_order_currency_id"),
            before,
        )

    def test_lead_revenue_of_two_currencies(self):
        lead = self.env["crm.lead"].create({"name": "Deal", "type": "opportunity"})
        euro = self.foreign_order([("2025-01-01", 0.8)], opportunity_id=lead.id)
        self.new_order((self.basic, 1, 100), opportunity_id=lead.id)
        self.assertEqual(lead.net_order_revenue, 225)
        franc = self.foreign_order([], "CHF", opportunity_id=lead.id)
        self.assertIs(lead.net_order_revenue, False, "one unknown amount makes the sum unknown")
        franc._action_cancel()
        self.assertEqual(lead.net_order_revenue, 225)
        euro.opportunity_id = False
        self.assertEqual(lead.net_order_revenue, 100)

    def test_shared_lead_with_orders_of_two_companies(self):
        other = self.setup_other_company(name="Swiss", currency_id=self.env.ref("base.CHF").id)
        company = other["company"]
        self.env.user.company_ids += company
        self.env["res.currency.rate"].search(
            [("currency_id", "in", (company.currency_id + self.company.currency_id).ids)]
        ).unlink()
        self.env["res.currency.rate"].create({
            "name": "2020-01-01", "rate": 0.5, "currency_id": company.currency_id.id,
            "company_id": False,
        })
        lead = self.env["crm.lead"].create({"name": "Shared", "type": "opportunity"})
        put(lead, company_id=None)
        main = self.env["res.company"]._kpi_main_company()
        orders = self.new_order((self.basic, 1, 100), opportunity_id=lead.id, company_id=company.id)
        orders += self.new_order((self.basic, 1, 100), opportunity_id=lead.id)
        self.env.flush_all()
        self.assertEqual(orders.mapped("net_revenue"), [100, 100])
        self.assertEqual(lead.net_order_currency_id, main.currency_id)
        if main.currency_id == self.company.currency_id:
            self.assertEqual(lead.net_order_revenue, 300)


@tagged("post_install", "-at_install")
class TestOrderHistory(OrderFacts):

    def expected_history(self, orders):
        """Oracle: one customer's orders walked one after the other in plain Python."""
        expected, baskets = {}, defaultdict(list)
        for order in orders.sorted(lambda order: (order.date_order, order.id)):
            if order.state not in ("draft", "sent", "cancel"):
                key = (order.company_id, order.partner_id.commercial_partner_id)
                baskets[key].append(order)
            expected[order.id] = (None, None, None, False)
        for history in baskets.values():
            owned = {}
            for position, order in enumerate(history):
                goods = order.order_line.filtered(
                    lambda line: not line.display_type and line.price_subtotal > 0
                )
                best = defaultdict(float)
                for line in goods:
                    category = line.product_id.categ_id
                    best[category] = max(best[category], line.product_id.list_price)
                kind = "repeat"
                if not position:
                    kind = "new"
                elif owned and set(best) - set(owned):
                    kind = "cross_sell"
                elif any(price > owned.get(category, price) for category, price in best.items()):
                    kind = "upsell"
                for category, price in best.items():
                    owned[category] = max(price, owned.get(category, 0))
                gap = None
                if position:
                    gap = (order.date_order - history[position - 1].date_order).total_seconds()
                    gap /= 86400
                expected[order.id] = (position + 1, kind, gap, order == history[-1])
        return expected

    def assertHistory(self, orders):
        stored = raw(self.env, "sale_order", orders.ids, *HISTORY[:3], "is_last_order")
        stored = {key: (*values[:3], bool(values[3])) for key, values in stored.items()}
        self.assertEqual(stored, self.expected_history(orders))

    def test_kinds(self):
        day = datetime(2025, 1, 1, 10)
        orders = self.env["sale.order"]
        for lines in ([self.basic], [self.basic], [self.other_basic], [self.pro],
                      [self.basic, self.setup], [self.pro, self.setup], [self.other_basic]):
            orders += self.new_order(*lines, when=day)
            day += timedelta(days=10)
        self.env.flush_all()
        self.assertEqual(orders.mapped("order_kind"), [
            "new", "repeat", "repeat", "upsell", "cross_sell", "repeat", "repeat",
        ])
        self.env.flush_all()
        self.assertEqual(orders.mapped("customer_order_rank"), [1, 2, 3, 4, 5, 6, 7])
        self.assertEqual(orders.mapped("is_last_order"), [False] * 6 + [True])
        self.assertEqual(orders.mapped("days_since_previous_order"), [False] + [10] * 6)
        self.assertHistory(orders)
        self.assertSqlAgrees(orders)

    def test_contacts_are_one_customer(self):
        first = self.new_order(self.basic, partner=self.buyer, when=datetime(2025, 1, 1))
        second = self.new_order(self.basic, partner=self.acme, when=datetime(2025, 1, 1))
        self.buyer.active = False
        third = self.new_order(self.basic, partner=self.acme, when=datetime(2024, 12, 1))
        self.env.flush_all()
        self.assertEqual((third + first + second).mapped("customer_order_rank"), [1, 2, 3])
        self.assertEqual(second.days_since_previous_order, 0, "same day, one after the other")
        self.assertHistory(first + second + third)
        self.assertSqlAgrees(first + second + third)

    def test_confirm_cancel_and_date(self):
        late = self.new_order(self.basic, when=datetime(2025, 3, 1))
        draft = self.new_order(self.setup, confirm=False)
        early = self.new_order(self.pro, when=datetime(2025, 2, 1))
        orders = late + draft + early
        self.env.flush_all()
        self.assertEqual(orders.mapped("customer_order_rank"), [2, False, 1])
        self.assertHistory(orders)
        early._action_cancel()
        self.env.flush_all()
        self.assertEqual(orders.mapped("customer_order_rank"), [1, False, False])
        self.assertIs(late.days_since_previous_order, False)
        self.assertHistory(orders)
        draft.action_confirm()
        draft.date_order = datetime(2025, 3, 8)
        self.assertEqual(draft.order_kind, "cross_sell")
        self.assertHistory(orders)
        draft.date_order = datetime(2025, 1, 8)
        self.env.flush_all()
        self.assertEqual((draft.order_kind, late.order_kind), ("new", "cross_sell"))
        self.assertHistory(orders)
        self.assertSqlAgrees(orders)

    def test_change_of_lines(self):
        orders = self.new_order(self.basic, when=datetime(2025, 1, 1))
        orders += self.new_order(self.basic, when=datetime(2025, 2, 1))
        orders[1].order_line = [Command.create({"product_id": self.setup.id, "tax_ids": False})]
        self.env.flush_all()
        self.assertEqual(orders[1].order_kind, "cross_sell")
        orders[0].order_line = [Command.create({"product_id": self.setup.id, "tax_ids": False})]
        self.env.flush_all()
        self.env.flush_all()
        self.assertEqual(orders[1].order_kind, "repeat", "the customer had it by then")
        self.assertHistory(orders)

    def test_change_of_customer(self):
        orders = self.new_order(self.basic, when=datetime(2025, 1, 1))
        orders += self.new_order(self.basic, when=datetime(2025, 2, 1))
        orders += self.new_order(self.basic, partner=self.other, when=datetime(2025, 1, 15))
        orders[0].partner_id = self.other
        self.env.flush_all()
        self.assertEqual(orders.mapped("customer_order_rank"), [1, 1, 2])
        self.assertHistory(orders)

    def test_contact_moves_to_another_company(self):
        orders = self.new_order(self.basic, partner=self.buyer, when=datetime(2025, 1, 1))
        orders += self.new_order(self.basic, when=datetime(2025, 2, 1))
        orders += self.new_order(self.basic, partner=self.other, when=datetime(2025, 1, 15))
        self.env.flush_all()
        self.assertEqual(orders.mapped("customer_order_rank"), [1, 2, 1])
        self.buyer.parent_id = self.other
        self.env.flush_all()
        self.assertEqual(orders.mapped("customer_order_rank"), [1, 1, 2])
        self.assertHistory(orders)
        self.buyer.parent_id = False
        self.env.flush_all()
        self.assertEqual(orders.mapped("customer_order_rank"), [1, 1, 1])
        self.assertHistory(orders)

    def test_merged_customers(self):
        """The merge wizard rewrites foreign keys by SQL: two first orders would remain."""
        orders = self.new_order(self.basic, partner=self.other, when=datetime(2025, 1, 1))
        orders += self.new_order(self.basic, when=datetime(2025, 2, 1))
        orders += self.new_order(self.basic, partner=self.buyer, when=datetime(2025, 3, 1))
        self.env.flush_all()
        self.assertEqual(orders.mapped("customer_order_rank"), [1, 1, 2])
        self.env["base.partner.merge.automatic.wizard"].sudo()._merge(
            (self.other + self.acme).ids, self.acme
        )
        self.env.flush_all()
        self.assertEqual(orders.mapped("customer_order_rank"), [1, 2, 3])
        self.assertHistory(orders)

    def test_companies_have_their_own_history(self):
        company = self.setup_other_company(name="Second")["company"]
        self.env.user.company_ids += company
        orders = self.new_order(self.basic, when=datetime(2025, 1, 1))
        orders += self.new_order(self.basic, when=datetime(2025, 2, 1), company_id=company.id)
        self.env.flush_all()
        self.assertEqual(orders.mapped("customer_order_rank"), [1, 1])
        self.assertHistory(orders)

    def test_what_is_no_purchase(self):
        orders = self.new_order(self.basic, when=datetime(2025, 1, 1))
        free = self.new_order(self.basic, (self.setup, 1, 0), when=datetime(2025, 2, 1))
        discount = self.new_order(self.basic, (self.setup, 1, -10), when=datetime(2025, 3, 1))
        self.assertEqual((free + discount).mapped("order_kind"), ["repeat", "repeat"])
        credited = self.new_order(self.basic, self.setup, when=datetime(2025, 4, 1))
        self.assertEqual(credited.order_kind, "cross_sell")
        refund = self.credit(self.invoice(credited), post=False)
        refund.invoice_line_ids.filtered(lambda line: line.product_id == self.basic).unlink()
        refund.action_post()
        self.assertEqual(credited.order_kind, "repeat", "what came back was not sold")
        self.assertSqlAgrees(orders + free + discount + credited)

    def test_history_without_lines_is_unknown(self):
        orders = self.new_order(when=datetime(2025, 1, 1))
        orders += self.new_order(self.basic, when=datetime(2025, 2, 1))
        orders += self.new_order(self.setup, when=datetime(2025, 3, 1))
        self.env.flush_all()
        self.assertEqual(orders.mapped("order_kind"), ["new", "repeat", "cross_sell"])
        self.assertHistory(orders)

    def test_variant_with_higher_price_is_a_higher_tier(self):
        size = self.env["product.attribute"].create({
            "name": "Size", "value_ids": [Command.create({"name": n}) for n in ("S", "L")],
        })
        template = self.env["product.template"].create({
            "name": "Box", "list_price": 10, "taxes_id": False, "categ_id": self.basic.categ_id.id,
            "attribute_line_ids": [Command.create(
                {"attribute_id": size.id, "value_ids": size.value_ids.ids}
            )],
        })
        small, large = template.product_variant_ids
        large.product_template_attribute_value_ids.price_extra = 5
        orders = self.new_order(small, when=datetime(2025, 1, 1))
        orders += self.new_order(large, when=datetime(2025, 2, 1))
        orders += self.new_order(small, when=datetime(2025, 3, 1))
        self.env.flush_all()
        self.assertEqual(orders.mapped("order_kind"), ["new", "upsell", "repeat"])

    def test_lead_cycle(self):
        lead = self.env["crm.lead"].create({"name": "Deal", "type": "opportunity"})
        put(lead, create_date=datetime(2025, 1, 1, 6, 0, 0, 999))
        order = self.new_order(self.basic, when=datetime(2025, 1, 4, 18), opportunity_id=lead.id)
        self.assertEqual(order.lead_cycle_days, 3.5)
        self.assertSqlAgrees(order)
        order.date_order = datetime(2024, 12, 31)
        self.assertIs(order.lead_cycle_days, False)
        self.assertIs(self.new_order(self.basic).lead_cycle_days, False)

    def test_copy_starts_anew(self):
        order = self.new_order(self.basic)
        twin = order.copy()
        values = raw(self.env, "sale_order", twin.ids, *HISTORY)[twin.id]
        self.assertFalse(any(values))

    def test_one_query_for_many_customers(self):
        """Confirming many orders does not ask once for each of them."""
        def history_queries(size):
            partners = self.env["res.partner"].create(
                [{"name": f"P{size} {i}", "is_company": True} for i in range(size)]
            )
            orders = self.env["sale.order"].union(*(
                self.new_order(self.basic, partner=partner, confirm=False) for partner in partners
            ))
            self.env.flush_all()
            counted = []
            method = type(orders)._kpi_history_sql

            def spy(model, *args):
                counted.append(args)
                return method(model, *args)

            self.patch(type(orders), "_kpi_history_sql", spy)
            orders.write({"state": "sale"})
            self.env.flush_all()
            self.assertEqual(set(orders.mapped("customer_order_rank")), {1})
            return len(counted)

        self.assertEqual(history_queries(1), history_queries(10))

    def test_changes_pending_in_two_flushes(self):
        """More orders than the ORM computes at once, all of one customer."""
        orders = self.env["sale.order"].union(*(
            self.new_order(self.basic, confirm=False, when=datetime(2025, month, 1))
            for month in range(1, 6)
        ))
        self.env.flush_all()
        with patch("odoo.orm.fields.PREFETCH_MAX", 2):
            orders.write({"state": "sale"})
            self.env.flush_all()
        self.assertHistory(orders)

    def test_sales_analysis_by_kind(self):
        self.new_order(self.basic, when=datetime(2025, 1, 1))
        self.new_order(self.setup, when=datetime(2025, 2, 1))
        self.env.flush_all()
        rows = self.env["sale.report"]._read_group(
            [("partner_id", "=", self.acme.id)], ["order_kind"], ["price_subtotal:sum"],
        )
        self.assertEqual(dict(rows), {"new": 100, "cross_sell": 50})
