"""Set-based SQL for the KPI fields of orders: net of credit notes, and each customer's history."""

from odoo import api, models
from odoo.tools import SQL

from .exchange_rate import conversion_sql
from .sale_order import HISTORY, NET


class SaleOrder(models.Model):
    _inherit = "sale.order"

    @api.model
    def _kpi_recompute_sql(self, partner_ids=None):
        """Recompute all KPI fields of orders, and the order revenue of their leads.

        :param partner_ids: only the customers behind these partners; all by default
        :return: number of orders whose values changed
        """
        self.env.flush_all()
        customers = self._kpi_customers(partner_ids)
        if customers is not None and not customers:
            return 0
        changed = self._kpi_update(NET, self._kpi_net_sql(self._kpi_scope_sql(None, customers)))
        changed |= self._kpi_recompute_history(customers)
        leads = None
        if customers is not None:
            leads = [row[0] for row in self.env.execute_query(SQL(
                "SELECT DISTINCT opportunity_id FROM sale_order orders WHERE %s"
                " AND opportunity_id IS NOT NULL", self._kpi_scope_sql(None, customers),
            ))]
        self.env["crm.lead"]._kpi_recompute_order_revenue(leads)
        return len(changed)

    @api.model
    def _kpi_recompute_history(self, customers=None, except_ids=()):
        """Rewrite rank, kind, intervals and last order where they differ; one statement.

        :param customers: ids of commercial partners; all by default
        :param except_ids: orders left alone (those whose values the ORM is about to set)
        :return: set of ids of the orders that changed
        """
        if not except_ids:
            self._kpi_flush_history()
        return self._kpi_update(
            HISTORY, self._kpi_history_sql(customers), self._kpi_scope_sql(None, customers),
            except_ids,
        )

    def _kpi_flush_history(self):
        self.flush_model(
            ["state", "date_order", "company_id", "partner_id", "opportunity_id"]
        )
        self.env["sale.order.line"].flush_model([
            "order_id", "product_id", "product_uom_qty", "price_subtotal", "display_type",
            "is_downpayment", "invoice_lines",
        ])
        self.env["account.move.line"].flush_model(["parent_state", "amount_currency"])
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        self.env["product.template"].flush_model(["categ_id", "list_price"])

    @api.model
    def _kpi_update(self, names, rows_sql, scope=None, except_ids=()):
        """Write ``names`` from a query with columns id and ``names``; orders in ``scope`` without
        a row are emptied.

        :return: set of ids of the orders that changed
        """
        def columns(alias):
            return [
                SQL("COALESCE(%s, FALSE)", SQL.identifier(alias, name))
                if self._fields[name].type == "boolean" else SQL.identifier(alias, name)
                for name in names
            ]

        changed = {row[0] for row in self.env.execute_query(SQL(
            """UPDATE sale_order target SET %(assignments)s
               FROM sale_order orders LEFT JOIN (%(rows)s) value ON value.id = orders.id
               WHERE orders.id = target.id AND %(scope)s AND target.id <> ALL(%(except_ids)s)
                 AND (%(stored)s) IS DISTINCT FROM (%(new)s)
               RETURNING target.id""",
            assignments=SQL(", ").join(
                SQL("%s = %s", SQL.identifier(name), column)
                for name, column in zip(names, columns("value"), strict=True)
            ),
            rows=rows_sql, scope=scope or SQL("value.id IS NOT NULL"),
            except_ids=list(except_ids), stored=SQL(", ").join(columns("target")),
            new=SQL(", ").join(columns("value")),
        ))}
        orders = self.browse(changed)
        orders.invalidate_recordset(names, flush=False)
        orders._kpi_mark_dirty()
        return changed

    @api.model
    def _kpi_customers(self, partner_ids):
        if partner_ids is None:
            return None
        return [row[0] for row in self.env.execute_query(SQL(
            "SELECT DISTINCT commercial_partner_id FROM res_partner WHERE id = ANY(%s)",
            list(partner_ids),
        ))]

    @api.model
    def _kpi_scope_sql(self, ids=None, customers=None):
        """Condition on the table alias ``orders``: by ids, by customers, or all."""
        if ids is not None:
            return SQL("orders.id = ANY(%s)", list(ids))
        if customers is not None:
            return SQL(
                """orders.partner_id IN (
                       SELECT id FROM res_partner WHERE commercial_partner_id = ANY(%s))""",
                list(customers),
            )
        return SQL("TRUE")

    # ------------------------------------------------------------
    # Net revenue and margin
    # ------------------------------------------------------------

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

    # ------------------------------------------------------------
    # Order history of customers
    # ------------------------------------------------------------

    @api.model
    def _kpi_history_sql(self, customers=None):
        """Rows (id, rank, kind, days since previous, is last, lead cycle) of confirmed orders,
        by company and commercial partner, in the order of date and id."""
        return SQL(
            """WITH ranked AS (
                   SELECT orders.id, orders.company_id, partner.commercial_partner_id AS customer_id,
                          orders.date_order, orders.opportunity_id,
                          ROW_NUMBER() OVER history AS number,
                          LAG(orders.date_order) OVER history AS previous,
                          LEAD(orders.id) OVER history IS NULL AS is_last_order
                   FROM sale_order orders
                   JOIN res_partner partner ON partner.id = orders.partner_id
                   WHERE orders.state NOT IN ('draft', 'sent', 'cancel') AND %(scope)s
                   WINDOW history AS (
                       PARTITION BY orders.company_id, partner.commercial_partner_id
                       ORDER BY orders.date_order, orders.id
                   )
               ),
               bought AS (%(bought)s)
               SELECT ranked.id, ranked.number::int4 AS customer_order_rank,
                      CASE WHEN ranked.number = 1 THEN 'new'
                           WHEN bought.is_cross_sell THEN 'cross_sell'
                           WHEN bought.is_upsell THEN 'upsell'
                           ELSE 'repeat' END AS order_kind,
                      EXTRACT(EPOCH FROM ranked.date_order - ranked.previous)::float8 / 86400.0
                          AS days_since_previous_order,
                      ranked.is_last_order,
                      CASE WHEN ranked.date_order >= date_trunc('second', lead.create_date)
                           THEN EXTRACT(EPOCH FROM ranked.date_order
                                        - date_trunc('second', lead.create_date))::float8 / 86400.0
                           END AS lead_cycle_days
               FROM ranked
               LEFT JOIN bought ON bought.id = ranked.id
               LEFT JOIN crm_lead lead ON lead.id = ranked.opportunity_id""",
            scope=self._kpi_scope_sql(None, customers), bought=self._kpi_bought_sql(),
        )

    @api.model
    def _kpi_bought_sql(self):
        """Rows (id, is_cross_sell, is_upsell) of orders in ``ranked``, by what was bought before:
        one row an order and category, compared with the customer's earlier ones."""
        return SQL(
            """SELECT id, bool_or(first_of_category = number AND first_of_customer < number)
                              AS is_cross_sell,
                      bool_or(price > best_before) AS is_upsell
               FROM (
                   SELECT id, number, price,
                          MIN(number) OVER (PARTITION BY company_id, customer_id, categ_id)
                              AS first_of_category,
                          MIN(number) OVER (PARTITION BY company_id, customer_id)
                              AS first_of_customer,
                          MAX(price) OVER (
                              PARTITION BY company_id, customer_id, categ_id ORDER BY number
                              ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
                          ) AS best_before
                   FROM (
                       SELECT ranked.id, ranked.number, ranked.company_id, ranked.customer_id,
                              template.categ_id, MAX(template.list_price + COALESCE(extra.price, 0))
                                  AS price
                       FROM ranked
                       JOIN sale_order_line line ON line.order_id = ranked.id
                       JOIN product_product product ON product.id = line.product_id
                       JOIN product_template template ON template.id = product.product_tmpl_id
                       LEFT JOIN (%(extra)s) extra ON extra.product_id = product.id
                       LEFT JOIN (%(credited)s) credited ON credited.line_id = line.id
                       WHERE line.product_uom_qty > 0 AND line.price_subtotal > 0
                         AND credited.line_id IS NULL AND %(is_goods)s
                       GROUP BY ranked.id, ranked.number, ranked.company_id, ranked.customer_id,
                                template.categ_id
                   ) basket
               ) compared
               GROUP BY id""",
            extra=SQL(
                """SELECT variant.product_product_id AS product_id, SUM(choice.price_extra) AS price
                   FROM product_variant_combination variant
                   JOIN product_template_attribute_value choice
                        ON choice.id = variant.product_template_attribute_value_id
                   GROUP BY variant.product_product_id"""
            ),
            credited=self._kpi_credited_lines_sql(), is_goods=self._kpi_goods_sql(),
        )

    @api.model
    def _kpi_credited_lines_sql(self):
        """Lines of orders in ``ranked`` all of whose invoices were credited."""
        return SQL(
            """SELECT relation.order_line_id AS line_id
               FROM ranked
               JOIN sale_order_line own ON own.order_id = ranked.id
               JOIN sale_order_line_invoice_rel relation ON relation.order_line_id = own.id
               JOIN account_move_line item ON item.id = relation.invoice_line_id
               JOIN account_move move ON move.id = item.move_id
               WHERE item.parent_state = 'posted'
               GROUP BY relation.order_line_id
               HAVING bool_or(move.move_type = 'out_refund') AND SUM(item.amount_currency) >= 0"""
        )

    @api.model
    def _kpi_goods_sql(self):
        # The field comes with the delivery addon.
        is_delivery = "is_delivery" in self.env["sale.order.line"]._fields
        return SQL(
            "line.is_downpayment IS NOT TRUE AND %s",
            SQL("line.is_delivery IS NOT TRUE") if is_delivery else SQL("TRUE"),
        )
