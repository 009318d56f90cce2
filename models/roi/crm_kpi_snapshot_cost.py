from odoo import models

from ..base.optional_number import OptionalFloat, OptionalMonetary
from ..kpi.kpi_declaration import flow, ratio

MANAGERS = "sales_team.group_sale_manager"
DAYS = "crm.roi.cost.day"


def cost(label, domain, help):
    """Costs of the ledger, spread over their days; for sales managers."""
    # Nothing entered is not a cost of 0: a total of 0 is no figure.
    return flow(
        label, "costs", (DAYS, "day", domain, "amount"), OptionalMonetary, "currency",
        better="lower", strict=True, empty_zero=True, groups=MANAGERS, help=help,
    )


class CrmKpiSnapshot(models.Model):
    _inherit = "crm.kpi.snapshot"

    crm_cost = cost(
        "CRM Cost", (("kind", "=", "crm"),),
        "What the CRM cost: entries of the cost ledger of the kind CRM cost, spread evenly over "
        "their days. Empty when nothing is entered.",
    )
    acquisition_cost_total = cost(
        "Acquisition Cost", (("kind", "=", "acquisition"),),
        "What was spent to win leads and customers: entries of the cost ledger of the kind "
        "acquisition cost, spread evenly over their days. Empty when nothing is entered.",
    )
    roi_cost_total = cost(
        "Total Cost", (),
        "CRM cost and acquisition cost together, spread evenly over their days.",
    )
    cost_per_lead = ratio(
        "Cost per Lead", "costs", "acquisition_cost_total / lead_count", "currency",
        OptionalMonetary, better="lower", groups=MANAGERS,
        help="Acquisition cost of the period divided by the leads created in it.",
    )
    customer_acquisition_cost = ratio(
        "Customer Acquisition Cost", "costs", "acquisition_cost_total / new_customer_count",
        "currency", OptionalMonetary, better="lower", groups=MANAGERS,
        help="Acquisition cost of the period divided by the customers whose first confirmed order "
             "falls in it. With a long sales cycle the customers won in a month were paid for "
             "earlier: look at longer periods.",
    )
    revenue_to_cost = ratio(
        "Revenue to Cost", "costs", "order_revenue / roi_cost_total", "times", OptionalFloat,
        groups=MANAGERS,
        help="Net order revenue of the period per unit of money spent on the CRM and on winning "
             "customers.",
    )
