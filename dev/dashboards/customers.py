"""Customers: who buys again, what they are worth, and who is about to leave."""

from .book import Book
from .kpi import Kpi, matched, period_filters
from .months import Months
from .parts import Figures, bars, comparison, heading, ranking, records, tiles

NAME = "Customers"
FILTERS = ("period", "company", "team", "user", "source")
VALUE = "crm.customer.value"

KPIS = (
    Kpi("active_customer_count", "Active Customers", "count", (640, 622), options="last"),
    Kpi("new_customer_count", "New Customers", "count", (58, 52, 60)),
    Kpi("retention_rate", "Retention", "percent", (0.72, 0.7, 0.75, 0.7), basis="n = 140"),
    Kpi("reactivated_customer_count", "Won Back", "count", (21, 18)),
    Kpi("lapsed_customer_count", "Lapsed", "count", (39, 42), "lower"),
    Kpi("average_order_value", "Average Order", "currency", (2480, 2390), basis="n = 196"),
    Kpi("repeat_order_rate", "Repeat Orders", "percent", (0.71, 0.69), basis="n = 196"),
    Kpi("cross_sell_rate", "Cross-sell", "percent", (0.12, 0.11), basis="n = 139"),
    Kpi("upsell_rate", "Up-sell", "percent", (0.08, 0.09), basis="n = 139"),
    Kpi("order_revenue", "Order Revenue", "currency", (486000, 441000, 500000)),
)
MONTHS = (("new_customer_count", "count"), ("reactivated_customer_count", "count"),
          ("lapsed_customer_count", "count"), ("retention_rate", "percent"))
MONTH_SAMPLES = {
    "new_customer_count": (14, 17, 15, 19, 18, 21, 16, 18, 20, 19, 22, 23, 11),
    "reactivated_customer_count": (6, 7, 5, 8, 6, 9, 7, 6, 8, 7, 6, 9, ""),
    "lapsed_customer_count": (13, 12, 15, 11, 14, 12, 16, 13, 12, 14, 13, 11, ""),
    "retention_rate": (0.69, 0.7, 0.66, 0.73, 0.69, 0.72, 0.65, 0.7, 0.72, 0.69, 0.71, 0.74, ""),
}
TIER_MEASURES = (("__count", "count"), ("customer_value", "currency"),
                 ("year_revenue", "currency"), ("value_at_stake", "currency"))
TIERS = (("A", 32, 410000, 880000, 42000), ("B", 96, 265000, 540000, 31000),
         ("C", 512, 190000, 410000, 24000))
STAGES = (("First Purchase", 118), ("Active", 402), ("At Risk", 61), ("Lapsed", 214),
          ("Won Back", 23))
SLIPPING = (("Globex", "A", "Anna", "12 Sep 2026", 84, 42000),
            ("Initech", "B", "Ben", "3 Aug 2026", 110, 18500))
BEST = (("Umbrella", "A", "Anna", "18 Nov 2026", 96000, 61000),
        ("Hooli", "A", "Chris", "15 Nov 2026", 88000, 54000))


def build(is_sample=False):
    """The dashboard as a :class:`Book`."""
    book = Book(is_sample)
    book.filters = period_filters(FILTERS, "last_12_months")
    sheet = book.sheet("Dashboard", (188, *([116] * 4), 128, 116, 194))
    figures = Figures(book, KPIS)
    months = Months(book, MONTHS, FILTERS, MONTH_SAMPLES)
    people = matched(("company", "team", "user"))
    row = tiles(sheet, figures, KPIS, 1, menu="menu_crm_kpi_orders")
    heading(sheet, row, "Key Figures of Customers", "menu_crm_kpi_orders")
    row = comparison(sheet, figures, row + 1)
    heading(sheet, row, "Customers Won, Won Back and Lost by Month", "menu_crm_customer_month")
    row = months.chart(
        sheet, "trend", row + 1,
        ("new_customer_count", "reactivated_customer_count", "lapsed_customer_count"),
        ("retention_rate",), ("Customers", "Retention rate"))
    heading(sheet, row, "Customers by Tier, Now", "menu_crm_customer_value")
    row = ranking(sheet, book, row + 1, "Tier", "customer_tier_id", TIER_MEASURES,
                  ("company", "team", "user"), "customer_value", TIERS, count=6, model=VALUE)
    heading(sheet, row, "Life Cycle, Now", "menu_crm_customer_value")
    row = bars(sheet, book, row + 1, "Life Cycle", VALUE, "lifecycle_stage", "__count", (), people,
               STAGES, 6)
    row = records(
        sheet, book, row, "Customers Slipping Away", VALUE,
        (("partner_id", None, "text", 2), ("customer_tier_id", None, "right", 1),
         ("user_id", None, "right", 2), ("last_order_date", None, "date", 1),
         ("days_silent", None, "count", 1), ("value_at_stake", None, "currency", 1)),
        (("value_at_stake", False),), (("lifecycle_stage", "=", "at_risk"),), people, SLIPPING, 10,
        "menu_crm_customer_slipping",
    )
    records(
        sheet, book, row, "Most Valuable Customers", VALUE,
        (("partner_id", None, "text", 2), ("customer_tier_id", None, "right", 1),
         ("user_id", None, "right", 2), ("last_order_date", None, "date", 1),
         ("year_revenue", None, "currency", 1), ("customer_value", None, "currency", 1)),
        (("customer_value", False),), (("customer_value", ">", 0),), people, BEST, 10,
        "menu_crm_customer_value",
    )
    return book
