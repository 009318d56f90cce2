"""Tickets of a tier-A customer by mail, by portal and by hand, and what the agent sees of it."""

from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import SQL

AGENT = "tour_agent"
MAIL = """From: Panel Contact <contact@panel.example>
To: panelhelp@tour.example
Subject: By mail
Message-ID: <tour-ticket@panel.example>
Content-Type: text/plain; charset=utf-8

The machine stands still.
"""


@tagged("post_install", "-at_install", "-standard", "neighbours")
class TestTicketTour(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        partners = cls.env["res.partner"]
        cls.customer = partners.create({"name": "Panel Customer", "is_company": True})
        cls.contact = partners.create({
            "name": "Panel Contact", "parent_id": cls.customer.id,
            "email": "contact@panel.example",
        })
        cls.env["crm.customer.tier"]._seed(cls.company)
        tier = cls.env["crm.customer.tier"].search([
            ("company_id", "=", cls.company.id), ("name", "=", "A")])
        # The row of the customer as the nightly action leaves it.
        cls.env.execute_query(SQL(
            """INSERT INTO crm_customer_value (company_id, partner_id, customer_tier_id,
                   currency_id, lifecycle_stage) VALUES (%s, %s, %s, %s, 'prospect')""",
            cls.company.id, cls.customer.id, tier.id, cls.company.currency_id.id,
        ))
        rules = cls.env["crm.priority.rule"].with_context(active_test=False)
        rules.search([("model_name", "=", "helpdesk.ticket")]).active = True
        cls.env["crm.lead"].create({
            "name": "Secret deal", "type": "opportunity", "partner_id": cls.customer.id,
            "expected_revenue": 12345, "company_id": cls.company.id,
        })
        cls.Ticket = cls.env["helpdesk.ticket"]
        cls.Ticket.create({
            "name": "Earlier ticket", "description": "x", "partner_id": cls.contact.id})
        cls.env["mail.alias.domain"].create({"name": "tour.example"})
        cls.team = cls.env["helpdesk.ticket.team"].create({
            "name": "Help", "alias_name": "panelhelp", "company_id": cls.company.id})
        cls.agent = new_test_user(
            cls.env, login=AGENT, password=AGENT, company_id=cls.company.id,
            groups="base.group_user,helpdesk_mgmt.group_helpdesk_user",
        )

    def end(self):
        """What the end of a transaction does, short of committing."""
        self.env.flush_all()
        self.env.cr.precommit.run()

    def see(self, name):
        """The raised ticket in the browser of an agent who may read nothing of sales."""
        self.end()
        ticket = self.Ticket.search([("name", "=", name)])
        self.assertEqual((len(ticket), ticket.partner_id, ticket.priority),
                         (1, self.contact, "2"))
        self.start_tour(
            f"/odoo/action-helpdesk_mgmt.helpdesk_ticket_action_opened/{ticket.id}",
            "crm_roi_ticket_panel", login=AGENT,
        )

    def test_by_mail(self):
        alias = f"panelhelp@{self.team.alias_domain_id.name}"
        self.env["mail.thread"].message_process(None, MAIL.replace("panelhelp@tour.example", alias))
        self.see("By mail")

    def test_by_portal(self):
        new_test_user(
            self.env, login="tour_portal", password="tour_portal", groups="base.group_portal",
            partner_id=self.contact.id,
        )
        self.start_tour("/my/tickets", "crm_roi_ticket_portal", login="tour_portal")
        self.see("From the portal")

    def test_by_hand(self):
        self.start_tour(
            "/odoo/action-helpdesk_mgmt.helpdesk_ticket_action_opened/new",
            "crm_roi_ticket_by_hand", login=AGENT,
        )
        ticket = self.Ticket.search([("name", "=", "By phone")])
        self.assertEqual((ticket.partner_id, ticket.priority), (self.contact, "2"))
