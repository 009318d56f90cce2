"""Net revenue of the orders linked to a lead, in one query for any number of leads."""

from odoo import api, models
from odoo.tools import SQL

from ..base.exchange_rate import conversion_sql, flush_rates

REVENUE = ("net_order_currency_id", "net_order_revenue")


class CrmLead(models.Model):
    _inherit = "crm.lead"

    @api.model
    def _kpi_order_revenue(self, ids):
        """:return: ``{lead id: (currency id, net revenue or None)}`` for leads with confirmed
        orders; one query"""
        if not ids:
            return {}
        self.env["sale.order"].flush_model(
            ["net_revenue", "state", "company_id", "opportunity_id", "date_order"]
        )
        self.flush_model(["company_id"])
        flush_rates(self.env)
        rows = self.env.execute_query(self._kpi_order_revenue_sql(SQL("= ANY(%s)", list(ids))))
        return {lead_id: (currency_id, revenue) for lead_id, currency_id, revenue in rows}

    @api.model
    def _kpi_recompute_order_revenue(self, ids=None):
        """Recompute ``net_order_revenue`` in one statement, for ``ids`` or all leads.

        :return: number of leads whose value changed
        """
        self.env.flush_all()
        scope = SQL("= ANY(%s)", list(ids)) if ids is not None else SQL("IS NOT NULL")
        changed = self.env.execute_query(SQL(
            """UPDATE crm_lead lead SET %(assignments)s
               FROM (
                   SELECT lead.id, revenue.currency_id AS net_order_currency_id,
                          revenue.amount AS net_order_revenue
                   FROM crm_lead lead
                   LEFT JOIN (%(revenue)s) revenue ON revenue.lead_id = lead.id
                   WHERE lead.id %(scope)s
                     AND (revenue.lead_id IS NOT NULL OR lead.net_order_currency_id IS NOT NULL)
               ) value
               WHERE value.id = lead.id AND (%(stored)s) IS DISTINCT FROM (%(new)s)
               RETURNING lead.id""",
            revenue=self._kpi_order_revenue_sql(scope), scope=scope,
            **self._kpi_assignments(REVENUE),
        ))
        self._kpi_after_sql(changed, REVENUE)
        return len(changed)

    @api.model
    def _kpi_order_revenue_sql(self, scope):
        """Rows (lead_id, currency_id, amount). The amount is empty when an order has none."""
        converted = SQL(
            """CASE WHEN source.currency_id = target.currency_id THEN orders.net_revenue
                    ELSE orders.net_revenue * %s END""",
            conversion_sql(
                SQL("source.currency_id"), SQL("target.currency_id"), SQL("source.id"),
                SQL("orders.date_order"),
            ),
        )
        return SQL(
            """SELECT orders.opportunity_id AS lead_id, target.currency_id,
                      CASE WHEN COUNT(*) = COUNT(converted.revenue)
                           THEN ROUND(SUM(converted.revenue) / currency.rounding)
                                * currency.rounding
                           END AS amount
               FROM sale_order orders
               JOIN res_company source ON source.id = orders.company_id
               JOIN crm_lead lead ON lead.id = orders.opportunity_id
               JOIN res_company target ON target.id = COALESCE(lead.company_id, %(main_company)s)
               JOIN res_currency currency ON currency.id = target.currency_id
               CROSS JOIN LATERAL (SELECT %(converted)s AS revenue) converted
               WHERE orders.opportunity_id %(scope)s
                 AND orders.state NOT IN ('draft', 'sent', 'cancel')
               GROUP BY orders.opportunity_id, target.currency_id, currency.rounding""",
            converted=converted, scope=scope,
            main_company=self.env["res.company"]._kpi_main_company().id,
        )
