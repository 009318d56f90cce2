from odoo import models

from ...tools.fact import COUNT
from ..base.optional_number import OptionalFloat
from ..kpi.kpi_declaration import CLOSED, flow, ratio

# Who never had an expected closing date could not postpone it.
DATED = (*CLOSED, ("initial_deadline", "!=", False))
PUSHED = (*DATED, ("deadline_push_count", ">", 0))


class CrmKpiSnapshot(models.Model):
    """How often expected closing dates were moved: deals closed in the period, won or lost."""

    _inherit = "crm.kpi.snapshot"

    dated_closed_count = flow(
        "Closed Deals with a Date", "deals", ("crm.lead", "date_closed", DATED, COUNT),
        better="none",
        help="Opportunities won or lost in the period that have had an expected closing date.",
    )
    pushed_closed_count = flow(
        "Postponed Deals", "deals", ("crm.lead", "date_closed", PUSHED, COUNT), better="lower",
        help="Opportunities won or lost in the period whose expected closing date had been moved "
             "to a later day at least once.",
    )
    deadline_push_total = flow(
        "Times Deals Were Postponed", "deals",
        ("crm.lead", "date_closed", DATED, "deadline_push_count"), better="lower",
        help="How many times the expected closing dates of the opportunities won or lost in the "
             "period had been moved to a later day.",
    )
    pushed_deal_share = ratio(
        "Postponed Share of Deals", "deals", "pushed_closed_count / dated_closed_count",
        better="lower", interval="wilson",
        help="Share of the opportunities closed in the period, won or lost, whose expected closing "
             "date had been moved to a later day; of those that had one. Empty without any.",
    )
    pushes_per_deal = ratio(
        "Postponements per Deal", "deals", "deadline_push_total / dated_closed_count", "times",
        OptionalFloat, better="lower", digits=(16, 2),
        help="How many times the expected closing date was moved to a later day, on average over "
             "the opportunities closed in the period, won or lost, that had one.",
    )
