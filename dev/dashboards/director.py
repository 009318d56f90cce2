"""CRM Director: how sales stand, in a minute."""

from . import selling
from .book import Book
from .kpi import Kpi, matched, period_filters
from .months import Months, forecast
from .parts import Figures, bars, comparison, heading, note, ranking, records, tiles

NAME = "CRM Director"
FILTERS = ("period", "company", "team", "user", "source")

KPIS = (
    Kpi("lead_count", "Leads", "count", (412, 380, 400)),
    Kpi("win_rate", "Win Rate", "percent", (0.34, 0.31, 0.33, 0.3), basis="n = 212"),
    Kpi("won_revenue", "Won Revenue", "currency", (486000, 441000, 500000)),
    Kpi("margin_rate", "Margin Rate", "percent", (0.41, 0.43, 0.42)),
    Kpi("average_cycle_days", "Sales Cycle in Days", "days", (46.2, 49.8, 45, 52), "lower",
        "n = 72"),
    Kpi("customer_acquisition_cost", "Acquisition Cost", "currency", (1240, 1310, 1200), "lower",
        "n = 58"),
    Kpi("revenue_to_cost", "Revenue to Cost", "times", (5.4, 4.9, 5)),
    Kpi("retention_rate", "Retention", "percent", (0.72, 0.7, 0.75, 0.7), basis="n = 140"),
    Kpi("overdue_count", "Overdue Deals", "count", (18, 25, 15), "lower", options="last"),
    Kpi("weighted_revenue", "Weighted Pipeline", "currency", (915000, 870000), options="last"),
)

SELLING = selling.kpis({
    "first_response_service_level": (0.78, 0.71, 0.8), "first_response_hours_average": (9.4, 12.1),
    "first_response_unanswered_rate": (0.08, 0.11), "first_response_waiting_count": (14, 19),
    "overdue_activity_count": (31, 38), "stage_entry_count": (498, 461), "reopened_count": (6, 4),
    "call_count": (640, 590), "meeting_count": (118, 104), "activities_per_won": (14.2, 15.1),
})

MONTHS = (("won_revenue", "currency"), ("win_rate", "percent"), ("lead_count", "count"),
          ("dated_count", "count"), ("due_revenue", "currency"), ("due_next_revenue", "currency"))
MONTH_SAMPLES = {
    "won_revenue": (118000, 131000, 124000, 142000, 139000, 151000, 128000, 147000, 155000,
                    149000, 162000, 171000, 96000),
    "win_rate": (0.29, 0.31, 0.3, 0.33, 0.32, 0.35, 0.3, 0.33, 0.34, 0.32, 0.35, 0.36, 0.34),
    "lead_count": (120, 131, 118, 142, 137, 149, 122, 139, 146, 141, 152, 158, 92),
    "dated_count": (60,) * 13,
    "due_revenue": (52000,) * 13,
    "due_next_revenue": (125000, 128000, 136000, 141000, 144000, 146000, 133000, 141000, 149000,
                         158000, 155000, 168000, 174000),
}
MEASURES = (("lead_count", "count"), ("won_count", "count"), ("win_rate", "percent"),
            ("won_revenue", "currency"), ("margin_rate", "percent"),
            ("average_cycle_days", "days"), ("overdue_count", "count"))
TEAMS = (("Inside Sales", 210, 41, 0.36, 268000, 0.42, 41.5, 8),
         ("Field Sales", 132, 22, 0.32, 174000, 0.4, 55.1, 7),
         ("Partners", 70, 9, 0.29, 44000, 0.38, 50.3, 3))
REPS = (("Anna", 96, 19, 0.38, 131000, 0.43, 40.2, 3), ("Ben", 88, 16, 0.34, 112000, 0.41, 44.8, 4),
        ("Chris", 80, 13, 0.31, 86000, 0.4, 49.9, 5))
SOURCES = (("Website", 188, 28, 0.31, 171000, 0.41, 48.2, 9),
           ("Referral", 74, 24, 0.47, 182000, 0.44, 37.5, 2),
           ("Trade Fair", 92, 12, 0.24, 78000, 0.39, 56.4, 5))
STAGES = (("New", 46), ("Qualified", 33), ("Proposition", 21), ("Negotiation", 12))
EFFORTS = (("first_response_expected_count", "count"), ("first_response_service_level", "percent"),
           ("first_response_hours_average", "hours"), ("stage_entry_count", "count"),
           ("call_count", "count"), ("meeting_count", "count"), ("activities_per_won", "times"))
