"""What an agent sees of the customer on a ticket."""

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import format_amount, format_date

from ...tools.score_domain import read_condition
from ..customers.res_partner_customer import SALES
from ..kpi.kpi_declaration import CONFIRMED, OPEN

SHOWN = 3


class CrmCustomerPanel(models.AbstractModel):
    """Read for the widget ``crm_customer_panel``: with the rights of who looks. Of records that he
    may not read it says how many there are and nothing else; amounts are for sales."""

    _name = "crm.customer.panel"
    _description = "Customer on a Ticket"

    @api.model
    @api.readonly
    def read_panel(self, model_name, res_id=False, partner_id=False):
        """What is known of the customer of a ticket, as texts in the user's language.

        :param model_name: model that has an active priority rule
        :param res_id: id of the ticket, or False for one that is not saved yet
        :param partner_id: contact chosen in the form, saved or not; else that of the ticket
        :return: dict: ``customer`` (``None``, or ``id`` and ``name``, both empty when the user may
            not read it), ``tier``, ``stage`` (``code``, ``label``), ``value``, ``reason`` and the
            boxes ``deals``, ``orders``, ``tickets``: ``count``, ``note``, ``hidden`` (how many the
            user may not read), ``model`` and ``lines`` of ``id``, ``name``, ``detail``
        :raise AccessError: the user is no employee, may not read the ticket, or its model has no
            priority rule
        """
        ticket, rule = self._check_ticket(model_name, res_id)
        company = (rule._has_company(ticket) and ticket.company_id) or self.env.company
        if company not in self.env.user.company_ids:
            company = self.env.company
        panel = self.with_company(company)
        partner = panel._find_partner(ticket, rule, partner_id)
        if not partner:
            return {"customer": None, "reason": panel._reason(ticket)}
        is_read = partner.has_access("read")
        # The standing of a customer is for everybody in the house.
        standing = partner.sudo()
        stages = dict(standing._fields["lifecycle_stage"]._description_selection(panel.env))
        return {
            "customer": {"id": is_read and partner.id, "name": is_read and partner.display_name},
            "tier": standing.customer_tier_id.name or "",
            "stage": {"code": standing.lifecycle_stage, "label": stages[standing.lifecycle_stage]},
            "value": panel._value(partner) if is_read else "",
            "reason": panel._reason(ticket),
            "deals": panel._deals(partner),
            "orders": panel._orders(partner),
            "tickets": panel._tickets(ticket, rule, partner),
        }

    # ------------------------------------------------------------
    # Whose panel
    # ------------------------------------------------------------

    @api.model
    def _check_ticket(self, model_name, res_id):
        """:return: the ticket, read with the user's rights, and the rule that shows the panel"""
        if not self.env.user._is_internal():
            raise AccessError(self.env._("What is known of a customer is for employees."))
        # Agents may not read rules; this one only tells where the customer stands.
        rules = self.env["crm.priority.rule"].sudo().with_context(active_test=True).search([
            ("model_name", "=", model_name), ("has_panel", "=", True),
        ])
        if not rules:
            raise AccessError(self.env._(
                "“%s” has no active priority rule that shows the customer.", model_name,
            ))
        ticket = self.env[model_name].browse(res_id or [])
        ticket.check_access("read")
        company = rules[:1]._has_company(ticket) and ticket.company_id
        return ticket, rules.filtered(lambda rule: rule.company_id == company)[:1] or rules[:1]

    @api.model
    def _find_partner(self, ticket, rule, partner_id):
        """:return: the company behind the contact, in the user's environment"""
        if partner_id:
            partner = self.env["res.partner"].browse(partner_id).exists()
            partner.check_access("read")
        else:
            # Records on the way to the customer may be closed to the agent; he learns the
            # customer's standing alone.
            partner = ticket.sudo().mapped(rule.partner_path)[:1]
        return partner.sudo().commercial_partner_id.with_env(self.env)

    @api.model
    def _shows_amounts(self):
        return self.env.user.has_group(SALES)

    @api.model
    def _value(self, partner):
        """Expected margin of the next twelve months, for sales."""
        if not self._shows_amounts() or partner.customer_value is False:
            return ""
        return format_amount(self.env, partner.customer_value, self.env.company.currency_id)

    @api.model
    def _reason(self, ticket):
        """Why the priority is what it is; empty when no rule has touched it."""
        if not ticket:
            return ""
        # The log is for managers; of it the agent reads the last sentence on his own ticket.
        last = self.env["crm.priority.applied"].sudo().search([
            ("model_name", "=", ticket._name), ("res_id", "=", ticket.id),
        ], limit=1)
        if last.cause == "person":
            return self.env._("Priority chosen by hand: rules leave it alone.")
        if not last.rule_id:
            return ""
        return last.rule_id._reason(
            last.cause, last.label_before, last.label, last.tier_id.name or "",
        )

    # ------------------------------------------------------------
    # Boxes
    # ------------------------------------------------------------

    @api.model
    def _box(self, model_name, domain, order, line, limit=SHOWN):
        """A box: how many records there are, and those the user may read.

        :param line: function of a record that gives its detail
        """
        Model = self.env[model_name].with_context(active_test=False)
        # Counted only: of what the user may not read nothing else is said.
        count = Model.sudo().search_count(domain)
        is_read = Model.has_access("read")
        seen = Model.search_count(domain) if is_read else 0
        records = Model.search(domain, order=order, limit=limit) if seen else Model
        return {
            "count": count, "hidden": count - seen, "note": "", "model": model_name,
            "lines": [
                {"id": record.id, "name": record.display_name, "detail": line(record)}
                for record in records
            ],
        }

    @api.model
    def _of_customer(self, domain, partner, path="partner_id", has_company=True):
        domain = Domain(list(domain)) & Domain(f"{path}.commercial_partner_id", "=", partner.id)
        if not has_company:
            return domain
        return domain & Domain("company_id", "in", [self.env.company.id, False])

    @api.model
    def _money(self, amount, currency):
        return format_amount(self.env, amount, currency) if self._shows_amounts() else ""

    @api.model
    def _deals(self, partner):
        domain = self._of_customer(OPEN, partner)

        def detail(lead):
            return self._join(lead.stage_id.name,
                              self._money(lead.expected_revenue, lead.company_currency))

        box = self._box("crm.lead", domain, "expected_revenue desc, id desc", detail)
        if self._shows_amounts() and box["lines"]:
            ((total,),) = self.env["crm.lead"]._read_group(
                domain, [], ["expected_revenue:sum"])
            box["note"] = format_amount(self.env, total or 0, self.env.company.currency_id)
        return box

    @api.model
    def _orders(self, partner):
        domain = self._of_customer(CONFIRMED, partner)

        def detail(order):
            return self._join(format_date(self.env, order.date_order),
                              self._money(order.amount_untaxed, order.currency_id))

        return self._box("sale.order", domain, "date_order desc, id desc", detail)

    @api.model
    def _tickets(self, ticket, rule, partner):
        """Other tickets of the customer, newest first, and how many of them are open."""
        domain = self._of_customer(
            [("id", "not in", ticket.ids)], partner, rule.partner_path, rule._has_company(ticket),
        )

        def detail(other):
            stage = other.stage_id.display_name if "stage_id" in other._fields else ""
            return self._join(format_date(self.env, other.create_date), stage)

        box = self._box(ticket._name, domain, "create_date desc, id desc", detail)
        if box["count"]:
            # Counted only, as above.
            tickets = self.env[ticket._name].sudo()
            still_open = Domain(read_condition(rule.open_domain or "[]"))
            if tickets._active_name:
                still_open &= Domain(tickets._active_name, "=", True)
            still = tickets.search_count(domain & still_open)
            box["note"] = self.env._("%s open", still)
        return box

    @api.model
    def _join(self, *words):
        return " · ".join(filter(None, words))
