from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.sql import column_exists, create_column

from ..base.optional_number import OptionalFloat, OptionalInteger, OptionalMonetary

NET = ("net_revenue", "net_margin")
HISTORY = (
    "customer_order_rank", "order_kind", "days_since_previous_order", "is_last_order",
    "lead_cycle_days",
)


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "crm.kpi.fact.mixin"]

    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency",
    )
    net_revenue = OptionalMonetary(
        "Net Revenue", compute="_compute_net", store=True, copy=False,
        currency_field="company_currency_id",
        help="Untaxed amount in the currency of the company at the exchange rate of the order, "
             "less what posted credit notes took back and was not invoiced again. A credit note "
             "counts against the order it belongs to, on the day of that order. Empty when the "
             "currency of the order has no exchange rate.",
    )
    net_margin = OptionalMonetary(
        "Net Margin", compute="_compute_net", store=True, copy=False,
        currency_field="company_currency_id",
        help="Margin in the currency of the company, reduced by credit notes in proportion to "
             "the revenue. Empty when the currency of the order has no exchange rate.",
    )
    customer_order_rank = OptionalInteger(
        "Customer Order No.", compute="_compute_history", store=True, copy=False, aggregator=None,
        help="1 for the first confirmed order of the customer in this company, 2 for the second. "
             "A customer is the company behind the contact. Empty for quotations and cancelled "
             "orders.",
    )
    order_kind = fields.Selection(
        [("new", "New Customer"), ("repeat", "Repeat"), ("cross_sell", "Cross-sell"),
         ("upsell", "Up-sell")],
        "Order Kind", compute="_compute_history", store=True, copy=False,
        help="New: the first confirmed order of the customer. Cross-sell: the order opens a "
             "product category this customer had not bought from. Up-sell: otherwise, a product "
             "with a higher list price than any this customer had bought in its category. "
             "Repeat: every other order. Lines that were credited in full, discounts and "
             "delivery charges do not count. List prices are those of today.",
    )
    days_since_previous_order = OptionalFloat(
        "Days Since Previous Order", compute="_compute_history", store=True, copy=False,
        aggregator="avg",
        help="Days between this confirmed order and the customer's one before it in the same "
             "company. Empty for the first order.",
    )
    is_last_order = fields.Boolean(
        "Latest Order of Customer", compute="_compute_history", store=True, copy=False,
        help="The most recent confirmed order of the customer in this company.",
    )
    lead_cycle_days = OptionalFloat(
        "Days from Lead to Order", compute="_compute_history", store=True, copy=False,
        aggregator="avg",
        help="Days from the creation of the linked lead to the order. Empty for unconfirmed "
             "orders, without a lead and when the order is older than its lead.",
    )

    def _auto_init(self):
        """Create the stored columns before the ORM would compute them row by row; they are filled
        together with those of leads."""
        columns = {
            "net_revenue": "numeric", "net_margin": "numeric", "customer_order_rank": "int4",
            "order_kind": "varchar", "days_since_previous_order": "float8",
            "is_last_order": "bool", "lead_cycle_days": "float8",
        }
        for name, column_type in columns.items():
            if not column_exists(self.env.cr, self._table, name):
                create_column(self.env.cr, self._table, name, column_type)
        super()._auto_init()

    # ------------------------------------------------------------
    # The ORM asks the same SQL that recomputes the table, so both always agree
    # ------------------------------------------------------------

    @api.depends(
        "amount_untaxed", "margin", "currency_rate", "currency_id", "company_id",
        "order_line.is_downpayment", "order_line.invoice_lines.parent_state",
        "order_line.invoice_lines.balance", "order_line.invoice_lines.amount_currency",
    )
    def _compute_net(self):
        self._kpi_flush_net()
        self._kpi_assign(NET, self._kpi_net_sql(self._kpi_scope_sql(self._origin.ids)))

    @api.depends(
        "state", "date_order", "company_id", "partner_id.commercial_partner_id", "opportunity_id",
        "order_line.product_id", "order_line.product_uom_qty", "order_line.price_subtotal",
        "order_line.invoice_lines.parent_state",
    )
    def _compute_history(self):
        # A quotation that never was an order has no history and costs no query.
        orders = self.filtered(
            lambda order: order._origin.id and (
                order.customer_order_rank or order.state not in ("draft", "sent", "cancel")
            )
        )
        customers = orders.partner_id.commercial_partner_id._origin.ids
        if customers:
            self._kpi_flush_history()
            self._kpi_recompute_history(customers, except_ids=self._origin.ids)
        rows = self._kpi_history_sql(customers) if customers else None
        self._kpi_assign(HISTORY, rows)

    def _kpi_assign(self, names, rows_sql):
        """Set ``names`` from the rows of a query that has them as columns, empty without a row."""
        ids = self._origin.ids
        rows = self.env.execute_query(SQL(
            "SELECT id, %s FROM (%s) value WHERE id = ANY(%s)",
            SQL(", ").join(SQL.identifier(name) for name in names), rows_sql, ids,
        )) if ids and rows_sql else []
        values = {row[0]: row[1:] for row in rows}
        empty = (False,) * len(names)
        for order in self:
            for name, value in zip(names, values.get(order._origin.id, empty), strict=True):
                order[name] = False if value is None else value

    def write(self, vals):
        if "partner_id" not in vals:
            return super().write(vals)
        # The order history of the customer who loses the orders changes as well.
        ranked = self.filtered("customer_order_rank")
        before = ranked.partner_id.commercial_partner_id.ids
        result = super().write(vals)
        if before:
            self._kpi_recompute_history(before)
        return result
