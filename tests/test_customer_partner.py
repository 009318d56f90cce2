"""Figures of customers on partners: who sees what, searching, grouping, sorting; tiers; merges."""

from datetime import timedelta

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from .customer_common import TODAY, CustomerCase

AMOUNTS = ("lifetime_revenue", "lifetime_margin", "customer_value", "rfm_segment")


@tagged("post_install", "-at_install", "fault")
class TestCustomerPartner(CustomerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.loyal = cls._customer("Loyal Ltd")
        cls.contact = cls.Partner.create({"name": "Lea", "parent_id": cls.loyal.id})
        cls.lost, cls.prospect = cls._customer("Lost Ltd"), cls._customer("Prospect Ltd")
        for day in (10, 100, 200, 300):
            cls._purchase(cls.contact, day, 1000)
        cls._purchase(cls.lost, 900, 50, user_id=cls.colleague.id)
        cls._refresh()
        cls.ours = cls.loyal + cls.contact + cls.lost + cls.prospect
        cls.support = new_test_user(
            cls.env, "kpi_support", "base.group_user", company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )

    def found(self, domain, user=None):
        partners = self.Partner.with_user(user or self.manager)
        return partners.search([("id", "in", self.ours.ids), *domain]).with_env(self.env)

    # -- reading -----------------------------------------------------------------------------

    def test_contacts_show_their_companys_figures(self):
        self.assertEqual(self.contact.lifetime_revenue, 4000)
        self.assertEqual(self.contact.order_day_count, 4)
        self.assertEqual(self.contact.lifecycle_stage, "active")
        self.assertEqual(self.contact.customer_tier_id, self.loyal.customer_tier_id)
        self.assertEqual(self.prospect.lifecycle_stage, "prospect")
        self.assertIs(self.prospect.lifetime_revenue, False)
        self.assertFalse(self.prospect.customer_tier_id)
        self.assertEqual(self.Partner.new({"name": "New"}).lifecycle_stage, "prospect")

    def test_one_query_for_many_partners(self):
        partners = self.ours.with_user(self.manager)
        partners.mapped("commercial_partner_id")
        self.env["crm.customer.value"].with_user(self.manager)._search([])
        with self.assertQueryCount(2):
            partners.mapped("customer_value")

    def test_F8_support_sees_the_tier_and_no_amount(self):
        mine = self.loyal.with_user(self.support)
        self.assertEqual(mine.customer_tier_id.name, "A")
        self.assertEqual(mine.lifecycle_stage, "active")
        for name in AMOUNTS:
            with self.assertRaises(AccessError, msg=name):
                mine.read([name])
            with self.assertRaises(AccessError, msg=name):
                self.Partner.with_user(self.support).search([(name, "!=", False)])
            with self.assertRaises(AccessError, msg=name):
                self.Partner.with_user(self.support).search([], order=name, limit=1)
            self.assertNotIn(name, self.Partner.with_user(self.support).fields_get())
        self.assertFalse(self.env["crm.customer.value"].with_user(self.support).has_access("read"))

    def test_A5_own_documents_only(self):
        self.assertEqual(self.loyal.with_user(self.rep).lifetime_revenue, 4000)
        self.assertIs(self.lost.with_user(self.rep).lifetime_revenue, False)
        self.assertEqual(self.lost.with_user(self.rep).lifecycle_stage, "lapsed", "for everybody")
        self.assertEqual(self.found([("lifetime_revenue", ">", 0)], self.rep),
                         self.loyal + self.contact)
        self.assertEqual(self.lost.with_user(self.manager).lifetime_revenue, 50)
        rows = self.Partner.with_user(self.rep)._read_group(
            [("id", "in", self.ours.ids)], ["rfm_segment"], ["__count"]
        )
        self.assertEqual(dict(rows)[False], 2, "the customer of a colleague and the prospect")

    def test_A2_another_company_sees_nothing_of_it(self):
        theirs = self.loyal.with_user(self.other_manager).with_context(
            allowed_company_ids=self.other_company.ids
        )
        self.assertIs(theirs.lifetime_revenue, False)
        self.assertFalse(theirs.customer_tier_id)
        self.assertEqual(theirs.lifecycle_stage, "prospect")

    def test_portal_reads_nothing(self):
        portal = new_test_user(self.env, "kpi_portal", "base.group_portal")
        for name in (*AMOUNTS, "customer_tier_id", "lifecycle_stage"):
            with self.assertRaises(AccessError, msg=name):
                portal.partner_id.with_user(portal).read([name])

    # -- searching, grouping, sorting --------------------------------------------------------

    def test_search(self):
        sold, never = self.loyal + self.contact + self.lost, self.prospect
        cases = [
            ([("lifecycle_stage", "=", "lapsed")], self.lost),
            ([("lifecycle_stage", "=", "prospect")], never),
            ([("lifecycle_stage", "!=", "prospect")], sold),
            ([("lifecycle_stage", "in", ["prospect", "lapsed"])], self.lost + never),
            ([("lifecycle_stage", "not in", ["prospect", "lapsed"])], self.loyal + self.contact),
            ([("lifetime_revenue", ">", 100)], self.loyal + self.contact),
            ([("lifetime_revenue", "=", False)], never),
            ([("lifetime_revenue", "!=", False)], sold),
            ([("order_day_count", "=", 0)], never),
            ([("order_day_count", "<", 2)], self.lost + never),
            ([("order_day_count", ">=", 1)], sold),
            ([("customer_tier_id.name", "=", "A")], self.loyal + self.contact),
            ([("customer_tier_id", "=", False)], never),
            ([("customer_tier_id", "!=", False)], sold),
            ([("last_order_date", "<", TODAY - timedelta(days=365))], self.lost),
            (["!", ("last_order_date", "<", TODAY - timedelta(days=365))],
             self.loyal + self.contact + never),
            ([("rfm_recency", "in", [1, 2, 3])], self.lost),
        ]
        for domain, expected in cases:
            with self.subTest(domain=domain):
                self.assertEqual(self.found(domain).sorted("id"), expected.sorted("id"))

    def test_search_and_reading_agree(self):
        for name in ("lifecycle_stage", "rfm_segment", "order_day_count", "lifetime_revenue"):
            for partner in self.ours:
                same = self.found([(name, "=", partner[name])])
                self.assertIn(partner, same, name)
                self.assertEqual(same, same.filtered(lambda one, n=name, p=partner: one[n] == p[n]))

    def test_group_and_sort(self):
        partners = self.Partner.with_user(self.manager)
        mine = [("id", "in", self.ours.ids)]
        self.assertEqual(
            dict(partners._read_group(mine, ["lifecycle_stage"], ["__count"])),
            {"active": 2, "lapsed": 1, "prospect": 1},
        )
        tiers = partners._read_group(mine, ["customer_tier_id"], ["__count"])
        self.assertEqual(sum(count for _tier, count in tiers), 4)
        self.assertEqual({tier.name for tier, _count in tiers},
                         {self.loyal.customer_tier_id.name, self.lost.customer_tier_id.name, False})
        months = partners._read_group(mine, ["last_order_date:month"], ["__count"])
        self.assertEqual(sum(count for _month, count in months), 4)
        ordered = partners.search(mine, order="lifetime_revenue desc nulls last, id")
        self.assertEqual(ordered.ids, (self.loyal + self.contact + self.lost + self.prospect).ids)
        described = partners.fields_get(["lifecycle_stage", "customer_value", "customer_tier_id"])
        for name, description in described.items():
            self.assertTrue(description["groupable"] and description["searchable"], name)

    # -- tiers -------------------------------------------------------------------------------

    def test_tiers_are_seeded_for_each_company(self):
        tiers = self.env["crm.customer.tier"].search([("company_id", "=", self.company.id)])
        self.assertEqual(tiers.mapped("name"), ["A", "B", "C", "D"])
        self.env["crm.customer.tier"]._seed()
        self.assertEqual(tiers.search_count([("company_id", "=", self.company.id)]), 4)

    def test_tiers_by_amount(self):
        self.company.write({"customer_tier_method": "amount", "customer_tier_slack": 0})
        value = self.row(self.loyal).customer_value
        a, b, *_rest = self.tiers()
        a.least_value, b.least_value = value + 1, value
        self._refresh()
        self.assertEqual(self.loyal.customer_tier_id, b)

    def tiers(self):
        return self.env["crm.customer.tier"].search([("company_id", "=", self.company.id)])

    def test_set_by_hand_until_a_day(self):
        a, b, c, d = self.tiers()
        override = self.env["crm.customer.tier.override"].with_user(self.manager).create({
            "partner_id": self.contact.id, "tier_id": d.id, "reason": "Does not pay",
            "company_id": self.company.id, "date_until": TODAY + timedelta(days=400),
        })
        self.assertEqual(override.partner_id, self.loyal)
        self.assertEqual(self.loyal.customer_tier_id, d, "at once")
        self.assertTrue(self.row(self.loyal).is_tier_by_hand)
        self._refresh(today=TODAY + timedelta(days=400))
        self.assertEqual(self.loyal.customer_tier_id, d)
        self._refresh(today=TODAY + timedelta(days=401), refit=True)
        self.assertEqual(self.loyal.customer_tier_id, a)
        changes = self.env["crm.customer.tier.change"].search(
            [("partner_id", "=", self.loyal.id)], order="id"
        )
        self.assertEqual(
            [(change.tier_before_id, change.tier_after_id, change.cause) for change in changes],
            [(a, d, "hand"), (d, a, "expired")],
        )

    def test_set_by_hand_for_a_prospect(self):
        override = self.env["crm.customer.tier.override"].create({
            "partner_id": self.prospect.id, "tier_id": self.tiers()[0].id,
            "reason": "Strategic", "company_id": self.company.id,
        })
        self.assertEqual(self.prospect.customer_tier_id.name, "A")
        self.assertEqual(self.prospect.lifecycle_stage, "prospect")
        self.assertEqual(self.found([("lifecycle_stage", "=", "prospect")]), self.prospect)
        self._refresh(refit=True)
        self.assertEqual(self.prospect.customer_tier_id.name, "A")
        self.assertIs(self.prospect.customer_value, False)
        override.unlink()
        self.assertFalse(self.prospect.customer_tier_id)
        self.assertFalse(self.row(self.prospect))

    def test_set_by_hand_needs_sense_and_rights(self):
        values = {"partner_id": self.loyal.id, "tier_id": self.tiers()[0].id, "reason": "x",
                  "company_id": self.company.id}
        with self.assertRaises(ValidationError):
            self.env["crm.customer.tier.override"].create({**values, "date_until": "2020-01-01"})
        with self.assertRaises(AccessError):
            self.env["crm.customer.tier.override"].with_user(self.rep).create(values)

    # -- merges and deletions ----------------------------------------------------------------

    def test_F6_merged_customers_are_one(self):
        self.env["crm.customer.tier.override"].create({
            "partner_id": self.lost.id, "tier_id": self.tiers()[1].id, "reason": "Promised",
            "company_id": self.company.id,
        })
        history = self.env["crm.customer.tier.change"].search([("partner_id", "=", self.lost.id)])
        self.assertTrue(history)
        self.env["base.partner.merge.automatic.wizard"].sudo()._merge(
            (self.loyal + self.lost).ids, self.loyal, extra_checks=False
        )
        row = self.row(self.loyal)
        self.assertEqual(len(row), 1)
        self.assertEqual(row.lifetime_revenue, 4050)
        self.assertEqual(row.order_day_count, 5)
        self.assertEqual(row.customer_tier_id.name, "B", "what was promised holds")
        history.invalidate_recordset()
        self.assertEqual(history.partner_id, self.loyal)
        merged = self.stored()
        self._refresh()
        self.assertEqual(self.stored(), merged, "the night agrees")

    def test_F6_merge_into_a_prospect(self):
        self.env["base.partner.merge.automatic.wizard"].sudo()._merge(
            (self.prospect + self.lost).ids, self.prospect, extra_checks=False
        )
        self.assertEqual(self.prospect.lifetime_revenue, 50)
        self.assertEqual(self.prospect.lifecycle_stage, "lapsed")

    def test_H5_people_and_customers_go(self):
        self.colleague.unlink()
        row = self.row(self.lost)
        self.assertEqual(row.lifetime_revenue, 50)
        self.assertFalse(row.user_id)
        gone = self._customer("Zacharias Marker")
        self.env["crm.customer.tier.override"].create({
            "partner_id": gone.id, "tier_id": self.tiers()[0].id, "reason": "x",
            "company_id": self.company.id,
        })
        self.assertTrue(self.row(gone))
        gone.unlink()
        self.env.invalidate_all()
        self.assertFalse(self.Value.search([("partner_id", "=", False)]))
