"""My Sales: what the reader has closed, expects and has to do."""

from . import selling
from .book import UID, Book
from .kpi import Kpi, period_filters
from .months import Months
from .parts import Figures, comparison, heading, middle, records, tiles

NAME = "My Sales"
FILTERS = ("period", "company", "source")
MINE = ("user_id", "=", UID)

DEALS = (
    Kpi("won_count", "My Won Deals", "count", (7, 6, 8), options="mine"),
    Kpi("won_revenue", "My Won Revenue", "currency", (52000, 47000, 60000), options="mine"),
    Kpi("win_rate", "My Win Rate", "percent", (0.38, 0.35, 0.36), basis="n = 18", options="mine"),
    Kpi("due_revenue", "Weighted, Due This Month", "currency", (31000, 28000),
        options="mine last"),
    Kpi("open_count", "My Open Deals", "count", (24, 22), options="mine last"),
    Kpi("hot_lead_count", "My Hot Leads", "count", (4, 3), options="mine last",
        menu="menu_crm_lead_my_hot"),
    Kpi("overdue_count", "My Overdue Deals", "count", (2, 4), "lower", options="mine last"),
    Kpi("overdue_activity_count", "My Overdue Activities", "count", (3, 5), "lower",
        options="mine last"),
)
SELLING = selling.kpis({
    "first_response_service_level": (0.86, 0.8, 0.8), "first_response_hours_average": (5.2, 7.4),
    "first_response_unanswered_rate": (0.05, 0.08), "first_response_waiting_count": (2, 4),
    "stage_entry_count": (41, 38), "reopened_count": (2, 1), "activities_per_won": (12.6, 14),
    "calls_per_sale": (4.8, 5.3),
}, mine=True)
EFFORTS = (
    Kpi("call_count", "Calls", "count", (46, 41), options="mine"),
    Kpi("email_count", "E-mails Sent", "count", (88, 92), options="mine"),
    Kpi("meeting_count", "Meetings", "count", (12, 9), options="mine"),
    Kpi("task_count", "Tasks Done", "count", (15, 11), options="mine"),
)
MIDDLES = {"call_count": (40, 22, 61), "email_count": (85, 40, 120), "meeting_count": (10, 4, 16),
           "task_count": (14, 5, 23)}

MONTHS = (("won_revenue", "currency"), ("win_rate", "percent"))
MONTH_SAMPLES = {
    "won_revenue": (38000, 41000, 36000, 44000, 47000, 43000, 39000, 45000, 48000, 51000, 47000,
                    54000, 31000),
    "win_rate": (0.31, 0.33, 0.3, 0.34, 0.36, 0.33, 0.31, 0.34, 0.36, 0.38, 0.35, 0.39, 0.38),
}
OPEN = (("type", "=", "opportunity"), ("won_status", "=", "pending"))
HOT = (("Warehouse racks", "Globex", 86, 24000, "Proposition", "12 Dec 2026"),
       ("Packing line", "Initech", 74, 61000, "Qualified", "20 Dec 2026"))
LATE = (("Spare parts", "Umbrella", "2 Nov 2026", 8000, "Negotiation", 71),)
TODO = (("Packing line", "Call", "Ask for the floor plan", "23 Nov 2026"),
        ("Warehouse racks", "Meeting", "Show the sample", "24 Nov 2026"))
FUNNEL = (("New", 96, 71, 0.74, 14), ("Qualified", 71, 55, 0.775, 8),
          ("Proposition", 55, 38, 0.691, 9), ("Won", 38, "", "", 0))
WAITING = (("Loading ramp", "Hooli", "Website", "22 Nov 2026", "3 hours"),)
SLIPPING = (("Globex", "A", "12 Sep 2026", 84, 42000),)


def build(is_sample=False):
    """The dashboard as a :class:`Book`."""
    book = Book(is_sample)
    book.filters = period_filters(FILTERS, "this_month")
    sheet = book.sheet("Dashboard", (188, *([116] * 4), 128, 116, 194))
    figures = Figures(book, (*DEALS, *SELLING, *EFFORTS))
    months = Months(book, MONTHS, FILTERS, MONTH_SAMPLES, (MINE,))
    row = tiles(sheet, figures, DEALS, 1, 4, "menu_crm_kpi_sales")
    heading(sheet, row, "My Figures, Targets and Pace", "menu_crm_kpi_sales")
    row = comparison(sheet, figures, row + 1, DEALS)
    heading(sheet, row, "My Won Revenue and Win Rate by Month", "menu_crm_kpi_sales")
    row = months.chart(sheet, "trend", row + 1, ("won_revenue",), ("win_rate",),
                       ("Won revenue", "Win rate"), height=260)
    row = _selling(sheet, book, figures, row)
    row = records(
        sheet, book, row, "My Hot Leads", "crm.lead",
        (("name", None, "text", 2), ("partner_name", None, "text", 2),
         ("lead_score", None, "count", 1), ("expected_revenue", None, "currency", 1),
         ("stage_id", None, "right", 1), ("date_deadline", None, "date", 1)),
        (("lead_score", False),),
        (MINE, ("is_hot", "=", True), ("won_status", "=", "pending")), {}, HOT, 6,
        "menu_crm_lead_my_hot",
    )
    row = records(
        sheet, book, row, "My Overdue Deals", "crm.lead",
        (("name", None, "text", 2), ("partner_name", None, "text", 2),
         ("date_deadline", None, "date", 1), ("expected_revenue", None, "currency", 1),
         ("stage_id", None, "right", 1), ("lead_score", None, "count", 1)),
        (("date_deadline", True),), (MINE, *OPEN, ("date_deadline", "<", "today")), {}, LATE, 6,
    )
    row = records(
        sheet, book, row, "Whom to Call, What to Do", "mail.activity",
        (("res_name", "Record", "text", 3), ("activity_type_id", None, "text", 1),
         ("summary", None, "text", 3), ("date_deadline", None, "date", 1)),
        (("date_deadline", True),), (MINE, ("res_model", "in", ["crm.lead", "res.partner"])), {},
        TODO, 8,
    )
    records(
        sheet, book, row, "My Customers Slipping Away", "crm.customer.value",
        (("partner_id", None, "text", 3), ("customer_tier_id", None, "right", 1),
         ("last_order_date", None, "date", 2), ("days_silent", None, "count", 1),
         ("value_at_stake", None, "currency", 1)),
        (("value_at_stake", False),), (MINE, ("lifecycle_stage", "=", "at_risk")), {}, SLIPPING, 6,
        "menu_crm_customer_slipping",
    )
    return book


def _selling(sheet, book, figures, row):
    heading(sheet, row, "How My Selling Happens", selling.RESPONSE)
    row = tiles(sheet, figures, SELLING, row + 1, 4)
    heading(sheet, row, "My Activities and the Middle of the Team", selling.ACTIVITIES)
    row = middle(sheet, figures, row + 1, EFFORTS, MIDDLES)
    heading(sheet, row, "Where My Deals Stall", selling.FUNNEL)
    row = selling.funnel(sheet, book, row + 1, "Stage", FILTERS, FUNNEL, (MINE,),
                         funnel_own=True)
    return records(
        sheet, book, row, "Waiting for My Answer", "crm.lead",
        (("name", None, "text", 2), ("partner_name", None, "text", 2),
         ("source_id", None, "text", 1), ("create_date", "Since", "date", 2),
         ("waiting_text", None, "right", 1)),
        (("create_date", True),),
        (MINE, ("won_status", "=", "pending"), ("response_status", "=", False)), {}, WAITING, 6,
        selling.WAITING,
    )