EFFORT_TEAMS = (("Inside Sales", 168, 0.84, 6.1, 262, 402, 51, 12.8),
                ("Field Sales", 96, 0.72, 12.9, 164, 171, 49, 15.6),
                ("Partners", 46, 0.69, 14.3, 72, 67, 18, 16.9))
EFFORT_REPS = (("Anna", 81, 0.88, 4.9, 128, 188, 24, 11.9),
               ("Ben", 74, 0.79, 8.2, 109, 151, 20, 13.7),
               ("Chris", 69, 0.7, 13.4, 98, 120, 17, 16.1))
FUNNEL = (("New", 1240, 812, 0.655, 251), ("Qualified", 812, 590, 0.727, 118),
          ("Proposition", 590, 401, 0.68, 96), ("Won", 401, "", "", 0))
SLIPPING = (("Globex", "A", "Anna", "12 Sep 2026", 84, 42000),
            ("Initech", "B", "Ben", "3 Aug 2026", 110, 18500))


def build(is_sample=False):
    """The dashboard as a :class:`Book`."""
    book = Book(is_sample)
    book.filters = period_filters(FILTERS)
    sheet = book.sheet("Dashboard", (188, *([116] * 4), 128, 116, 194))
    figures = Figures(book, (*KPIS, *SELLING))
    months = Months(book, MONTHS, FILTERS, MONTH_SAMPLES)
    row = tiles(sheet, figures, KPIS, 1, menu="menu_crm_kpi_overview")
    heading(sheet, row, "Key Figures", "menu_crm_kpi_overview")
    row = comparison(sheet, figures, row + 1, KPIS)
    heading(sheet, row, "Won Revenue and Win Rate by Month", "menu_crm_kpi_sales")
    row = months.chart(sheet, "trend", row + 1, ("won_revenue",), ("win_rate",),
                       ("Won revenue", "Win rate"))
    row = _rankings(sheet, book, row)
    row = _selling(sheet, book, figures, row)
    row = forecast(sheet, months, row, "Forecast by Month", "menu_crm_kpi_pipeline")
    heading(sheet, row, "Open Opportunities by Stage, Now")
    row = bars(sheet, book, row + 1, "Stages", "crm.lead", "stage_id", "__count",
               (("type", "=", "opportunity"), ("won_status", "=", "pending")),
               matched(("company", "team", "user", "source")), STAGES)
    records(
        sheet, book, row, "Customers Slipping Away", "crm.customer.value",
        (("partner_id", None, "text", 2), ("customer_tier_id", None, "right", 1),
         ("user_id", None, "right", 2), ("last_order_date", None, "date", 1),
         ("days_silent", None, "count", 1), ("value_at_stake", None, "currency", 1)),
        (("value_at_stake", False),), (("lifecycle_stage", "=", "at_risk"),),
        matched(("company", "team", "user")), SLIPPING, menu="menu_crm_customer_slipping",
    )
    return book


def _rankings(sheet, book, row):
    heading(sheet, row, "Teams, Salespeople and Sources", "menu_crm_kpi_sales")
    row += 1
    for title, group, samples, count in (
        ("Sales Team", "team_id", TEAMS, 5), ("Salesperson", "user_id", REPS, 10),
        ("Source", "source_id", SOURCES, 8),
    ):
        row = ranking(sheet, book, row, title, group, MEASURES, FILTERS, "won_revenue", samples,
                      count=count)
    note(sheet, row - 1, "Best first, by won revenue. Rates of few deals say little: see the "
                         "intervals on the KPI board.")
    return row + 1


def _selling(sheet, book, figures, row):
    heading(sheet, row, "How Selling Happens", selling.RESPONSE)
    row = tiles(sheet, figures, SELLING, row + 1)
    for title, group, samples, count in (
        ("Sales Team", "team_id", EFFORT_TEAMS, 5), ("Salesperson", "user_id", EFFORT_REPS, 10),
    ):
        row = ranking(sheet, book, row, title, group, EFFORTS, FILTERS,
                      "first_response_expected_count", samples, count=count)
    note(sheet, row - 1, "Leads belong to their salesperson, activities to whoever did them. Mean "
                         "hours say nothing of those still waiting: the response report has the "
                         "median.")
    heading(sheet, row + 1, "Where Deals Stall", selling.FUNNEL)
    return selling.funnel(sheet, book, row + 2, "Stage", FILTERS, FUNNEL)
