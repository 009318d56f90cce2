"""Customers with tiers, and priority rules on a ticket model that is always there: the lead."""

from odoo.tools import SQL

from .common import KpiCase


class PriorityCase(KpiCase):
    ticket_model = "crm.lead"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Rule = cls.env["crm.priority.rule"]
        cls.Rule.with_context(active_test=False, allowed_company_ids=[]).sudo().search([]).unlink()
        cls.env["crm.customer.tier"]._seed(cls.company + cls.other_company)
        cls.tiers = {
            tier.name: tier for tier in cls.env["crm.customer.tier"].search(
                [("company_id", "=", cls.company.id)])
        }
        cls.best = cls._tiered("Best", "A")
        cls.second = cls._tiered("Second", "B")
        cls.small = cls._tiered("Small", "D")
        cls.stranger = cls.env["res.partner"].create({"name": "Stranger"})

    @classmethod
    def _tiered(cls, name, tier, **values):
        partner = cls.env["res.partner"].create({"name": name, "is_company": True, **values})
        cls._set_tier(partner, cls.tiers[tier])
        return partner

    @classmethod
    def _set_tier(cls, partner, tier):
        """The row of the customer as the nightly action leaves it."""
        cls.env.execute_query(SQL(
            """INSERT INTO crm_customer_value (
                   company_id, partner_id, customer_tier_id, currency_id, customer_value)
               VALUES (%s, %s, %s, %s, 48200)
               ON CONFLICT (company_id, partner_id)
               DO UPDATE SET customer_tier_id = excluded.customer_tier_id""",
            tier.company_id.id, partner.id, tier.id, tier.company_id.currency_id.id,
        ))
        cls.env["crm.customer.value"].invalidate_model()

    @classmethod
    def _rule(cls, lines=None, **values):
        """A rule: tier A to the highest priority, B to the one below, unless told otherwise."""
        lines = lines or {"A": "3", "B": "2"}
        return cls.Rule.create({
            "name": "Best first", "company_id": cls.company.id, "mode": "floor",
            "model_name": cls.ticket_model,
            "line_ids": [
                (0, 0, {"tier_id": cls.tiers[name].id,
                        "choice": f"{cls.ticket_model},priority,{value}"})
                for name, value in lines.items()
            ],
            **values,
        })

    @classmethod
    def _ticket(cls, partner=None, **values):
        return cls.env[cls.ticket_model].create({
            "name": "Ticket", "partner_id": partner.id if partner else False,
            "company_id": cls.company.id, **values,
        })

    def setUp(self):
        super().setUp()
        # Scheduled actions commit; a test must not.
        self.patch(
            self.registry["ir.cron"], "_commit_progress", lambda _cron, *_args, **_kw: 60,
        )

    def end(self):
        """What the end of the transaction does, short of committing."""
        self.env.cr.flush()

    def applied(self, tickets):
        return self.env["crm.priority.applied"].search([
            ("model_name", "=", tickets._name), ("res_id", "in", tickets.ids),
        ])

    def waiting(self, tickets):
        return self.env["crm.priority.queue"].search([
            ("model_name", "=", tickets._name), ("res_id", "in", tickets.ids),
        ])
