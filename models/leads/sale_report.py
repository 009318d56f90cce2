from odoo import fields, models

from ..base.optional_number import OptionalInteger


class SaleReport(models.Model):
    _inherit = "sale.report"

    order_kind = fields.Selection(
        [("new", "New Customer"), ("repeat", "Repeat"), ("cross_sell", "Cross-sell"),
         ("upsell", "Up-sell")],
        "Order Kind", readonly=True,
        help="Whether the order was the customer's first, a repeat, a cross-sell or an up-sell.",
    )
    customer_order_rank = OptionalInteger(
        "Customer Order No.", readonly=True, aggregator=None,
        help="1 for the customer's first confirmed order in the company, 2 for the second.",
    )

    def _select_additional_fields(self):
        # The report groups by the key of the order, so its columns need no grouping of their own.
        fields_sql = super()._select_additional_fields()
        fields_sql["order_kind"] = "s.order_kind"
        fields_sql["customer_order_rank"] = "s.customer_order_rank"
        return fields_sql
