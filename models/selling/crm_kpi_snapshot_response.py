from odoo import models

from ...tools.fact import COUNT
from ..base.optional_number import OptionalFloat
from ..kpi.kpi_declaration import KEPT, flow, ratio, stock

EXPECTED = (*KEPT, ("response_status", "!=", "unneeded"))
ANSWERED = (*KEPT, ("response_status", "=", "answered"))
UNANSWERED = (*KEPT, ("response_status", "=", False))
WAITING = (("active", "=", True), ("won_status", "=", "pending"), ("response_status", "=", False))


def created(label, domain, help_text, aggregate=COUNT, **kwargs):
    """Leads created in the period, with what has become of their answer by now."""
    return flow(
        label, "response", ("crm.lead", "create_date", domain, aggregate), help=help_text, **kwargs
    )


class CrmKpiSnapshot(models.Model):
    """How fast new leads are answered: leads created in the period, as of now."""

    _inherit = "crm.kpi.snapshot"

    first_response_expected_count = created(
        "Leads to Answer", EXPECTED,
        "Leads created in the period that have to be answered. Leads that their salesperson "
        "entered, or that were recorded after the first contact, need no answer.", better="none",
    )
    first_response_count = created(
        "Leads Answered", ANSWERED,
        "Leads created in the period that a colleague has answered by now: by a message, a call or "
        "a meeting.",
    )
    first_response_unanswered_count = created(
        "Leads Unanswered", UNANSWERED,
        "Leads created in the period that nobody has answered by now, closed ones included.",
        better="lower",
    )
    first_response_waiting_count = stock(
        "Leads Waiting", "response", WAITING, better="lower",
        help="Open leads and opportunities that nobody had answered at the end of the day, "
             "whenever they came in; average of the nights in a longer period.",
    )
    first_response_in_time_count = created(
        "Leads Answered in Time", (*ANSWERED, ("response_in_time", "=", True)),
        "Leads created in the period and answered within the time set for the team or the company.",
    )
    first_response_hours_total = created(
        "Total Response Hours", ANSWERED,
        "Hours from the creation of a lead to its first answer, summed over the answered leads "
        "created in the period; working hours where the team has a response calendar.",
        "response_hours", cls=OptionalFloat, unit="hours", better="lower", digits=(16, 2),
    )
    first_response_hours_average = ratio(
        "Average Response Time", "response", "first_response_hours_total / first_response_count",
        "hours", better="lower", digits=(16, 1),
        help="Mean hours to the first answer of the answered leads created in the period. It says "
             "nothing of those still waiting: read it with the unanswered share, or take the "
             "median of the response report.",
    )
    first_response_unanswered_rate = ratio(
        "Unanswered Leads", "response",
        "first_response_unanswered_count / first_response_expected_count", better="lower",
        interval="wilson",
        help="Share of the leads to answer created in the period that nobody has answered by now.",
    )
    first_response_service_level = ratio(
        "Answered in Time", "response",
        "first_response_in_time_count / first_response_expected_count", interval="wilson",
        help="Share of the leads to answer created in the period whose answer came within the "
             "time set for the team or the company. Those still waiting count as not in time.",
    )
