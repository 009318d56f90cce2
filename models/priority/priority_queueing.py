"""Open tickets that have to be looked at because something about their customer has changed."""

import logging

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

_logger = logging.getLogger(__name__)


class PriorityQueueing(models.AbstractModel):
    _name = "crm.priority.queueing"
    _inherit = ["crm.priority.watch"]
    _description = "Tickets of Changed Customers"

    @api.model
    def _queue_changed_tiers(self, company):
        """Queue open tickets of the company's customers whose tier is about to change to one that
        a rule knows. Both tiers are compared: ``customer_figure`` holds the new ones."""
        self._queue_for("tier", company, SQL(
            """JOIN customer_figure figure ON figure.partner_id = ticket.partner_id
               JOIN crm_priority_rule_line line
                    ON line.tier_id = figure.customer_tier_id AND line.rule_id = ticket.rule_id
               LEFT JOIN crm_customer_value present
                    ON present.partner_id = ticket.partner_id AND present.company_id = %s
               WHERE figure.customer_tier_id IS DISTINCT FROM present.customer_tier_id""",
            company.id,
        ))

    @api.model
    def _queue_customers(self, partners):
        """Queue open tickets of the customers behind contacts that were merged or moved."""
        customers = partners.exists().commercial_partner_id.ids
        if customers:
            self._queue_for("partner", None, SQL("WHERE ticket.partner_id = ANY(%s)", customers))

    @api.model
    def _queue_for(self, cause, company, condition):
        """:param condition: SQL after ``FROM ticket`` of columns ``id, partner_id, rule_id``"""
        rules = self.env["crm.priority.rule"]
        found = [
            rule for name in rules._watched_models() for rule in rules._rules_for(name, cause)
            if company in (None, rule.company_id)
        ]
        if not found:
            return
        self.env.flush_all()
        for rule in found:
            try:
                with self.env.cr.savepoint(flush=False):
                    ids = rule._open_ids(condition)
                    self.env["crm.priority.queue"]._put(rule.model_name, ids, cause)
            except Exception:
                # Tiers are computed and contacts saved, whatever becomes of tickets.
                _logger.warning(
                    "Tickets of the priority rule “%s” could not be queued", rule.name,
                    exc_info=True,
                )

    def _open_ids(self, condition):
        """:return: ids of the rule's open tickets that meet the condition, sorted"""
        if self._find_problem():
            return []
        tickets = self._tickets_sql(Domain.TRUE, open_only=True)
        rows = self.env.execute_query(SQL(
            """WITH ticket AS (SELECT *, %s AS rule_id FROM (%s) found)
               SELECT DISTINCT ticket.id FROM ticket %s ORDER BY 1""",
            self.id, tickets, condition,
        ))
        return [row[0] for row in rows]
