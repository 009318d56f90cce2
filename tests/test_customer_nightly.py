"""The scheduled action of customers, and purchases through Odoo's own orders and invoices."""

from datetime import date, datetime, timedelta
from unittest.mock import patch

from odoo.tests import tagged

from .customer_common import TODAY, CustomerCase
from .test_order_facts import OrderFacts


@tagged("post_install", "-at_install")
class TestCustomerNightly(CustomerCase):
    def setUp(self):
        super().setUp()
        self.seconds_left = 1000
        self.startPatcher(patch.object(
            type(self.env["ir.cron"]), "_commit_progress", self.commit_progress
        ))
        # Everybody else's are done.
        self.Value._run_nightly()
        self.env.cr.execute(
            "DELETE FROM crm_customer_forecast WHERE company_id = ANY(%s)",
            [(self.company + self.other_company).ids],
        )
        self.env.invalidate_all()
        for company in self.company + self.other_company:
            self._purchase(self._customer(), 100, company=company)

    def commit_progress(self, processed=0, **_other):
        self.env.cr.execute("DROP TABLE IF EXISTS pg_temp.customer_day, pg_temp.customer_sum")
        self.seconds_left -= processed
        return self.seconds_left

    def days(self):
        return [
            self.env["crm.customer.forecast"]._latest(company).day
            for company in self.company + self.other_company
        ]

    def test_each_company_once_a_day(self):
        self.assertEqual(self.Value._run_nightly(), 2)
        self.assertEqual(self.days(), [self._today(), self._today(self.other_company)])
        self.assertEqual(self.Value._run_nightly(), 0)

    def test_what_was_not_reached_is_done_by_the_next_run(self):
        self.seconds_left = 1
        self.assertEqual(self.Value._run_nightly(), 1)
        self.assertEqual(len(self.Value._companies_to_do()), 1)
        self.seconds_left = 60
        self.assertEqual(self.Value._run_nightly(), 1)
        self.assertEqual(self.days(), [self._today(), self._today(self.other_company)])

    def test_after_days_of_downtime(self):
        self._refresh(today=TODAY - timedelta(days=9))
        self.assertEqual(self.Value._run_nightly(), 2)

    def test_changed_settings_are_followed(self):
        self.Value._run_nightly()
        self.company.customer_tier_slack = .2
        self.assertEqual(self.Value._run_nightly(), 1)
        self.env["crm.customer.tier"].search([("company_id", "=", self.company.id)])[0].share = .2
        self.assertEqual(self.Value._run_nightly(), 1)

    def test_another_worker_is_at_it(self):
        with patch.object(
            type(self.Value), "_lock_company",
            lambda _self, company: company == self.other_company,
        ):
            self.assertEqual(self.Value._run_nightly(), 1, "only the other company")
        self.assertEqual(self.Value._run_nightly(), 1)

    def test_the_lock_excludes_others(self):
        self.assertTrue(self.Value._lock_company(self.company))
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT pg_try_advisory_xact_lock(hashtext('crm_customer_value'), %s)",
                [self.company.id],
            )
            self.assertFalse(cr.fetchone()[0])


@tagged("post_install", "-at_install")
class TestCustomerPurchases(OrderFacts):
    def setUp(self):
        super().setUp()
        self.Value = self.env["crm.customer.value"]
        self.today = date(2025, 12, 1)

    def row(self, partner=None):
        self.Value._refresh_company(self.company, self.today)
        return self.Value.search([("partner_id", "=", (partner or self.acme).id)])

    def test_orders_net_of_credit_notes(self):
        first = self.new_order((self.basic, 4, 100), when=datetime(2025, 1, 10, 12))
        self.new_order((self.basic, 1, 100), partner=self.buyer, when=datetime(2025, 3, 10, 12))
        row = self.row()
        self.assertEqual((row.order_day_count, row.lifetime_revenue, row.lifetime_margin),
                         (2, 500, 200))
        bill = self.invoice(first)
        self.credit(bill, .25)
        row = self.row()
        self.assertEqual((row.order_day_count, row.lifetime_revenue, row.lifetime_margin),
                         (2, 400, 160))
        self.credit(bill, .75)
        row = self.row()
        self.assertEqual((row.order_day_count, row.lifetime_revenue), (1, 100))
        self.assertEqual(row.first_order_date, date(2025, 3, 10), "credited in full: no purchase")

    def test_invoices_net_of_credit_notes(self):
        self.company.customer_basis = "invoices"
        order = self.new_order((self.basic, 4, 100), when=datetime(2025, 1, 10, 12))
        self.assertFalse(self.row(), "nothing is invoiced")
        bill = self.invoice(order, date(2025, 2, 20))
        refund = self.credit(bill, .25, post=False)
        refund.invoice_date = date(2025, 5, 1)
        row = self.row()
        self.assertEqual((row.lifetime_revenue, row.lifetime_margin), (400, 160))
        refund.action_post()
        row = self.row()
        self.assertEqual((row.order_day_count, row.lifetime_revenue, row.lifetime_margin),
                         (1, 300, 120))
        self.assertEqual(row.last_order_date, date(2025, 2, 20), "on the day of the invoice")
        self.assertEqual(row.forecast_id.basis, "invoices")

    def test_invoice_without_order_has_no_known_margin(self):
        self.company.customer_basis = "invoices"
        self.init_invoice(
            "out_invoice", partner=self.other, invoice_date=date(2025, 4, 1), post=True,
            amounts=[250],
        )
        row = self.row(self.other)
        self.assertEqual(row.lifetime_revenue, 250)
        self.assertIs(row.lifetime_margin, False)
