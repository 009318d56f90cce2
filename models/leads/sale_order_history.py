"""SQL of the order history of customers: which order is the how-manieth, and what is new in it."""

from odoo import api, models
from odoo.tools import SQL


class SaleOrder(models.Model):
    _inherit = "sale.order"

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
        self.env["product.template.attribute.value"].flush_model(["price_extra"])

    @api.model
    def _kpi_history_sql(self, customers=None):
        """Rows (id, rank, kind, days since previous, is last, lead cycle) of confirmed orders,
        by company and commercial partner, in the order of date and id."""
        return SQL(
            """WITH ranked AS (
                   SELECT orders.id, orders.company_id,
                          partner.commercial_partner_id AS customer_id,
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
                   FROM (%(baskets)s) basket
               ) compared
               GROUP BY id""",
            baskets=self._kpi_baskets_sql(),
        )

    @api.model
    def _kpi_baskets_sql(self):
        """What orders in ``ranked`` hold: one row an order and category, with the best price."""
        return SQL(
            """SELECT ranked.id, ranked.number, ranked.company_id, ranked.customer_id,
                      template.categ_id,
                      MAX(template.list_price + COALESCE(extra.price, 0)) AS price
               FROM ranked
               JOIN sale_order_line line ON line.order_id = ranked.id
               JOIN product_product product ON product.id = line.product_id
               JOIN product_template template ON template.id = product.product_tmpl_id
               LEFT JOIN (%(extra)s) extra ON extra.product_id = product.id
               LEFT JOIN (%(credited)s) credited ON credited.line_id = line.id
               WHERE line.product_uom_qty > 0 AND line.price_subtotal > 0
                 AND credited.line_id IS NULL AND %(is_goods)s
               GROUP BY ranked.id, ranked.number, ranked.company_id, ranked.customer_id,
                        template.categ_id""",
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
