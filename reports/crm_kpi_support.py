from odoo import api, fields, models
from odoo.tools import SQL


class CrmKpiSupport(models.Model):
    """The KPIs of support by agent, support team, category and the customer's tier, live.

    One row for each company-local day on which a ticket was created or closed. What a KPI means is
    declared once, in ``crm.kpi.ticket.facts``; the snapshots keep the same by agent.
    """

    _name = "crm.kpi.support"
    _inherit = ["crm.kpi.ticket.facts", "crm.kpi.live"]
    _description = "Support Figures"
    _auto = False
    _order = "day desc, id desc"
    _rec_name = "day"
    _kpi_row_keys = ("user_id", "ticket_team", "ticket_category", "customer_tier_id")

    day = fields.Date(readonly=True)
    company_id = fields.Many2one("res.company", "Company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    user_id = fields.Many2one("res.users", "Agent", readonly=True)
    ticket_team = fields.Char("Support Team", readonly=True)
    ticket_category = fields.Char("Category", readonly=True)
    customer_tier_id = fields.Many2one(
        "crm.customer.tier", "Tier", readonly=True, help="Of the customer, as of now.",
    )

    @api.model
    def _kpi_span_sql(self):
        return SQL(
            "SELECT MIN(create_date)::date - 1 AS first, CURRENT_DATE + 1 AS last FROM %s tickets",
            self.env["crm.kpi.ticket"]._table_sql,
        )
