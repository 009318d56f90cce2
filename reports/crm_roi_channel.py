from odoo import api, fields, models
from odoo.tools import SQL

from ..models.base.optional_number import OptionalMonetary
from ..models.kpi.crm_roi_report import channel
from ..models.kpi.kpi_declaration import CONFIRMED, KEPT, WON, flow, ratio
from ..tools.fact import COUNT

COSTS = "crm.roi.cost.day"


class CrmRoiChannel(models.Model):
    """What campaigns, sources and media cost and brought, live.

    One row for each company-local day, company, campaign, source and medium on which a lead was
    created or won, an order confirmed or a cost fell. Leads count with their own campaign, source
    and medium, orders with theirs; nothing is left out for having none.
    """

    _name = "crm.roi.channel"
    _inherit = ["crm.kpi.live"]
    _description = "Campaign and Source Figures"
    _auto = False
    _order = "day desc, id desc"
    _rec_name = "day"
    _kpi_row_keys = ("campaign_id", "source_id", "medium_id")

    day = fields.Date(readonly=True)
    company_id = fields.Many2one("res.company", "Company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    campaign_id = channel("utm.campaign", "Campaign")
    source_id = channel("utm.source", "Source")
    medium_id = channel("utm.medium", "Medium")

    cost = flow(
        "Cost", "costs", (COSTS, "day", (("kind", "=", "acquisition"),), "amount"),
        OptionalMonetary, "currency", better="lower", strict=True, empty_zero=True,
        help="Acquisition cost until today: entries of the cost ledger of the kind acquisition "
             "cost, spread evenly over their days. Empty when nothing is entered.",
    )
    lead_count = flow(
        "Leads", "leads", ("crm.lead", "create_date", KEPT, COUNT),
        help="Leads and opportunities created in the period, lost ones too; archived ones that "
             "were not lost do not count.",
    )
    won_count = flow(
        "Won Deals", "deals", ("crm.lead", "date_closed", WON, COUNT),
        help="Opportunities won in the period, by closing date.",
    )
    revenue = flow(
        "Revenue", "orders", ("sale.order", "date_order", CONFIRMED, "net_revenue"),
        OptionalMonetary, "currency", strict=True,
        help="Untaxed amount of confirmed orders, less credit notes, by order date and the "
             "campaign, source and medium of the order.",
    )
    margin = flow(
        "Margin", "orders", ("sale.order", "date_order", CONFIRMED, "net_margin"),
        OptionalMonetary, "currency", strict=True,
        help="Margin of confirmed orders, less what credit notes took back.",
    )
    new_customer_count = flow(
        "New Customers", "orders",
        ("sale.order", "date_order", (*CONFIRMED, ("customer_order_rank", "=", 1)), COUNT),
        help="Customers whose first confirmed order falls in the period.",
    )
    cost_per_lead = ratio(
        "Cost per Lead", "costs", "cost / lead_count", "currency", OptionalMonetary,
        better="lower", help="Acquisition cost divided by leads. Empty without cost or leads.",
    )
    customer_acquisition_cost = ratio(
        "Cost per New Customer", "costs", "cost / new_customer_count", "currency",
        OptionalMonetary, better="lower",
        help="Acquisition cost divided by new customers. Empty without cost or new customers.",
    )
    return_on_cost = ratio(
        "ROI", "costs", "(margin - cost) / cost",
        help="Margin less acquisition cost, as a share of the acquisition cost: 100 % means that "
             "the money came back twice, –100 % that nothing came back. Empty without cost.",
    )

    _depends = {
        "crm.lead": [
            "active", "campaign_id", "company_id", "create_date", "date_closed", "medium_id",
            "source_id", "type", "won_status",
        ],
        "sale.order": [
            "campaign_id", "company_id", "customer_order_rank", "date_order", "medium_id",
            "net_margin", "net_revenue", "source_id", "state",
        ],
        "crm.roi.cost": ["category_id", "company_currency_id", "date_from", "date_to", "kind"],
        "crm.roi.cost.share": [
            "amount", "campaign_id", "company_id", "cost_id", "medium_id", "source_id",
        ],
        "res.company": ["currency_id"],
    }

    @api.model
    def _kpi_span_sql(self):
        return SQL(
            """SELECT LEAST(
                   (SELECT MIN(create_date)::date FROM crm_lead),
                   (SELECT MIN(date_closed)::date FROM crm_lead),
                   (SELECT MIN(date_order)::date FROM sale_order),
                   (SELECT MIN(date_from) FROM crm_roi_cost)
               ) - 1 AS first, CURRENT_DATE + 1 AS last"""
        )

    @api.model
    @api.readonly
    def action_drill(self, measure, domain):
        """Open the records behind a figure; for costs the entries of the ledger."""
        action = super().action_drill(measure, domain)
        if action["res_model"] != COSTS:
            return action
        costs = self.env[COSTS].action_drill("amount", action["domain"])
        return {**costs, "name": self._fields[measure]._description_string(self.env)}
