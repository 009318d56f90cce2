"""Figures of a customer on its contacts, for the company one is working in.

They live in ``crm.customer.value``, one row for each customer and company, and are joined when a
list sorts, groups or filters by them: partners get no columns, and a contact shows the figures of
the company behind it.
"""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..base.optional_number import OptionalFloat, OptionalInteger, OptionalMonetary
from .crm_customer_value import SEGMENTS, STAGES

SALES = "sales_team.group_sale_salesman"
# What anyone in the house may know, such as support; figures are for sales.
STANDING = ("customer_tier_id", "lifecycle_stage")
FIGURES = (
    "first_order_date", "last_order_date", "order_day_count", "lifetime_revenue",
    "lifetime_margin", "customer_value", "predicted_order_count", "prediction_error",
    "probability_alive", "rfm_recency", "rfm_frequency", "rfm_monetary", "rfm_segment",
)


def by_row(name):
    """Search method of a field that is read from the row of ``crm.customer.value``."""
    def search(partners, operator, value):
        return partners._search_customer_row(name, operator, value)

    return search


class ResPartner(models.Model):
    _inherit = "res.partner"

    customer_tier_id = fields.Many2one(
        "crm.customer.tier", "Customer Tier", compute="_compute_customer_standing",
        search=by_row("customer_tier_id"), groups="base.group_user",
        help="Class of the customer by its value in the next twelve months, in this company.",
    )
    lifecycle_stage = fields.Selection(
        STAGES, "Lifecycle", compute="_compute_customer_standing",
        search=by_row("lifecycle_stage"), groups="base.group_user",
        help="Prospect: no purchase in this company yet. At risk: silent for longer than usual. "
             "Lapsed: silent for longer than 95 % of all intervals between purchases. Won back: "
             "the latest purchase ended such a silence.",
    )
    customer_currency_id = fields.Many2one(
        "res.currency", compute="_compute_customer_figures", groups=SALES
    )
    customer_value_id = fields.Many2one(
        "crm.customer.value", "Value of Customer", compute="_compute_customer_figures",
        groups=SALES,
    )
    first_order_date = fields.Date(
        "First Purchase on", compute="_compute_customer_figures",
        search=by_row("first_order_date"), groups=SALES,
    )
    last_order_date = fields.Date(
        "Latest Purchase on", compute="_compute_customer_figures",
        search=by_row("last_order_date"), groups=SALES,
    )
    order_day_count = fields.Integer(
        "Order Days", aggregator=None, compute="_compute_customer_figures",
        search=by_row("order_day_count"), groups=SALES,
        help="Days with a purchase in this company, net of credit notes.",
    )
    lifetime_revenue = OptionalMonetary(
        "Lifetime Revenue", aggregator=None, compute="_compute_customer_figures",
        search=by_row("lifetime_revenue"), currency_field="customer_currency_id", groups=SALES,
        help="Untaxed amount of all purchases in this company, net of credit notes.",
    )
    lifetime_margin = OptionalMonetary(
        "Lifetime Margin", aggregator=None, compute="_compute_customer_figures",
        search=by_row("lifetime_margin"),
        currency_field="customer_currency_id", groups=SALES,
        help="Margin of all purchases in this company, net of credit notes.",
    )
    customer_value = OptionalMonetary(
        "Customer Value", aggregator=None, compute="_compute_customer_figures",
        search=by_row("customer_value"),
        currency_field="customer_currency_id", groups=SALES,
        help="Margin to be expected in the next twelve months.",
    )
    predicted_order_count = OptionalFloat(
        "Expected Order Days", aggregator=None, compute="_compute_customer_figures",
        digits=(16, 2),
        search=by_row("predicted_order_count"), groups=SALES,
        help="Order days to be expected in the next twelve months.",
    )
    prediction_error = OptionalFloat(
        "± Order Days", aggregator=None, compute="_compute_customer_figures",
        digits=(16, 2),
        search=by_row("prediction_error"), groups=SALES,
        help="By how many order days a year the forecast was off on average, for customers with "
             "as many order days, when it was tried on days it had not seen.",
    )
    probability_alive = OptionalFloat(
        "Still a Customer", aggregator=None, compute="_compute_customer_figures",
        digits=(4, 3),
        search=by_row("probability_alive"), groups=SALES,
        help="Chance that the customer still buys. Empty where the history does not tell.",
    )
    rfm_recency = OptionalInteger(
        "Recency Score", aggregator=None, compute="_compute_customer_figures",
        search=by_row("rfm_recency"),
        groups=SALES,
    )
    rfm_frequency = OptionalInteger(
        "Frequency Score", aggregator=None, compute="_compute_customer_figures",
        search=by_row("rfm_frequency"),
        groups=SALES,
    )
    rfm_monetary = OptionalInteger(
        "Money Score", aggregator=None, compute="_compute_customer_figures",
        search=by_row("rfm_monetary"),
        groups=SALES,
    )
    rfm_segment = fields.Selection(
        SEGMENTS, "RFM Segment", compute="_compute_customer_figures",
        search=by_row("rfm_segment"), groups=SALES,
    )

    # ------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------

    def _customer_rows(self, names):
        """:return: dict of the row of ``crm.customer.value`` by commercial partner"""
        Value = self.env["crm.customer.value"]
        if names is STANDING:
            # Support and others may know tier and stage of a customer, nothing else of it.
            Value = Value.sudo()
        rows = Value.search_fetch([
            ("company_id", "=", self.env.company.id),
            ("partner_id", "in", self.commercial_partner_id._origin.ids),
        ], ["partner_id", *names])
        return rows.grouped("partner_id")

    @api.depends("commercial_partner_id")
    @api.depends_context("company")
    def _compute_customer_standing(self):
        rows = self._customer_rows(STANDING)
        for partner in self:
            row = rows.get(partner.commercial_partner_id._origin)
            partner.customer_tier_id = row.customer_tier_id.id if row else False
            partner.lifecycle_stage = row.lifecycle_stage if row else "prospect"

    @api.depends("commercial_partner_id")
    @api.depends_context("company", "uid")
    def _compute_customer_figures(self):
        rows = self._customer_rows(FIGURES)
        nobody = self.env["crm.customer.value"]
        for partner in self:
            row = rows.get(partner.commercial_partner_id._origin, nobody)
            partner.customer_value_id = row
            partner.customer_currency_id = self.env.company.currency_id
            for name in FIGURES:
                partner[name] = row[name]

    # ------------------------------------------------------------
    # Sorting, grouping, filtering
    # ------------------------------------------------------------

    def _field_to_sql(self, alias, field_expr, query=None):
        name = field_expr.partition(".")[0]
        if name not in (*STANDING, *FIGURES) or query is None:
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[name], "read")
        names = STANDING if name in STANDING else FIGURES
        table = self._join_customer_rows(alias, query, names)
        if name == "lifecycle_stage":
            return SQL("COALESCE(%s, 'prospect')", SQL.identifier(table, name))
        return SQL.identifier(table, name)

    def _join_customer_rows(self, alias, query, names):
        """Join the rows of this company that the user may read; alias of the join."""
        Value = self.env["crm.customer.value"]
        if names is STANDING:
            # As for reading: tier and stage are for everybody in the house.
            Value = Value.sudo()
        rows = Value._search([("company_id", "=", self.env.company.id)], order="id")
        table = query.make_alias(alias, "standing" if names is STANDING else "customer")
        query.add_join("LEFT JOIN", table, rows.subselect(
            *(SQL.identifier(Value._table, name) for name in ("partner_id", *names))
        ), SQL(
            "%s = %s", SQL.identifier(table, "partner_id"),
            self._field_to_sql(alias, "commercial_partner_id", query),
        ))
        return table

    def _search_customer_row(self, name, operator, value):
        """Domain of the partners whose customer fulfils a condition, in this company."""
        if operator.startswith("not"):
            # Odoo asks for the opposite and turns it round.
            return NotImplemented
        Value = self.env["crm.customer.value"]
        if name in STANDING:
            # As for reading: tier and stage are for everybody in the house.
            Value = Value.sudo()
        here = Domain("company_id", "=", self.env.company.id)
        rows = Value._search(here & Domain(name, operator, value))
        found = Domain("commercial_partner_id", "in", rows.subselect("partner_id"))
        if not self._is_met_without_row(name, operator, value):
            return found
        rows = Value._search(here)
        return found | Domain("commercial_partner_id", "not in", rows.subselect("partner_id"))

    @api.model
    def _is_met_without_row(self, name, operator, value):
        """Whether a partner who never bought fulfils a condition: a prospect with empty figures."""
        empty = {"lifecycle_stage": "prospect", "order_day_count": 0}.get(name, False)
        if operator == "in":
            return empty in value
        return name == "order_day_count" and {
            "<": empty < value, "<=": empty <= value, ">": empty > value, ">=": empty >= value,
        }.get(operator, False)
