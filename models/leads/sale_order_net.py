"""SQL of what an order is worth: in company currency, net of credit notes."""

from odoo import api, models
from odoo.tools import SQL

from ..base.exchange_rate import conversion_sql, flush_rates


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _kpi_flush_net(self):
        self.flush_model(
            ["amount_untaxed", "margin", "currency_rate", "currency_id", "company_id", "date_order"]
        )
        self.env["sale.order.line"].flush_model(["order_id", "is_downpayment", "invoice_lines"])
        self.env["account.move.line"].flush_model(
            ["parent_state", "balance", "amount_currency", "currency_id"]
        )
        flush_rates(self.env)

    @api.model
    def _kpi_net_sql(self, scope):
        """Rows (id, net_revenue, net_margin) of the orders in ``scope``.

        In the currency of the order first, so that an order credited in full is worth exactly
        nothing whatever the rates of the invoice and the credit note were. What was invoiced
        beyond the order sets off credit notes: invoicing again after a correction is no refund.
        """
        rate = conversion_sql(
            SQL("company.currency_id"), SQL("orders.currency_id"), SQL("company.id"),
            SQL("orders.date_order"),
        )
        return SQL(
            """SELECT base.id,
                      ROUND(base.net / base.rate / base.rounding) * base.rounding AS net_revenue,
                      ROUND(COALESCE(base.margin * base.net / NULLIF(base.amount_untaxed, 0),
                                     base.margin) / base.rate / base.rounding)
                          * base.rounding AS net_margin
               FROM (
                   SELECT orders.id, orders.amount_untaxed, orders.margin, currency.rounding,
                          exchange.rate,
                          LEAST(
                              orders.amount_untaxed,
                              GREATEST(orders.amount_untaxed, COALESCE(bill.invoiced, 0))
                                  - COALESCE(bill.credited, 0)
                          ) AS net
                   FROM sale_order orders
                   JOIN res_company company ON company.id = orders.company_id
                   JOIN res_currency currency ON currency.id = company.currency_id
                   CROSS JOIN LATERAL (
                       SELECT CASE
                           WHEN orders.currency_id = company.currency_id THEN 1.0
                           -- 1.0 in another currency is what Odoo writes without a rate
                           WHEN orders.currency_rate NOT IN (0, 1) THEN orders.currency_rate
                           ELSE %(rate)s END AS rate
                   ) exchange
                   LEFT JOIN (%(bills)s) bill ON bill.order_id = orders.id
                   WHERE %(scope)s
               ) base""",
            rate=rate, bills=self._kpi_bills_sql(scope), scope=scope,
        )

    @api.model
    def _kpi_bills_sql(self, scope):
        """Rows (order_id, invoiced, credited): posted, untaxed, in the currency of the order.

        Down payments are advances on the order, no revenue of their own. A line that belongs to
        several orders is shared among them, so that it is not counted twice.
        """
        return SQL(
            """SELECT link.order_id,
                      SUM(link.amount) FILTER (WHERE NOT link.is_credit) AS invoiced,
                      SUM(-link.amount) FILTER (WHERE link.is_credit) AS credited
               FROM (
                   SELECT orders.id AS order_id, move.move_type = 'out_refund' AS is_credit,
                          -CASE WHEN item.currency_id = orders.currency_id
                                THEN item.amount_currency
                                ELSE item.balance * orders.currency_rate END
                              / COUNT(*) OVER (PARTITION BY item.id) AS amount,
                          %(scope)s AS is_wanted
                   FROM (
                       SELECT DISTINCT relation.invoice_line_id, line.order_id
                       FROM sale_order_line_invoice_rel relation
                       JOIN sale_order_line line ON line.id = relation.order_line_id
                       WHERE line.is_downpayment IS NOT TRUE
                         AND relation.invoice_line_id IN (%(items)s)
                   ) pair
                   JOIN sale_order orders ON orders.id = pair.order_id
                   JOIN account_move_line item ON item.id = pair.invoice_line_id
                   JOIN account_move move ON move.id = item.move_id
                   WHERE item.parent_state = 'posted'
                     AND move.move_type IN ('out_invoice', 'out_receipt', 'out_refund')
               ) link
               WHERE link.is_wanted
               GROUP BY link.order_id""",
            scope=scope,
            items=SQL(
                """SELECT own.invoice_line_id FROM sale_order_line_invoice_rel own
                   JOIN sale_order_line own_line ON own_line.id = own.order_line_id
                   JOIN sale_order orders ON orders.id = own_line.order_id
                   WHERE %s""", scope,
            ),
        )
