from datetime import date
from unittest.mock import patch

from odoo import Command
from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.exceptions import UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger


@tagged("post_install", "-at_install", "fault")
class TestRoiBillRule(AccountTestInvoicingCommon):
    """Vendor bills become costs, follow what happens to the bill, and count once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids += cls.env.ref("sales_team.group_sale_manager")
        cls.company = cls.env.company
        cls.media, cls.tools = cls.env["crm.roi.cost.category"].search([], limit=2)
        cls.campaign, cls.other_campaign = cls.env["utm.campaign"].create(
            [{"name": "Bills spring"}, {"name": "Bills autumn"}]
        )
        cls.vendor = cls.env["res.partner"].create({"name": "Ad Platform", "is_company": True})
        cls.contact = cls.env["res.partner"].create(
            {"name": "Billing", "parent_id": cls.vendor.id}
        )
        cls.account = cls.company_data["default_account_expense"]
        cls.accountant = new_test_user(
            cls.env, "bills_accountant", "account.group_account_invoice",
            company_id=cls.company.id, company_ids=[Command.set(cls.company.ids)],
        )

    def rule(self, **values):
        return self.env["crm.roi.bill.rule"].create({
            "name": "Advertising", "category_id": self.media.id, "date_from": "2026-01-01",
            **({} if {"account_id", "analytic_account_id", "product_id", "product_categ_id"}
               & values.keys() else {"partner_id": self.vendor.id}), **values,
        })

    def bill(self, *prices, move_type="in_invoice", day="2026-03-10", post=True, partner=None,
             line=None, **values):
        move = self.env["account.move"].create({
            "move_type": move_type, "partner_id": (partner or self.contact).id,
            "invoice_date": day, "date": day,
            "invoice_line_ids": [
                Command.create({"name": f"Clicks {price}", "price_unit": price, "quantity": 1,
                                "account_id": self.account.id, **(line or {})})
                for price in prices
            ],
            **values,
        })
        if post:
            move.action_post()
        return move

    def costs(self, move):
        """``[(rule, amount)]`` of the costs of a bill."""
        costs = self.env["crm.roi.cost"].search(
            [("move_line_id", "in", move.invoice_line_ids.ids)], order="id"
        )
        return [(cost.bill_rule_id, cost.amount) for cost in costs]

    def test_posted_bill_becomes_costs(self):
        rule = self.rule(campaign_id=self.campaign.id)
        move = self.bill(100, 50.5)
        costs = self.env["crm.roi.cost"].search([("bill_rule_id", "=", rule.id)], order="amount")
        self.assertEqual(costs.mapped("amount"), [50.5, 100])  # untaxed
        cost = costs[0]
        self.assertEqual(cost.move_line_id.move_id, move)
        self.assertEqual(cost.date_from, date(2026, 3, 10))
        self.assertEqual(cost.category_id, self.media)
        self.assertEqual(cost.campaign_id, self.campaign)
        self.assertEqual(cost.partner_id, self.vendor)
        self.assertEqual(cost.currency_id, self.company.currency_id)
        self.assertIn(move.name, cost.name)
        self.assertEqual(cost.amount_company, 50.5)
        self.assertEqual(rule.cost_count, 2)

    def test_draft_cancel_and_post_again(self):
        rule = self.rule()
        move = self.bill(100, post=False)
        self.assertEqual(self.costs(move), [])
        move.action_post()
        self.assertEqual(self.costs(move), [(rule, 100)])
        move.button_draft()
        self.assertEqual(self.costs(move), [])
        move.invoice_line_ids.price_unit = 120
        move.action_post()
        self.assertEqual(self.costs(move), [(rule, 120)])
        move.button_draft()
        move.button_cancel()
        self.assertEqual(self.costs(move), [])

    def test_C2_refund_is_a_credit(self):
        rule = self.rule()
        move = self.bill(100)
        refund = move._reverse_moves([{"invoice_date": "2026-03-20", "date": "2026-03-20"}])
        refund.action_post()
        self.assertEqual(self.costs(refund), [(rule, -100)])
        cost = self.env["crm.roi.cost"].search([("bill_rule_id", "=", rule.id)])
        self.assertEqual(sum(cost.mapped("amount")), 0)
        self.assertEqual(cost.filtered("is_credit").mapped("amount"), [-100])

    def test_nothing_happens_twice(self):
        rule = self.rule()
        move = self.bill(100, 30)
        before = self.env["crm.roi.cost"].search([("bill_rule_id", "=", rule.id)])
        for _time in range(2):
            self.env["crm.roi.bill.rule"]._follow_nightly()
            self.env["crm.roi.bill.rule"]._follow_lines(move.invoice_line_ids)
        after = self.env["crm.roi.cost"].search([("bill_rule_id", "=", rule.id)])
        self.assertEqual(after, before)

    def test_first_rule_takes_the_line(self):
        second = self.rule(sequence=20, category_id=self.tools.id)
        first = self.rule(sequence=10, account_id=self.account.id)
        move = self.bill(100)
        self.assertEqual(self.costs(move), [(first, 100)])
        first.sequence = 30  # at once, as the list is dragged
        self.assertEqual(self.costs(move), [(second, 100)])

    def test_analytic_shares_never_exceed_the_line(self):
        plan = self.env["account.analytic.plan"].create({"name": "Bills"})
        online, print_ = self.env["account.analytic.account"].create([
            {"name": name, "plan_id": plan.id} for name in ("Online", "Print")
        ])
        a = self.rule(sequence=1, analytic_account_id=online.id)
        b = self.rule(sequence=2, analytic_account_id=print_.id)
        rest = self.rule(sequence=3)
        line = {"analytic_distribution": {str(online.id): 33.33, str(print_.id): 33.33}}
        move = self.bill(100.01, line=line)
        self.assertEqual([one for one, _amount in self.costs(move)], [a, b, rest])
        amounts = [amount for _rule, amount in self.costs(move)]
        self.assertEqual(amounts[:2], [33.33, 33.34])  # rounded running totals: 33.33, 66.67
        self.assertAlmostEqual(sum(amounts), 100.01, 2)
        over = self.bill(100, line={
            "analytic_distribution": {str(online.id): 70, str(print_.id): 60},
        })
        self.assertEqual(self.costs(over), [(a, 70), (b, 30)])

    def test_conditions(self):
        parent = self.env["product.category"].create({"name": "Marketing"})
        child = self.env["product.category"].create({"name": "Ads", "parent_id": parent.id})
        product = self.env["product.product"].create({"name": "Banner", "categ_id": child.id})
        rules = {
            "account": self.rule(account_id=self.account.id),
            "product": self.rule(product_id=product.id),
            "category": self.rule(product_categ_id=parent.id),
            "vendor": self.rule(),
            "all": self.rule(account_id=self.account.id, product_id=product.id,
                             partner_id=self.contact.id),
        }
        other = self.env["res.partner"].create({"name": "Stationer"})
        moves = {
            "banner": self.bill(10, line={"product_id": product.id}),
            "plain": self.bill(10),
            "other": self.bill(10, partner=other),
        }
        fitting = {"banner": set(rules), "plain": {"account", "vendor"}, "other": {"account"}}
        for name, move in moves.items():
            line = move.invoice_line_ids
            for rule_name, rule in rules.items():
                expected = rule_name in fitting[name]
                found = self.env["account.move.line"].search(rule._line_domain())
                self.assertEqual(rule._share(line) > 0, expected, f"{name} {rule_name}")
                self.assertEqual(line in found, expected, f"{name} {rule_name} in SQL")

    def test_a_rule_without_conditions_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "every bill"):
            self.env["crm.roi.bill.rule"].create(
                {"name": "All", "category_id": self.media.id}
            )

    def test_customer_invoices_are_no_costs(self):
        self.rule(account_id=self.account.id)
        move = self.bill(100, move_type="out_invoice")
        self.assertEqual(self.costs(move), [])

    def test_past_bills_on_request(self):
        early = self.bill(70, 30, day="2025-12-01")
        rule = self.rule()
        self.assertEqual(self.costs(early), [])
        self.assertEqual(rule.past_count, 2)
        rule.action_apply_to_past()
        self.assertEqual(self.costs(early), [(rule, 70), (rule, 30)])
        self.assertEqual(rule.past_count, 0)
        rule.date_from = "2026-01-01"
        self.assertEqual(self.costs(early), [])

    def test_foreign_bill_is_in_company_currency_at_its_own_rate(self):
        rule = self.rule()
        currency = self.env["res.currency"].create({
            "name": "XBI", "symbol": "x", "rounding": 0.01,
            "rate_ids": [Command.create({"name": "2026-01-01", "rate": 4})],
        })
        move = self.bill(100, currency_id=currency.id)
        self.assertEqual(self.costs(move), [(rule, 25)])

    def test_changed_rule_moves_its_costs(self):
        rule = self.rule(campaign_id=self.campaign.id)
        move = self.bill(100)
        rule.campaign_id = self.other_campaign
        costs = self.env["crm.roi.cost"].search([("bill_rule_id", "=", rule.id)])
        self.assertEqual(costs.campaign_id, self.other_campaign)
        rule.write({"partner_id": self.partner_a.id})
        self.assertEqual(self.costs(move), [])

    def test_archived_rule_keeps_what_it_made(self):
        rule = self.rule()
        move = self.bill(100)
        rule.active = False
        self.assertEqual(self.costs(move), [(rule, 100)])
        self.assertEqual(self.costs(self.bill(50)), [])
        late = self.rule(name="Another")
        self.env["crm.roi.bill.rule"]._follow_nightly()
        self.assertEqual(self.costs(move), [(rule, 100)], "counted once")
        with self.assertRaisesRegex(UserError, "Archive it"):
            rule.unlink()
        self.assertTrue(late.exists())

    def test_manager_cannot_delete_what_comes_back(self):
        rule = self.rule()
        self.bill(100)
        manager = new_test_user(
            self.env, "bills_manager", "sales_team.group_sale_manager",
            company_id=self.company.id, company_ids=[Command.set(self.company.ids)],
        )
        with self.assertRaisesRegex(UserError, "Change the conditions"):
            rule.cost_ids.with_user(manager).unlink()
        # Without a right on bills, managers set rules and see how many lines they fit.
        rule.with_user(manager).date_from = "2026-04-01"
        self.assertEqual(rule.with_user(manager).past_count, 1)
        self.assertFalse(rule.cost_ids)
        rule.with_user(manager).action_apply_to_past()
        self.assertEqual(rule.cost_count, 1)

    def test_accountant_without_crm_rights_posts(self):
        rule = self.rule()
        move = self.bill(100, post=False)
        move.with_user(self.accountant).action_post()
        self.assertEqual(self.costs(move), [(rule, 100)])
        move.with_user(self.accountant).button_draft()
        self.assertEqual(self.costs(move), [])

    def test_F1_a_failing_hook_does_not_stop_the_accountant(self):
        rule = self.rule()
        Rule = type(self.env["crm.roi.bill.rule"])
        errors = (
            ValueError("poison"), UserError("poison"),
            lambda rules, lines: rules.env.cr.execute("SELECT 1 FROM no_such_table"),
        )
        for error in errors:
            move = self.bill(100, post=False)
            with (
                patch.object(Rule, "_follow_lines", side_effect=error, autospec=True),
                self.assertLogs("odoo.addons.crm_roi.models.roi.account_move", "WARNING"),
                mute_logger("odoo.sql_db"),
            ):
                move.action_post()
            self.assertEqual(move.state, "posted")
            self.assertEqual(self.costs(move), [])
            self.env["crm.roi.bill.rule"]._follow_nightly()
            self.assertEqual(self.costs(move), [(rule, 100)], "caught up at night")

    def test_queries_do_not_grow_with_the_lines(self):
        self.rule()
        counts = []
        for count in (2, 2, 30):  # the first fills the caches
            lines = self.bill(*range(10, 10 + count)).invoice_line_ids
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["crm.roi.bill.rule"]._follow_lines(lines)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts[1:])
