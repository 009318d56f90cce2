from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...tools.fact import COUNT, DAY
from ..base.optional_number import OptionalFloat, OptionalMonetary
from .kpi_declaration import (
    BORN_AS_LEAD,
    CLOSED,
    CONFIRMED,
    KEPT,
    LOST,
    OPEN,
    OPPORTUNITY,
    RETURNING,
    WON,
    flow,
    ratio,
    stock,
)


class CrmKpiSnapshot(models.Model):
    """KPI facts: one row for each company-local day, company, team, salesperson and source.

    Rows are written by the scheduled action alone. Another addon adds a KPI by declaring one
    field here with ``fact=`` or ``formula=``; see ``crm.kpi.fact.table``.
    """

    _name = "crm.kpi.snapshot"
    _inherit = ["crm.machine.written", "crm.kpi.fact.table", "crm.kpi.engine", "crm.kpi.nightly",
                "crm.kpi.drill"]
    _description = "KPI Snapshot"
    _rec_name = "day"
    _order = "day desc, id desc"
    _log_access = False

    day = fields.Date(required=True, readonly=True, help="Calendar day in the company's time zone.")
    company_id = fields.Many2one(
        "res.company", "Company", readonly=True, index=True, ondelete="cascade",
        help="Empty for leads that are shared by all companies.",
    )
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True, index=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True, index=True)
    source_id = fields.Many2one("utm.source", "Source", readonly=True, index=True)
    currency_id = fields.Many2one("res.currency", "Currency", readonly=True)
    has_stock = fields.Boolean(
        "Pipeline Measured", readonly=True,
        help="Set on rows that hold the pipeline as it stood at the end of the day.",
    )

    _day_dimensions_uniq = models.UniqueIndex(
        "(day, COALESCE(company_id, 0), COALESCE(team_id, 0), COALESCE(user_id, 0),"
        " COALESCE(source_id, 0))"
    )
    _company_day_idx = models.Index("(company_id, day)")

    # Leads, on the day they were created ------------------------------
    lead_count = flow(
        "Leads", "leads", ("crm.lead", "create_date", KEPT, COUNT),
        help="Leads and opportunities created in the period, whatever became of them: lost ones "
             "count, archived ones that were not lost do not.",
    )
    lead_to_qualify_count = flow(
        "Leads to Qualify", "leads",
        ("crm.lead", "create_date", (*KEPT, *BORN_AS_LEAD), COUNT), better="none",
        help="Records created in the period that began as leads. Records created directly as "
             "opportunities need no qualification and are left out.",
    )
    lead_qualified_count = flow(
        "Qualified Leads", "leads",
        ("crm.lead", "create_date", (*KEPT, *OPPORTUNITY, ("date_conversion", "!=", False)), COUNT),
        help="Leads created in the period that have been converted to opportunities by now. "
             "Records created directly as opportunities are left out.",
    )
    lead_won_count = flow(
        "Leads Won", "leads", ("crm.lead", "create_date", WON, COUNT),
        help="Leads and opportunities created in the period that are won by now. Recent periods "
             "still grow.",
    )
    lead_revenue = flow(
        "Revenue of Leads", "leads",
        ("crm.lead", "create_date", KEPT, "net_order_revenue"), OptionalMonetary, "currency",
        strict=(("net_order_currency_id", "!=", False),),
        help="Untaxed revenue, net of credit notes, of the confirmed orders linked to the leads "
             "created in the period.",
    )
    # Deals, on the day they were closed -------------------------------
    won_count = flow(
        "Won Deals", "deals", ("crm.lead", "date_closed", WON, COUNT),
        help="Opportunities won in the period, by closing date. A won opportunity without a "
             "closing date belongs to no period and is not counted.",
    )
    lost_count = flow(
        "Lost Deals", "deals", ("crm.lead", "date_closed", LOST, COUNT), better="lower",
        help="Opportunities lost in the period, by closing date.",
    )
    closed_count = flow(
        "Closed Deals", "deals", ("crm.lead", "date_closed", CLOSED, COUNT),
        help="Opportunities won or lost in the period, by closing date.",
    )
    won_revenue = flow(
        "Won Revenue", "deals", ("crm.lead", "date_closed", WON, "expected_revenue"),
        OptionalMonetary, "currency",
        help="Expected revenue of the opportunities won in the period. Basis: the opportunity; "
             "see Order Revenue for what was ordered.",
    )
    won_cycle_count = flow(
        "Won Deals with Cycle", "deals",
        ("crm.lead", "date_closed", (*WON, ("cycle_days", "!=", False)), COUNT),
        help="Won opportunities whose dates allow a sales cycle: deals closed before they were "
             "created are left out.",
    )
    cycle_days_total = flow(
        "Total Cycle Days", "deals", ("crm.lead", "date_closed", WON, "cycle_days"),
        OptionalFloat, "days", better="lower", digits=(16, 2),
        help="Days from the start of the opportunity to winning it, summed over won deals.",
    )
    # Orders, on the day they were confirmed ---------------------------
    order_count = flow(
        "Orders", "orders", ("sale.order", "date_order", CONFIRMED, COUNT),
        help="Confirmed sales orders by order date. Cancelled orders are not counted.",
    )
    order_revenue = flow(
        "Order Revenue", "orders", ("sale.order", "date_order", CONFIRMED, "net_revenue"),
        OptionalMonetary, "currency", strict=True,
        help="Untaxed amount of confirmed orders at the rate of the order date. A credit note "
             "reduces the order it belongs to, on the day of that order.",
    )
    order_margin = flow(
        "Order Margin", "orders", ("sale.order", "date_order", CONFIRMED, "net_margin"),
        OptionalMonetary, "currency", strict=True,
        help="Margin of confirmed orders at the rate of the order date; a credit note takes back "
             "margin in proportion to the revenue.",
    )
    new_customer_count = flow(
        "New Customers", "orders",
        ("sale.order", "date_order", (*CONFIRMED, ("customer_order_rank", "=", 1)), COUNT),
        help="Customers whose first confirmed order falls in the period. A customer is the "
             "company behind the contact.",
    )
    repeat_order_count = flow(
        "Repeat Orders", "orders", ("sale.order", "date_order", RETURNING, COUNT),
        help="Confirmed orders of customers who had ordered before, cross-sell and up-sell "
             "orders included.",
    )
    cross_sell_order_count = flow(
        "Cross-sell Orders", "orders",
        ("sale.order", "date_order", (*RETURNING, ("order_kind", "=", "cross_sell")), COUNT),
        help="Orders in which a returning customer buys from a product category for the first "
             "time.",
    )
    upsell_order_count = flow(
        "Up-sell Orders", "orders",
        ("sale.order", "date_order", (*RETURNING, ("order_kind", "=", "upsell")), COUNT),
        help="Orders in which a returning customer moves to a higher-priced product of a "
             "category already bought.",
    )
    # Pipeline and customers, as they stand at the end of a day --------
    open_count = stock(
        "Open Opportunities", "pipeline", OPEN,
        help="Open opportunities at the end of the day; average of the nights in a longer period.",
    )
    open_revenue = stock(
        "Open Pipeline", "pipeline", OPEN, "expected_revenue",
        help="Expected revenue of open opportunities at the end of the day; average of the "
             "nights in a longer period.",
    )
    weighted_revenue = stock(
        "Weighted Pipeline", "pipeline", OPEN, "prorated_revenue",
        help="Expected revenue of open opportunities times their probability at the end of the "
             "day; average of the nights in a longer period.",
    )
    overdue_count = stock(
        "Overdue Opportunities", "pipeline", (*OPEN, ("date_deadline", "<", DAY)), better="lower",
        help="Open opportunities whose expected closing date has passed.",
    )
    active_customer_count = stock(
        "Active Customers", "customers", (), model="crm.kpi.active.customer",
        help="Customers with positive net revenue in the last twelve months, counted once, with "
             "the salesperson, team and source of their latest order.",
    )
    # Ratios ------------------------------------------------------------
    win_rate = ratio(
        "Win Rate", "deals", "won_count / closed_count", interval="wilson",
        help="Share of won deals among those won or lost in the period, by closing date.",
    )
    qualification_rate = ratio(
        "Qualification Rate", "leads", "lead_qualified_count / lead_to_qualify_count",
        interval="wilson",
        help="Share of the leads created in the period that have been converted to "
             "opportunities by now.",
    )
    lead_conversion_rate = ratio(
        "Lead Conversion Rate", "leads", "lead_won_count / lead_count", interval="wilson",
        help="Share of the leads created in the period that are won by now. Recent periods "
             "are still low because their deals are open.",
    )
    average_deal_size = ratio(
        "Average Deal Size", "deals", "won_revenue / won_count", "currency", OptionalMonetary,
        help="Won revenue per won deal; deals won without an amount count.",
    )
    average_cycle_days = ratio(
        "Average Sales Cycle", "deals", "cycle_days_total / won_cycle_count", "days",
        better="lower",
        help="Mean days from the start of the opportunity to winning it.",
    )
    average_order_value = ratio(
        "Average Order Value", "orders", "order_revenue / order_count", "currency",
        OptionalMonetary, help="Net order revenue per confirmed order.",
    )
    margin_rate = ratio(
        "Margin Rate", "orders", "order_margin / order_revenue",
        help="Order margin as a share of order revenue.",
    )
    repeat_order_rate = ratio(
        "Repeat Order Rate", "orders", "repeat_order_count / order_count", interval="wilson",
        help="Share of orders placed by customers who had ordered before.",
    )
    cross_sell_rate = ratio(
        "Cross-sell Rate", "orders", "cross_sell_order_count / repeat_order_count",
        interval="wilson",
        help="Share of returning customers' orders that open a new product category.",
    )
    upsell_rate = ratio(
        "Up-sell Rate", "orders", "upsell_order_count / repeat_order_count", interval="wilson",
        help="Share of returning customers' orders that move to a higher-priced product.",
    )
    revenue_per_lead = ratio(
        "Revenue per Lead", "leads", "lead_revenue / lead_count", "currency", OptionalMonetary,
        help="Net revenue of the orders linked to the leads created in the period, per lead; "
             "lost and open leads count.",
    )
    sales_velocity = ratio(
        "Sales Velocity", "pipeline",
        "open_count * win_rate * average_deal_size / average_cycle_days",
        "currency_per_day", OptionalMonetary,
        help="Open opportunities times win rate times average deal size, divided by the average "
             "sales cycle: the money the pipeline earns per day.",
    )
    overdue_rate = ratio(
        "Overdue Rate", "pipeline", "overdue_count / open_count", better="lower",
        help="Share of open opportunities whose expected closing date has passed.",
    )

    @api.model
    def get_empty_list_help(self, help_message):
        """What a pivot or graph without figures says, unless its action says something else."""
        return super().get_empty_list_help(help_message or Markup(
            '<p class="o_view_nocontent_empty_folder">%s</p><p>%s</p>'
        ) % (
            self.env._("No figures for this selection"),
            self.env._(
                "KPIs are measured every night. If nothing has been measured yet, an administrator "
                "can do it now: CRM, Configuration, Settings, KPIs, “Measure now”. Otherwise "
                "choose a longer period or remove a filter."
            ),
        ))

    # ------------------------------------------------------------------
    # Nobody writes facts by hand, not even the superuser
    # ------------------------------------------------------------------

    def _refuse_manual_change(self):
        raise AccessError(self.env._(
            "KPI snapshots are measured by the scheduled action and cannot be created, changed or "
            "deleted. Correct the lead or the order instead: the figures of its days follow."
        ))
