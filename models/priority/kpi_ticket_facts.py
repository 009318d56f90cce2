"""KPIs of support: declared once, for the snapshots and for the live analysis by team and tier."""

from odoo import models

from ...tools.fact import COUNT
from ..base.optional_number import OptionalFloat
from ..kpi.kpi_declaration import flow, ratio

TICKET = "crm.kpi.ticket"
CLOSED = (("is_closed", "=", True),)
TIMED = (*CLOSED, ("resolution_hours", "!=", False))
ANSWERED = (("first_response_date", "!=", False),)
# From 4 of 5 on, as Odoo's ratings say; 0 is no answer.
SATISFIED = (("rating", ">=", 4),)


def created(label, domain, **kwargs):
    """Tickets by the day they were created; recent periods still grow."""
    kwargs.setdefault("better", "none")
    return flow(label, "support", (TICKET, "create_date", domain, COUNT), **kwargs)


def hours(label, time_field, domain, column, **kwargs):
    """Hours summed over tickets."""
    fact = (TICKET, time_field, domain, column)
    return flow(label, "support", fact, OptionalFloat, "hours", better="lower", **kwargs)


class KpiTicketFacts(models.AbstractModel):
    """Columns of a table of KPIs that measure support."""

    _name = "crm.kpi.ticket.facts"
    _inherit = ["crm.kpi.fact.table"]
    _description = "KPIs of Support"

    ticket_count = created(
        "Tickets", (),
        help="Tickets created in the period. Archived tickets count if they are closed, those "
             "marked as duplicates never.",
    )
    ticket_closed_count = flow(
        "Closed Tickets", "support", (TICKET, "closed_date", CLOSED, COUNT),
        help="Tickets closed in the period and not reopened since, by the day of the last closing.",
    )
    ticket_timed_count = flow(
        "Closed Tickets with Duration", "support", (TICKET, "closed_date", TIMED, COUNT),
        better="none",
        help="Closed tickets whose closing does not lie before their creation, as it does for "
             "some imported ones.",
    )
    ticket_hours_total = hours(
        "Total Hours to Resolution", "closed_date", TIMED, "resolution_hours",
        help="Hours from creation to the last closing, summed over the tickets closed in the "
             "period. All hours count, not only working hours.",
    )
    ticket_reopened_count = created(
        "Reopened Tickets", (("reopened_count", ">", 0),), better="lower",
        help="Tickets created in the period that were opened again after closing.",
    )
    recurring_ticket_count = created(
        "Recurring Tickets", (("is_recurring", "=", True),), better="lower",
        help="Tickets created in the period whose customer had one of the same category in the "
             "30 days before. Tickets without customer or category are not counted.",
    )
    ticket_answered_count = created(
        "Answered Tickets", ANSWERED, better="higher",
        help="Tickets created in the period that somebody of the house has answered: a public "
             "message or a phone call done. Automatic mails and internal notes do not count.",
    )
    ticket_unanswered_count = created(
        "Unanswered Tickets", (("first_response_date", "=", False),), better="lower",
        help="Tickets created in the period that nobody has answered so far.",
    )
    ticket_response_hours_total = hours(
        "Total Hours to First Response", "create_date", ANSWERED, "first_response_hours",
        help="Hours from creation to the first answer, summed over the answered tickets created "
             "in the period. All hours count, not only working hours.",
    )
    ticket_rated_count = created(
        "Rated Tickets", (("rating", ">", 0),),
        help="Tickets created in the period that the customer has rated.",
    )
    ticket_satisfied_count = created(
        "Satisfied Ratings", SATISFIED, better="higher",
        help="Tickets created in the period that the customer has rated 4 or 5 of 5.",
    )
    ticket_resolution_hours = ratio(
        "Hours to Resolution", "support", "ticket_hours_total / ticket_timed_count", "hours",
        better="lower", digits=(16, 1),
        help="Mean hours from creation to the last closing of the tickets closed in the period. "
             "Open tickets are not in it.",
    )
    ticket_response_hours = ratio(
        "Hours to First Response", "support",
        "ticket_response_hours_total / ticket_answered_count", "hours", better="lower",
        digits=(16, 1),
        help="Mean hours from creation to the first answer of the answered tickets created in "
             "the period. See the share that is unanswered beside it.",
    )
    ticket_unanswered_rate = ratio(
        "Unanswered", "support", "ticket_unanswered_count / ticket_count", better="lower",
        interval="wilson",
        help="Share of the tickets created in the period that nobody has answered so far.",
    )
    ticket_reopened_rate = ratio(
        "Reopened", "support", "ticket_reopened_count / ticket_count", better="lower",
        interval="wilson",
        help="Share of the tickets created in the period that were opened again after closing.",
    )
    recurring_ticket_rate = ratio(
        "Recurring", "support", "recurring_ticket_count / ticket_count", better="lower",
        interval="wilson",
        help="Share of the tickets created in the period whose customer had one of the same "
             "category in the 30 days before.",
    )
    ticket_satisfaction_rate = ratio(
        "Satisfaction", "support", "ticket_satisfied_count / ticket_rated_count",
        interval="wilson",
        help="Share of the rated tickets that the customer rated 4 or 5 of 5. Customers who do "
             "not answer are not in it: see how many tickets were rated.",
    )
