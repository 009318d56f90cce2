"""Support Value: how customers are served, by what they are worth."""

from .book import Book
from .kpi import Kpi, period_filters
from .months import Months
from .parts import Figures, comparison, heading, note, ranking, tiles

NAME = "Support Value"
# Support knows no salesperson and no source: an agent is the user of a ticket.
FILTERS = ("period", "company", "user")
SUPPORT = "crm.kpi.support"

KPIS = (
    Kpi("ticket_count", "Tickets", "count", (184, 171), "none"),
    Kpi("ticket_closed_count", "Closed Tickets", "count", (179, 166)),
    Kpi("ticket_open_count", "Open Tickets", "count", (31, 36), "lower", options="last"),
    Kpi("ticket_response_hours", "Hours to Response", "hours", (3.4, 4.1, 4), "lower", "n = 176"),
    Kpi("ticket_resolution_hours", "Hours to Resolution", "hours", (26.5, 31.2, 24), "lower",
        "n = 179"),
    Kpi("ticket_unanswered_rate", "Unanswered", "percent", (0.04, 0.06), "lower", "n = 184"),
    Kpi("ticket_reopened_rate", "Reopened", "percent", (0.05, 0.07), "lower", "n = 184"),
    Kpi("recurring_ticket_rate", "Recurring", "percent", (0.11, 0.12), "lower", "n = 184"),
    Kpi("ticket_satisfaction_rate", "Satisfaction", "percent", (0.91, 0.88, 0.9), basis="n = 64"),
    Kpi("retention_rate", "Retention", "percent", (0.72, 0.7, 0.75), basis="n = 140"),
)
MONTHS = (("ticket_count", "count"), ("ticket_response_hours", "hours"))
MONTH_SAMPLES = {
    "ticket_count": (58, 61, 55, 63, 60, 66, 57, 59, 62, 64, 60, 61, 38),
    "ticket_response_hours": (4.8, 4.6, 4.9, 4.4, 4.5, 4.1, 4.3, 4, 3.9, 3.8, 3.6, 3.4, 3.3),
}
MEASURES = (("ticket_count", "count"), ("ticket_response_hours", "hours"),
            ("ticket_resolution_hours", "hours"), ("ticket_reopened_rate", "percent"),
            ("recurring_ticket_rate", "percent"), ("ticket_satisfaction_rate", "percent"))
TIERS = (("A", 42, 1.9, 14.2, 0.03, 0.09, 0.95), ("B", 61, 3.1, 24.8, 0.05, 0.11, 0.91),
         ("C", 81, 4.6, 33.1, 0.06, 0.12, 0.88))
VALUES = (("A", 32, 410000, 880000, 42000), ("B", 96, 265000, 540000, 31000),
          ("C", 512, 190000, 410000, 24000))
AGENTS = (("Sam", 98, 3.1, 25.4, 0.04, 0.1, 0.92), ("Toni", 86, 3.8, 27.9, 0.06, 0.12, 0.9))


def build(is_sample=False):
    """The dashboard as a :class:`Book`."""
    book = Book(is_sample)
    book.filters = period_filters(FILTERS)
    sheet = book.sheet("Dashboard", (188, *([116] * 4), 128, 116, 194))
    figures = Figures(book, KPIS)
    months = Months(book, MONTHS, FILTERS, MONTH_SAMPLES)
    row = tiles(sheet, figures, KPIS, 1, menu="menu_crm_kpi_support")
    heading(sheet, row, "Key Figures of Support", "menu_crm_kpi_support")
    row = comparison(sheet, figures, row + 1)
    heading(sheet, row, "Tickets and Hours to the First Response by Month",
            "menu_crm_kpi_support")
    row = months.chart(sheet, "trend", row + 1, ("ticket_count",), ("ticket_response_hours",),
                       ("Tickets", "Hours"))
    heading(sheet, row, "Service by Tier of the Customer", "menu_crm_kpi_support")
    row = ranking(sheet, book, row + 1, "Tier", "customer_tier_id", MEASURES, FILTERS,
                  "ticket_count", TIERS, count=6, model=SUPPORT)
    heading(sheet, row, "What the Tiers Are Worth, Now", "menu_crm_customer_value")
    row = ranking(
        sheet, book, row + 1, "Value of a Tier", "customer_tier_id",
        (("__count", "count"), ("customer_value", "currency"), ("year_revenue", "currency"),
         ("value_at_stake", "currency")),
        ("company",), "customer_value", VALUES, count=6, model="crm.customer.value")
    heading(sheet, row, "Agents", "menu_crm_kpi_support")
    row = ranking(sheet, book, row + 1, "Agent", "user_id", MEASURES, FILTERS, "ticket_count",
                  AGENTS, count=10, model=SUPPORT)
    note(sheet, row - 1, "Without a ticket app there is nothing to show here.")
    return book
