"""Customers as a manager uses them, in a browser."""

from datetime import timedelta

from odoo.fields import Command, Date
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import SQL


@tagged("post_install", "-at_install")
class TestCustomerScreens(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create(
            {"name": "Screens", "currency_id": cls.env.ref("base.EUR").id}
        )
        cls.manager = new_test_user(
            cls.env, "customer_manager", "sales_team.group_sale_manager,base.group_partner_manager",
            company_id=cls.company.id, company_ids=[Command.set(cls.company.ids)],
        )
        cls.loyal, cls.slipping = cls.env["res.partner"].create([
            {"name": name, "is_company": True} for name in ("Loyal Ltd", "Slipping Ltd")
        ])
        today = cls.company._kpi_today(cls.company._kpi_timezone())
        for partner, amount, days in (
            (cls.loyal, 9000, (20, 60, 100)), (cls.slipping, 1000, (300,)),
        ):
            for day in days:
                cls._order(partner, amount, today - timedelta(days=day))
        cls.env["crm.customer.value"]._refresh_company(cls.company, today)

    @classmethod
    def _order(cls, partner, amount, day):
        """A confirmed order, as the set-based SQL leaves it."""
        columns = {
            "name": "S", "state": "sale", "partner_id": partner.id,
            "partner_invoice_id": partner.id, "partner_shipping_id": partner.id,
            "company_id": cls.company.id, "currency_id": cls.company.currency_id.id,
            "currency_rate": 1.0, "date_order": f"{day} 12:00:00", "user_id": cls.manager.id,
            "amount_untaxed": amount, "net_revenue": amount, "net_margin": .4 * amount,
        }
        cls.env.execute_query(SQL(
            "INSERT INTO sale_order (%s) VALUES (%s) RETURNING id",
            SQL(", ").join(SQL.identifier(name) for name in columns),
            SQL(", ").join(SQL("%s", value) for value in columns.values()),
        ))

    def test_customers(self):
        self.start_tour("/odoo", "crm_roi_customers", login="customer_manager")
        activity = self.slipping.activity_ids
        self.assertEqual(activity.user_id, self.manager)
        self.assertEqual(activity.date_deadline, Date.context_today(activity))
        self.assertFalse(self.loyal.activity_ids)
