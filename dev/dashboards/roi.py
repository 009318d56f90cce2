"""ROI: what the CRM and winning customers cost, what came of it, and the studies."""

from .book import Book
from .kpi import Kpi, matched, period_filters
from .months import Months
from .parts import Figures, comparison, heading, note, ranking, records, tiles

NAME = "ROI"
FILTERS = ("period", "company", "team", "user", "source")

KPIS = (
    Kpi("roi_cost_total", "Total Cost", "currency", (90000, 86000), "lower"),
    Kpi("crm_cost", "CRM Cost", "currency", (28000, 28000), "lower"),
    Kpi("acquisition_cost_total", "Acquisition Cost", "currency", (62000, 58000), "lower"),
    Kpi("order_revenue", "Order Revenue", "currency", (486000, 441000, 500000)),
    Kpi("order_margin", "Order Margin", "currency", (199000, 190000)),
    Kpi("revenue_to_cost", "Revenue to Cost", "times", (5.4, 5.1, 5)),
    Kpi("cost_per_lead", "Cost per Lead", "currency", (150, 153), "lower", "n = 412"),
    Kpi("customer_acquisition_cost", "Cost per Customer", "currency", (1070, 1115, 1000), "lower",
        "n = 58"),
    Kpi("revenue_per_lead", "Revenue per Lead", "currency", (1180, 1160), basis="n = 412"),
    Kpi("new_customer_count", "New Customers", "count", (58, 52)),
)
MONTHS = (("order_margin", "currency"), ("roi_cost_total", "currency"),
          ("revenue_to_cost", "times"))
MONTH_SAMPLES = {
    "order_margin": (48000, 53000, 50000, 58000, 57000, 62000, 52000, 60000, 63000, 61000, 66000,
                     70000, 39000),
    "roi_cost_total": (29000,) * 12 + (21000,),
    "revenue_to_cost": (4.1, 4.4, 4.3, 4.9, 4.8, 5.2, 4.4, 5.1, 5.3, 5.1, 5.6, 5.9, 4.6),
}
MEASURES = (("acquisition_cost_total", "currency"), ("lead_count", "count"),
            ("cost_per_lead", "currency"), ("new_customer_count", "count"),
            ("customer_acquisition_cost", "currency"), ("order_revenue", "currency"),
            ("revenue_to_cost", "times"))
SOURCES = (("Website", 21000, 188, 112, 22, 955, 171000, 8.1),
           ("Trade Fair", 32000, 92, 348, 14, 2286, 78000, 2.4),
           ("Referral", 9000, 74, 122, 19, 474, 182000, 20.2))
STUDIES = (("CRM introduction", "1 Jan 2025", 0.4, 1.2, 2.1, 96000, 14),)


def build(is_sample=False):
    """The dashboard as a :class:`Book`."""
    book = Book(is_sample)
    book.filters = period_filters(FILTERS, "last_12_months")
    sheet = book.sheet("Dashboard", (188, *([116] * 4), 128, 116, 194))
    figures = Figures(book, KPIS)
    months = Months(book, MONTHS, FILTERS, MONTH_SAMPLES)
    row = tiles(sheet, figures, KPIS, 1, menu="menu_crm_roi_cost_analysis")
    heading(sheet, row, "Costs and Results of the Same Period", "menu_crm_roi_cost_analysis")
    row = comparison(sheet, figures, row + 1)
    note(sheet, row - 1, "What happened in the same period, not what the costs have caused: the "
                         "studies below estimate that.")
    heading(sheet, row + 1, "Margin and Cost by Month", "menu_crm_roi_cost_analysis")
    row = months.chart(sheet, "trend", row + 2, ("order_margin", "roi_cost_total"),
                       ("revenue_to_cost",), ("Amount", "Revenue to cost"))
    heading(sheet, row, "Sources", "menu_crm_roi_channel")
    row = ranking(sheet, book, row + 1, "Source", "source_id", MEASURES, FILTERS, "order_revenue",
                  SOURCES, count=10)
    records(
        sheet, book, row, "ROI Studies", "crm.roi.study",
        (("name", None, "text", 2), ("switch_date", "Start", "date", 1),
         ("roi_low", None, "percent", 1), ("roi_base", None, "percent", 1),
         ("roi_high", None, "percent", 1), ("npv_base", None, "currency", 1),
         ("payback_month", "Payback in Months", "days", 1)),
        (("switch_date", False),), (("roi_base", "!=", False),), matched(("company",)), STUDIES,
        6, "menu_crm_roi_studies",
    )
    return book
