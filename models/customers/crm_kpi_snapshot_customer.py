from odoo import models

from ...tools.fact import COUNT
from ..kpi.kpi_declaration import flow, ratio

MONTH = "crm.customer.month"


class CrmKpiSnapshot(models.Model):
    """Retention on the last day of each month: a month is kept or lost as a whole.

    All parts of the rate stand on the same day, so the running month shows nothing instead of a
    loss, and longer periods are ratios of sums over their months.
    """

    _inherit = "crm.kpi.snapshot"

    previous_customer_count = flow(
        "Customers of the Month Before", "customers",
        (MONTH, "date", (("status", "in", ("kept", "lapsed")),), COUNT), better="none",
        help="Customers who had bought in the month before. Counted on the last day of each month; "
             "a longer period adds up its months.",
    )
    retained_customer_count = flow(
        "Kept Customers", "customers", (MONTH, "date", (("status", "=", "kept"),), COUNT),
        help="Customers who bought in this month and in the one before. Counted on the last day "
             "of each month.",
    )
    reactivated_customer_count = flow(
        "Reactivated Customers", "customers",
        (MONTH, "date", (("status", "=", "reactivated"),), COUNT),
        help="Customers who bought in this month and earlier, but not in the month before. Counted "
             "on the last day of each month.",
    )
    lapsed_customer_count = flow(
        "Lapsed Customers", "customers", (MONTH, "date", (("status", "=", "lapsed"),), COUNT),
        better="lower",
        help="Customers who had bought in the month before and did not in this one. Counted on "
             "the last day of each month.",
    )
    retention_rate = ratio(
        "Retention Rate", "customers", "retained_customer_count / previous_customer_count",
        interval="wilson",
        help="Share of the customers of the month before who bought in this month, too. Where "
             "people buy a few times a year it is low by nature: compare it over time. 100 % minus "
             "it is no churn.",
    )
