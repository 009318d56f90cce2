from odoo import models

from ...tools.fact import MONTH, MONTH_AFTER_NEXT, NEXT_MONTH
from .kpi_declaration import OPEN, stock


def due(label, first, stop, help):
    """Weighted amount of the open opportunities whose expected closing date is in a month."""
    months = (("date_deadline", ">=", first), ("date_deadline", "<", stop))
    return stock(label, "pipeline", (*OPEN, *months), "prorated_revenue", help=help)


class CrmKpiSnapshot(models.Model):
    """Forecasts as they were made each night, so that they can be compared with what came of them.

    A forecast computed later from today's records would know the outcome.
    """

    _inherit = "crm.kpi.snapshot"

    dated_count = stock(
        "Opportunities with a Closing Date", "pipeline", (*OPEN, ("date_deadline", "!=", False)),
        help="Open opportunities that have an expected closing date, at the end of the day. Where "
             "there are none, no forecast was made.",
    )
    due_revenue = due(
        "Weighted, Due This Month", MONTH, NEXT_MONTH,
        "Expected revenue times probability of the open opportunities that are expected to close "
        "in the calendar month of the day. Deals overdue from earlier months are left out.",
    )
    due_next_revenue = due(
        "Weighted, Due Next Month", NEXT_MONTH, MONTH_AFTER_NEXT,
        "Expected revenue times probability of the open opportunities that are expected to close "
        "in the calendar month after that of the day. On the last night of a month this is the "
        "forecast of the next one.",
    )
