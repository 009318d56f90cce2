"""Which tickets a priority rule would raise, and to what: one statement over any set of tickets."""

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.score_domain import read_condition

# Fields that hold a priority are recognised by name: a rule must not write any other selection.
PRIORITY_SUFFIX = "priority"


class PriorityCandidates(models.AbstractModel):
    _name = "crm.priority.candidates"
    _description = "Tickets a Priority Rule Would Raise"

    @api.model
    def _select_models(self):
        """:return: pairs ``(model, name)`` of the models a rule can be for"""
        names = [
            name for name, model in self.env.registry.items()
            if model._auto and not model._abstract and not model._transient
            and self._priority_fields(name) and self._partner_fields(name)
        ]
        return sorted(
            ((name, self.env["ir.model"]._get(name).name) for name in names),
            key=lambda pair: pair[1],
        )

    @api.model
    def _partner_fields(self, model_name):
        """:return: names of the model's stored fields that lead to a contact, itself or a user"""
        return [name for name, field in self.env.registry[model_name]._fields.items()
                if field.type == "many2one" and field.store
                and field.comodel_name in ("res.partner", "res.users")
                and name not in ("create_uid", "write_uid")]

    @api.model
    def _priority_fields(self, model_name):
        """:return: names of the model's fields that a rule may write"""
        return [name for name, field in self.env.registry[model_name]._fields.items()
                if name.endswith(PRIORITY_SUFFIX) and field.type == "selection" and field.store
                and not field.compute and not field.related and not field.company_dependent]

    def _ticket_model(self):
        """:return: the rule's model as the program sees it"""
        self.ensure_one()
        # A ticket is raised whoever created it, a portal user or the mail gateway too. Nothing
        # that is read with these rights leaves the program but the name of the tier.
        return self.env(user=api.SUPERUSER_ID, su=True, context={})[self.model_name]

    def _priority_values(self):
        """:return: values of the priority field, from the lowest to the highest"""
        field = self._ticket_model()._fields[self.priority_field]
        values = field.get_values(self._ticket_model().env)
        return values[::-1] if self.is_descending else values

    def _usual_priority(self):
        """:return: the priority a ticket has when nobody chooses one; None when it has none"""
        given = self._ticket_model().default_get([self.priority_field])
        return given.get(self.priority_field) or None

    def _scope(self, open_only):
        """:return: domain of the rule's tickets"""
        Model = self._ticket_model()
        domain = Domain(read_condition(self.domain or "[]"))
        if open_only:
            domain &= Domain(read_condition(self.open_domain or "[]"))
            if Model._active_name:
                domain &= Domain(Model._active_name, "=", True)
        if self._has_company(Model):
            companies = self.company_id.ids
            if self.company_id == self.company_id._kpi_main_company():
                companies.append(False)
            domain &= Domain("company_id", "in", companies)
        return domain

    @api.model
    def _has_company(self, Model):
        field = Model._fields.get("company_id")
        return bool(field and field.store and field.comodel_name == "res.company")

    def _candidates(self, cause, domain=Domain.TRUE):
        """Tickets the rule would raise.

        :param cause: why they are looked at; ``ageing`` raises for age, every other for the tier
        :param domain: restricts the tickets; without ids only open tickets make sense
        :return: SQL of rows ``(id, priority, first priority, tier, new priority)``
        """
        values = self._priority_values()
        tickets = self._tickets_sql(domain, open_only=cause not in ("create", "partner"))
        return SQL(
            """SELECT id, present, first, tier_id, (%(values)s::text[])[target] AS priority
               FROM (
                   SELECT ticket.id, ticket.present, customer.customer_tier_id AS tier_id,
                          -- what the ticket had before anything raised it
                          CASE WHEN last.id IS NULL THEN ticket.present
                               ELSE last.priority_first END AS first,
                          last.cause, last.id AS last_id, last.priority AS given,
                          %(target)s AS target
                   FROM (%(tickets)s) ticket
                   LEFT JOIN crm_customer_value customer
                        ON customer.partner_id = ticket.partner_id
                       AND customer.company_id = %(company)s
                   LEFT JOIN crm_priority_rule_line line
                        ON line.rule_id = %(rule)s AND line.tier_id = customer.customer_tier_id
                   LEFT JOIN LATERAL (
                        SELECT * FROM crm_priority_applied applied
                        WHERE applied.model_name = %(model)s AND applied.res_id = ticket.id
                        ORDER BY applied.id DESC LIMIT 1) last ON TRUE
               ) found
               WHERE target > COALESCE(array_position(%(values)s::text[], present::text), 0)
                 -- somebody's choice: noted as such, or neither what was given nor the usual
                 AND cause IS DISTINCT FROM 'person'
                 AND present IS NOT DISTINCT FROM
                     CASE WHEN last_id IS NULL THEN %(usual)s::text ELSE given END
               ORDER BY id""",
            values=values, tickets=tickets, company=self.company_id.id, rule=self.id,
            model=self.model_name, usual=self._usual_priority(),
            target=self._target(cause, values),
        )

    def _tickets_sql(self, domain, open_only):
        """:return: SQL of the rule's tickets: ``(id, present priority, customer, born)``"""
        Model = self._ticket_model().with_context(active_test=False)
        query = Model._search(domain & self._scope(open_only))
        ticket = query.table
        partner = self._join_partner(Model, ticket, query)
        return query.select(
            SQL("%s AS id", SQL.identifier(ticket, "id")),
            SQL("%s AS present", SQL.identifier(ticket, self.priority_field)),
            SQL("%s AS partner_id", SQL.identifier(partner, "commercial_partner_id")),
            SQL("%s AS born", SQL.identifier(ticket, "create_date")),
        )

    def _target(self, cause, values):
        """:return: SQL of the place of the new priority among the values; NULL for none"""
        first = SQL(
            """COALESCE(array_position(%s::text[], (
                   CASE WHEN last.id IS NULL THEN ticket.present ELSE last.priority_first END
               )::text), 0)""", values,
        )
        if cause == "ageing":
            # No higher than the best tier: whoever waited long must not overtake everybody.
            places = [values.index(line.priority) for line in self.line_ids
                      if line.priority in values]
            highest = max(places) + 1 if places else len(values)
            steps = SQL(
                """FLOOR(EXTRACT(EPOCH FROM (NOW() AT TIME ZONE 'UTC') - ticket.born)
                         / 3600 / NULLIF(%s, 0))::int""", self.ageing_hours,
            )
            return SQL("LEAST(%s + COALESCE(%s, 0), %s)", first, steps, highest)
        least = SQL("array_position(%s::text[], line.priority::text)", values)
        if self.mode == "floor":
            return least
        # LEAST leaves NULL out: a priority that is no choice any more must not become the cap.
        return SQL("CASE WHEN %(line)s IS NOT NULL THEN LEAST(%(line)s, %(first)s + %(cap)s) END",
                   line=least, first=first, cap=self.bump_cap)

    def _join_partner(self, model, alias, query):
        """Follow the way to the customer.

        :return: alias of the contact's table
        """
        for name in self.partner_path.split("."):
            model, alias = model._fields[name].join(model, alias, query)
        return alias
