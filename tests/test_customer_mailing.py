"""Filters of customers choose the recipients of a mailing."""

from odoo.tests import tagged

from .customer_common import CustomerCase


@tagged("post_install", "-at_install", "-standard", "neighbours")
class TestCustomerMailing(CustomerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.loyal = cls._customer("Loyal Ltd", email="loyal@example.com")
        cls.contact = cls.Partner.create({
            "name": "Lea", "parent_id": cls.loyal.id, "email": "lea@example.com"})
        cls.lost = cls._customer("Lost Ltd", email="lost@example.com")
        cls.stranger = cls._customer("Stranger Ltd", email="stranger@example.com")
        for day in (10, 100, 200, 300):
            cls._purchase(cls.loyal, day, 1000)
        cls._purchase(cls.lost, 900, 50)
        cls._refresh()
        cls.ours = cls.loyal + cls.contact + cls.lost + cls.stranger

    def recipients(self, domain):
        mailing = self.env["mailing.mailing"].create({
            "subject": "News", "mailing_type": "mail",
            "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
            "mailing_domain": repr([("id", "in", self.ours.ids), *domain]),
        })
        return self.Partner.browse(mailing._get_recipients())

    def test_customers_of_a_tier_stage_or_segment(self):
        for domain, expected in (
            ([("customer_tier_id.name", "=", "A")], self.loyal + self.contact),
            ([("lifecycle_stage", "=", "lapsed")], self.lost),
            ([("lifecycle_stage", "=", "prospect")], self.stranger),
            ([("lifetime_revenue", ">", 3000)], self.loyal + self.contact),
            ([("last_order_date", "<", "2025-01-01")], self.lost),
        ):
            with self.subTest(domain):
                self.assertEqual(self.recipients(domain), expected)

    def test_the_domain_is_the_filter_of_the_contacts(self):
        """What the search view of contacts builds is taken as it is."""
        rows = self.Partner.search([("id", "in", self.ours.ids),
                                    ("lifecycle_stage", "in", ["active", "won_back"])])
        self.assertEqual(
            self.recipients([("lifecycle_stage", "in", ["active", "won_back"])]), rows)
