from odoo import models

from ...tools.fact import COUNT, DAY
from ..base.optional_number import OptionalFloat
from ..kpi.kpi_declaration import flow, ratio, stock

FACT = "crm.activity.fact"
EFFORT = "crm.deal.effort"
CALL = (("kind", "=", "call"),)


def done(label, domain, help_text, aggregate=COUNT, **kwargs):
    """Activities in the company's days, credited to who did them."""
    return flow(label, "activities", (FACT, "moment", domain, aggregate), help=help_text, **kwargs)


class CrmKpiSnapshot(models.Model):
    """What salespeople did, credited to the doer and the team of that time."""

    _inherit = "crm.kpi.snapshot"

    call_count = done(
        "Calls", CALL,
        "Calls logged as done on leads and in the phone apps that are installed, by who made or "
        "took them. Attempts count.",
    )
    call_in_count = done(
        "Incoming Calls", (*CALL, ("direction", "=", "in")),
        "Calls that customers made. A call logged without a direction is in neither part.",
        better="none",
    )
    call_out_count = done(
        "Outgoing Calls", (*CALL, ("direction", "=", "out")),
        "Calls made to customers. A call logged without a direction is in neither part.",
    )
    call_connected_count = done(
        "Connected Calls", (*CALL, ("connected", "=", 1)),
        "Calls in which somebody was reached. A call logged without an outcome counts as such.",
    )
    call_minutes = done(
        "Minutes of Calls", CALL, "Minutes of the calls for which they were recorded.", "minutes",
        cls=OptionalFloat, unit="minutes", better="none", digits=(16, 1),
    )
    email_count = done(
        "E-mails Sent", (("kind", "=", "email"),),
        "Messages to the customer written by a person of the house in the chatter of a lead. "
        "Automatic mails, mass mailings and text messages do not count.",
    )
    meeting_count = done(
        "Meetings Held", (("kind", "=", "meeting"),),
        "Meetings of a lead that have begun, by organizer, and meeting activities marked as done "
        "that are not in the calendar.",
    )
    note_count = done(
        "Notes", (("kind", "=", "note"),), "Internal notes that a person wrote on a lead.",
        better="none",
    )
    task_count = done(
        "Tasks Done", (("kind", "=", "task"),),
        "Activities of other types marked as done on leads, and project tasks closed by members "
        "of a sales team.",
    )
    overdue_activity_count = stock(
        "Overdue Activities", "activities", (("date_deadline", "<", DAY),),
        model="crm.activity.due", better="lower",
        help="Activities on leads that were due before the measured day and are still to do, by "
             "assignee; average of the nights in a longer period.",
    )
    deal_call_count = flow(
        "Calls on Closed Deals", "activities", (EFFORT, "date_closed", (), "call_count"),
        better="none",
        help="Connected calls, by anybody, on the opportunities won or lost in the period, until "
             "they were closed.",
    )
    deal_activity_count = flow(
        "Activities on Closed Deals", "activities", (EFFORT, "date_closed", (), "activity_count"),
        better="none",
        help="Calls, e-mails, meetings and tasks, by anybody, on the opportunities won or lost in "
             "the period, until they were closed.",
    )
    sales_per_call = ratio(
        "Sales per Call", "activities", "won_count / deal_call_count",
        help="Won deals for each connected call on the deals won or lost in the period: the calls "
             "on lost deals count too.",
    )
    calls_per_sale = ratio(
        "Calls per Sale", "activities", "deal_call_count / won_count", "count", better="lower",
        digits=(16, 1),
        help="Connected calls on the deals won or lost in the period, for each won one.",
    )
    activities_per_won = ratio(
        "Activities per Won Deal", "activities", "deal_activity_count / won_count", "count",
        better="lower", digits=(16, 1),
        help="Calls, e-mails, meetings and tasks on the deals won or lost in the period, for each "
             "won one.",
    )
