"""The customer's panel on tickets: what it says to whom, and how it gets on and off the forms."""

from datetime import timedelta

from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..models.priority.crm_priority_panel import PLACE
from .customer_common import CustomerCase

FORMS = {
    "<form><sheet><group/><notebook/><div/></sheet><chatter/></form>": "notebook",
    "<form><header/><sheet><group/><div/></sheet></form>": "div",
    "<form><sheet/><chatter/></form>": "chatter",
    "<form><field name='a'/><field name='b'/></form>": "field",
    "<form><sheet><notebook><page><notebook/></page></notebook></sheet></form>": "notebook",
}


@tagged("post_install", "-at_install")
class TestCustomerPanel(CustomerCase):
    """Leads stand for tickets here: they have a customer and a priority."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Rule = cls.env["crm.priority.rule"]
        cls.Rule.search([]).active = False
        cls.rule = cls.Rule.create({
            "name": "Leads first", "model_name": "crm.lead", "company_id": cls.company.id,
        })
        cls.tier = cls.env["crm.customer.tier"].search(
            [("company_id", "=", cls.company.id)], limit=1)
        cls.customer = cls._customer("Acme")
        cls.contact = cls._customer("Ann", parent_id=cls.customer.id, is_company=False)
        cls._purchase(cls.contact, fields.Date.today() - timedelta(days=9), 700)
        cls._purchase(cls.customer, fields.Date.today() - timedelta(days=99), 300,
                      user_id=cls.colleague.id)
        cls._refresh(today=fields.Date.today(), refit=True)
        cls.env["crm.customer.tier.override"].create({
            "partner_id": cls.customer.id, "company_id": cls.company.id,
            "tier_id": cls.tier.id, "reason": "Key account",
        })
        cls._refresh(today=fields.Date.today())
        cls.deal = cls._lead(partner_id=cls.customer.id, expected_revenue=4000, name="Big deal")
        cls._lead(partner_id=cls.contact.id, expected_revenue=500, user_id=cls.colleague.id)
        cls._lead("won", partner_id=cls.customer.id, closed="2026-03-12 12:00")
        cls.ticket = cls._lead(partner_id=cls.contact.id, type="lead", name="Ticket")
        cls.support = new_test_user(
            cls.env, login="kpi_support", groups="base.group_user",
            company_id=cls.company.id, company_ids=[(6, 0, cls.company.ids)],
        )

    def panel_of(self, user, ticket=None, **arguments):
        ticket = self.ticket if ticket is None else ticket
        self.env.invalidate_all()
        panel = self.env["crm.customer.panel"].with_user(user).with_context(
            allowed_company_ids=user.company_ids.ids)
        return panel.read_panel("crm.lead", ticket.id, **arguments)

    # -- what it says ---------------------------------------------------------------------------

    def test_a_manager_reads_everything(self):
        panel = self.panel_of(self.manager)
        self.assertEqual(panel["customer"], {"id": self.customer.id, "name": "Acme"})
        self.assertEqual((panel["tier"], panel["stage"]["label"]), (self.tier.name, "Active"))
        self.assertTrue(panel["value"])
        deals, orders, tickets = panel["deals"], panel["orders"], panel["tickets"]
        self.assertEqual((deals["count"], deals["hidden"]), (2, 0))
        self.assertIn("4,500", deals["note"])
        self.assertEqual(deals["lines"][0]["name"], "Big deal")
        self.assertIn("4,000", deals["lines"][0]["detail"])
        self.assertEqual((orders["count"], len(orders["lines"])), (2, 2))
        self.assertIn("700", orders["lines"][0]["detail"])
        self.assertEqual(tickets["count"], 3, "the other records of that kind, not this one")

    def test_a_salesperson_reads_his_own_and_counts_the_rest(self):
        panel = self.panel_of(self.rep)
        self.assertEqual((panel["deals"]["count"], panel["deals"]["hidden"]), (2, 1))
        self.assertIn("4,000", panel["deals"]["note"], "amounts of what he may read alone")
        self.assertEqual((panel["orders"]["count"], panel["orders"]["hidden"]), (2, 1))

    def test_support_reads_the_standing_and_counts(self):
        """Somebody who may read the ticket, but nothing of sales."""
        self.env["ir.model.access"].create({
            "name": "support reads leads", "model_id": self.env["ir.model"]._get_id("crm.lead"),
            "group_id": self.env.ref("base.group_user").id, "perm_read": True,
        })
        self.env["ir.rule"].create({
            "name": "support: this lead", "model_id": self.env["ir.model"]._get_id("crm.lead"),
            "groups": [(6, 0, self.env.ref("base.group_user").ids)],
            "domain_force": [("id", "=", self.ticket.id)],
        })
        panel = self.panel_of(self.support)
        self.assertEqual((panel["tier"], panel["stage"]["code"]), (self.tier.name, "active"))
        self.assertEqual(panel["value"], "")
        for box in ("deals", "orders", "tickets"):
            self.assertEqual(panel[box]["lines"], [], box)
            self.assertEqual(panel[box]["hidden"], panel[box]["count"], box)
        self.assertEqual([panel[box]["count"] for box in ("deals", "orders", "tickets")],
                         [2, 2, 3])
        words = str(panel)
        for secret in ("4,000", "700", "500", "Big deal"):
            self.assertNotIn(secret, words)

    def test_who_may_not_read_the_ticket_reads_nothing(self):
        portal = new_test_user(self.env, login="kpi_portal", groups="base.group_portal")
        for user in (self.support, self.other_manager, portal):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.panel_of(user)

    def test_a_model_without_a_rule_is_closed(self):
        with self.assertRaises(AccessError):
            self.env["crm.customer.panel"].read_panel("res.partner", self.customer.id)
        self.rule.has_panel = False
        with self.assertRaises(AccessError):
            self.panel_of(self.manager)

    def test_customers_of_whom_nothing_is_known(self):
        self.assertIsNone(self.panel_of(self.manager, self._lead())["customer"])
        stranger = self._customer("Stranger")
        panel = self.panel_of(self.manager, self._lead(partner_id=stranger.id, type="lead"))
        self.assertEqual((panel["tier"], panel["stage"]["code"]), ("", "prospect"))
        self.assertEqual([panel[box]["count"] for box in ("deals", "orders", "tickets")], [0] * 3)

    def test_a_ticket_that_is_not_saved_yet(self):
        panel = self.panel_of(self.manager, self.env["crm.lead"], partner_id=self.contact.id)
        self.assertEqual((panel["customer"]["id"], panel["tickets"]["count"]),
                         (self.customer.id, 4))
        self.assertEqual(panel["reason"], "")

    def test_the_reason_of_the_priority(self):
        self.rule.write({"mode": "floor", "line_ids": [(0, 0, {
            "tier_id": self.tier.id, "choice": "crm.lead,priority,3"})]})
        ticket = self.env["crm.lead"].create({
            "name": "Raised", "partner_id": self.contact.id, "company_id": self.company.id,
            "type": "lead",
        })
        self.env.flush_all()
        self.env.cr.precommit.run()
        reason = self.panel_of(self.manager, ticket)["reason"]
        self.assertIn(f"customer of tier {self.tier.name}", reason)
        ticket.with_user(self.manager).priority = "1"
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.assertIn("chosen by hand", self.panel_of(self.manager, ticket)["reason"])

    # -- on and off the forms -------------------------------------------------------------------

    def form(self):
        arch = self.env["crm.lead"].get_view(view_type="form")["arch"]
        return etree.fromstring(arch).xpath("//widget[@name='crm_customer_panel']")

    def test_the_panel_comes_and_goes_with_the_rules(self):
        self.assertEqual(len(self.form()), 1)
        second = self.rule.copy({"company_id": self.other_company.id})
        self.assertEqual(len(self.form()), 1, "once for all companies")
        self.rule.active = False
        self.assertEqual(len(self.form()), 1)
        second.has_panel = False
        self.assertEqual(len(self.form()), 0)
        second.has_panel = True
        self.assertEqual(len(self.form()), 1)
        second.unlink()
        self.assertEqual(len(self.form()), 0)
        self.assertFalse(self.Rule._panel_views())
        self.assertFalse(self.env["ir.model.data"].search([
            ("name", "=like", "crm_customer_panel_on_%")]))

    def test_an_archived_panel_stays_archived(self):
        self.Rule._panel_views()["crm.lead"].active = False
        self.rule.name = "Another name"
        self.assertEqual(len(self.form()), 0)

    def test_every_form_has_a_place(self):
        for arch, tag in FORMS.items():
            (place,) = etree.fromstring(arch).xpath(PLACE)
            self.assertEqual(place.tag, tag, arch)

    def test_a_form_that_others_change_later_still_opens(self):
        self.env["ir.ui.view"].create({
            "name": "no notebook", "model": "crm.lead", "mode": "extension", "priority": 150,
            "inherit_id": self.env["ir.ui.view"].default_view("crm.lead", "form"),
            "arch": "<xpath expr='//notebook' position='replace'/>",
        })
        self.assertEqual(len(self.form()), 1)

    def test_a_form_that_takes_no_panel_stays_as_it_is(self):
        self.rule.active = False
        self.patch(self.env.registry["crm.priority.rule"], "_panel_arch",
                   lambda rule: "<xpath expr='//nothing' position='before'><div/></xpath>")
        with mute_logger("odoo.addons.crm_roi.models.priority.crm_priority_panel",
                         "odoo.addons.base.models.ir_ui_view"):
            self.rule.active = True
        self.assertEqual(len(self.form()), 0)
        self.assertTrue(self.env["crm.lead"].get_view(view_type="form"))

    def test_the_view_of_an_app_takes_the_panel_with_it(self):
        """What uninstalling a ticket app does with its views."""
        parent = self.env["ir.ui.view"].create({
            "name": "app form", "model": "crm.lead", "priority": 0,
            "arch": "<form><sheet><field name='partner_id'/></sheet></form>",
        })
        self.rule.name = "Moved"
        self.assertEqual(self.Rule._panel_views()["crm.lead"].inherit_id, parent)
        self.assertEqual(len(self.form()), 1)
        parent.with_context(_force_unlink=True).unlink()
        self.assertFalse(self.Rule._panel_views())

    def test_an_archived_panel_goes_with_the_view_of_an_app(self):
        """An archived extension would keep the form of an app that is uninstalled."""
        parent = self.env["ir.ui.view"].create({
            "name": "app form", "model": "crm.lead", "priority": 0,
            "arch": "<form><sheet><field name='partner_id'/></sheet></form>",
        })
        self.rule.name = "Moved"
        panel = self.Rule._panel_views()["crm.lead"]
        panel.active = False
        parent.with_context(_force_unlink=True).unlink()
        self.env.flush_all()
        self.assertFalse((parent + panel).exists())
        self.assertFalse(self.Rule._panel_views())
