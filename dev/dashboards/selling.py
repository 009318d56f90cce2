"""How selling happens: how fast people answer, where deals stall, and what people do for them."""

from .kpi import Kpi
from .parts import note, ranking

RESPONSE, WAITING = "menu_crm_response", "menu_crm_lead_waiting"
FUNNEL, EVENTS, ACTIVITIES = "menu_crm_funnel", "menu_crm_stage_event", "menu_crm_activity_fact"
FUNNEL_REPORT = "crm.funnel.report"
# As the funnel opens: a year of opportunities, each watched for 90 days.
FUNNEL_YEAR = (("cohort_at", ">=", "today -365d"),)
FUNNEL_MEASURES = (("reached", "count"), ("went_on", "count"), ("conversion", "percent"),
                   ("lost", "count"))
MOST_STAGES = 8


def kpis(samples, mine=False):
    """Tiles of answers, pipeline and activities.

    :param samples: ``{code: made-up values}``; a KPI without is left out
    :param mine: of the reader alone
    """
    whose = "mine" if mine else ""
    last = "mine last" if mine else "last"
    found = (
        ("first_response_service_level", "Answered in Time", "percent", "higher", whose, RESPONSE),
        ("first_response_hours_average", "Mean Hours to Answer", "hours", "lower", whose, RESPONSE),
        ("first_response_unanswered_rate", "Unanswered", "percent", "lower", whose, RESPONSE),
        ("first_response_waiting_count", "Waiting for an Answer", "count", "lower", last, WAITING),
        ("stage_entry_count", "Stage Entries", "count", "higher", whose, FUNNEL),
        ("reopened_count", "Reopened Deals", "count", "none", whose, EVENTS),
        ("call_count", "Calls", "count", "higher", whose, ACTIVITIES),
        ("meeting_count", "Meetings Held", "count", "higher", whose, ACTIVITIES),
        ("activities_per_won", "Activities per Win", "times", "lower", whose, ACTIVITIES),
        ("calls_per_sale", "Calls per Win", "times", "lower", whose, ACTIVITIES),
        ("overdue_activity_count", "Overdue Activities", "count", "lower", last, ACTIVITIES),
    )
    return tuple(
        Kpi(code, title, unit, samples[code], better, options=options, menu=menu)
        for code, title, unit, better, options, menu in found if code in samples
    )


def funnel(sheet, book, row, title, filters, samples, domain=(), **context):
    """Table with a line for each stage: who reached it and went on; returns the next free row."""
    note(sheet, row,
         "Opportunities that entered the funnel in the last 365 days, each followed for 90 days; "
         "those that entered it more recently are left out.",
         f"A{row + 2}", "No opportunity has entered the funnel in the last 365 days.")
    return ranking(
        sheet, book, row + 1, title, "stage_id", FUNNEL_MEASURES,
        [name for name in filters if name != "period"], None, samples, (*FUNNEL_YEAR, *domain),
        MOST_STAGES, FUNNEL_REPORT, **context,
    )
