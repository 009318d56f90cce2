"""Colours, number formats and cell styles that all dashboards share."""

GREEN, RED, INK, MUTED, BRAND = "#00723A", "#B3261E", "#434343", "#6B6B6B", "#01666B"
TILE = "#F3F7FB"

TITLE = {"bold": True, "fontSize": 16, "textColor": BRAND}
HEAD = {"bold": True, "fontSize": 11, "textColor": INK, "align": "right", "wrapping": "wrap",
        "verticalAlign": "middle"}
HEAD_LEFT = {**HEAD, "align": "left"}
NAME = {"textColor": BRAND, "verticalAlign": "middle"}
CELL = {"textColor": INK, "verticalAlign": "middle", "align": "right"}
TEXT = {**CELL, "align": "left"}
NOTE = {"textColor": MUTED, "fontSize": 10, "verticalAlign": "middle", "wrapping": "wrap"}
UNDERLINE = {"bottom": {"style": "thin", "color": "#CCCCCC"}}

# Money has no format of its own here: a pivot's amounts carry the company's currency.
FORMATS = {
    "count": "#,##0", "percent": "0.0%", "days": "#,##0.0", "times": "#,##0.0", "points": "#,##0.0",
    "currency": None, "currency_per_day": None, "minutes": "#,##0", "date": "d mmm yyyy",
    "month": "mmm yyyy", "text": None,
    "right": None, "hours": "#,##0.0",
}
SAMPLE_MONEY = "[$$]#,##0"


def number_format(unit, is_sample):
    """Format of a figure; made-up amounts are in dollars, as in Odoo's own samples."""
    is_money = unit.startswith("currency")
    return SAMPLE_MONEY if is_money and is_sample else FORMATS[unit]
