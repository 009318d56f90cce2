"""SQL of who bought on which day, and the sums of each customer."""

from odoo import api, models
from odoo.tools import SQL

# A row for each customer with order days, from those in ``bought``.
HISTORY = SQL(
    """SELECT partner_id, MIN(day) AS first_day, MAX(day) AS last_day,
              COUNT(*)::int4 AS order_days,
              COALESCE((array_agg(gap ORDER BY day DESC))[1], 0) AS last_gap,
              (array_agg(day ORDER BY day))[2] AS second_day,
              (array_agg(user_id ORDER BY day DESC))[1] AS user_id,
              (array_agg(team_id ORDER BY day DESC))[1] AS team_id,
              COUNT(revenue)::int4 AS known_days, SUM(revenue) AS known_revenue,
              SUM(revenue) FILTER (WHERE margin IS NOT NULL) AS rated_revenue,
              SUM(margin) FILTER (WHERE revenue IS NOT NULL) AS rated_margin
       FROM bought GROUP BY partner_id"""
)


class CustomerDays(models.AbstractModel):
    _name = "crm.customer.days"
    _description = "Order Days of Customers"

    @api.model
    def _read_days(self, company, today, partner_ids=None):
        """Fill the temporary tables ``customer_day`` (customer × day) and ``customer_sum``.

        :param today: purchases before this day of the company count
        :param partner_ids: only these commercial partners; all by default
        """
        self.env.flush_all()
        purchases = {"orders": self._orders_sql, "invoices": self._invoices_sql}
        rows = purchases[company.customer_basis](company)
        scope = SQL("TRUE")
        if partner_ids is not None:
            scope = SQL("bought.partner_id = ANY(%s)", list(partner_ids))
        # The company's own contacts are no customers.
        self._temporary("customer_day", SQL(
            """SELECT partner_id, day,
                      CASE WHEN COUNT(*) = COUNT(revenue) THEN SUM(revenue) END AS revenue,
                      CASE WHEN COUNT(*) = COUNT(margin) THEN SUM(margin) END AS margin,
                      (array_agg(user_id ORDER BY number DESC))[1] AS user_id,
                      (array_agg(team_id ORDER BY number DESC))[1] AS team_id
               FROM (%(rows)s) bought
               WHERE day < %(today)s AND %(scope)s
                 AND NOT EXISTS (
                     SELECT FROM res_company own WHERE own.partner_id = bought.partner_id)
               GROUP BY partner_id, day""",
            rows=rows, today=today, scope=scope,
        ))
        self._temporary("customer_sum", self._sums_sql(company, today, partner_ids))

    @api.model
    def _temporary(self, name, rows, keys=("partner_id",)):
        """A table of this transaction, with an index on its keys.

        The statistics do not know rows that were stored a moment ago: a join chosen for a handful
        of them must not take hours for all.
        """
        table = SQL.identifier(name)
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS pg_temp.%s", table))
        self.env.cr.execute(SQL("CREATE TEMPORARY TABLE %s ON COMMIT DROP AS %s", table, rows))
        columns = SQL(", ").join(map(SQL.identifier, keys))
        self.env.cr.execute(SQL("CREATE INDEX ON %s (%s)", table, columns))
        self.env.cr.execute(SQL("ANALYZE %s", table))

    @api.model
    def _orders_sql(self, company):
        return SQL(
            """SELECT partner.commercial_partner_id AS partner_id,
                      (orders.date_order AT TIME ZONE 'UTC' AT TIME ZONE %(timezone)s)::date AS day,
                      orders.net_revenue AS revenue, orders.net_margin AS margin,
                      orders.user_id, orders.team_id, (orders.date_order, orders.id) AS number
               FROM sale_order orders
               JOIN res_partner partner ON partner.id = orders.partner_id
               WHERE orders.state = 'sale' AND orders.company_id = %(company)s""",
            timezone=company._kpi_timezone(), company=company.id,
        )

    @api.model
    def _invoices_sql(self, company):
        """Invoices and credit notes; a credit note counts on the day of its invoice.

        The margin of a line is that of the order line behind it; without one it is unknown.
        """
        return SQL(
            """SELECT move.commercial_partner_id AS partner_id,
                      COALESCE(origin.invoice_date, move.invoice_date) AS day,
                      move.amount_untaxed_signed AS revenue, earned.margin,
                      move.invoice_user_id AS user_id, move.team_id, (move.date, move.id) AS number
               FROM account_move move
               LEFT JOIN account_move origin
                    ON origin.id = move.reversed_entry_id AND move.move_type = 'out_refund'
                   AND origin.commercial_partner_id = move.commercial_partner_id
               LEFT JOIN LATERAL (
                   SELECT CASE WHEN bool_and(sold.rate IS NOT NULL)
                               THEN SUM(-item.balance * sold.rate) END AS margin
                   FROM account_move_line item
                   LEFT JOIN LATERAL (
                       SELECT CASE WHEN line.is_downpayment THEN 0
                                   ELSE line.margin / NULLIF(line.price_subtotal, 0) END AS rate
                       FROM sale_order_line_invoice_rel relation
                       JOIN sale_order_line line ON line.id = relation.order_line_id
                       WHERE relation.invoice_line_id = item.id
                       ORDER BY line.id LIMIT 1
                   ) sold ON TRUE
                   WHERE item.move_id = move.id AND item.display_type = 'product'
               ) earned ON TRUE
               WHERE move.state = 'posted' AND move.company_id = %(company)s
                 AND move.move_type IN ('out_invoice', 'out_receipt', 'out_refund')
                 AND move.commercial_partner_id IS NOT NULL""",
            company=company.id,
        )

    @api.model
    def _sums_sql(self, company, today, partner_ids):
        """One row a customer with an order day, or whose tier is set by hand."""
        return SQL(
            """WITH bought AS (
                   SELECT *, day - LAG(day) OVER customer AS gap,
                          MAX(day) OVER (PARTITION BY partner_id) AS last_day
                   FROM customer_day WHERE revenue IS NULL OR revenue > 0
                   WINDOW customer AS (PARTITION BY partner_id ORDER BY day)
               ),
               history AS (%(history)s),
               money AS (
                   SELECT partner_id, %(revenue)s AS revenue, %(margin)s AS margin,
                          CASE WHEN COUNT(*) FILTER (WHERE %(recent)s AND revenue IS NULL) = 0
                               THEN COALESCE(SUM(revenue) FILTER (WHERE %(recent)s), 0)
                          END AS year_revenue
                   FROM customer_day GROUP BY partner_id
               ),
               usual AS (
                   SELECT partner_id, %(margin)s AS margin
                   FROM bought WHERE day > last_day - 365 GROUP BY partner_id
               )
               SELECT partner.id AS partner_id, history.first_day, history.last_day,
                      COALESCE(history.order_days, 0) AS order_days, history.last_gap,
                      history.second_day, COALESCE(history.user_id, partner.user_id) AS user_id,
                      history.team_id, history.known_days, history.known_revenue,
                      history.rated_revenue, history.rated_margin, money.revenue, money.margin,
                      money.year_revenue, usual.margin AS usual_margin, hand.tier_id AS hand_tier_id
               FROM history
               JOIN money USING (partner_id)
               JOIN usual USING (partner_id)
               FULL JOIN (%(hand)s) hand USING (partner_id)
               JOIN res_partner partner ON partner.id = partner_id""",
            history=HISTORY,
            revenue=SQL("CASE WHEN COUNT(*) = COUNT(revenue) THEN SUM(revenue) END"),
            margin=SQL("CASE WHEN COUNT(*) = COUNT(margin) THEN SUM(margin) END"),
            recent=SQL("day >= %s::date - 365", today),
            hand=self._hand_sql(company, today, partner_ids),
        )

    @api.model
    def _hand_sql(self, company, today, partner_ids):
        """Rows (partner_id, tier_id): the latest tier set by hand that still holds."""
        return SQL(
            """SELECT DISTINCT ON (partner.commercial_partner_id)
                      partner.commercial_partner_id AS partner_id, override.tier_id
               FROM crm_customer_tier_override override
               JOIN res_partner partner ON partner.id = override.partner_id
               WHERE override.company_id = %(company)s AND override.active
                 AND (override.date_until IS NULL OR override.date_until >= %(today)s)
                 AND %(scope)s
               ORDER BY partner.commercial_partner_id, override.id DESC""",
            company=company.id, today=today,
            scope=SQL("TRUE") if partner_ids is None
            else SQL("partner.commercial_partner_id = ANY(%s)", list(partner_ids)),
        )
