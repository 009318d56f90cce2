"""Rows of a file to targets: a KPI, who is to reach it, when, and how much."""

import re
from dataclasses import dataclass, field
from datetime import date

from .attainment import MONTHS, month_starts
from .baseline_rows import read_month
from .columns import normal
from .parsing import CellError, parse_number
from .report_period import CALENDAR
from .rows import TableReader, shown

HEADINGS = {
    "kpi": ("kpi", "measure", "metric", "code", "figure"),
    "team": ("sales team", "team", "region"),
    "user": ("salesperson", "sales rep", "rep", "user", "owner", "seller"),
    "period": ("period", "month", "quarter", "year", "date", "from", "when"),
    "length": ("period type", "length", "type"),
    "amount": ("target", "amount", "goal", "quota", "value", "budget"),
    "spread": ("spread", "distribution"),
    "note": ("note", "comment", "remark"),
}
NEEDED = ("kpi", "period", "amount")
LENGTHS = {"month": "month", "monthly": "month", "quarter": "quarter", "quarterly": "quarter",
           "year": "year", "yearly": "year", "annual": "year"}
SPREADS = {"even": "even", "evenly": "even", "season": "season", "seasonal": "season",
           "by last year s season": "season", "last year": "season"}
_YEAR = re.compile(r"(?:fy ?)?(\d{4})", re.IGNORECASE)
_QUARTER = re.compile(r"q([1-4])[-/ ]?(\d{4})", re.IGNORECASE)
_QUARTER_LAST = re.compile(r"(\d{4})[-/ ]?q([1-4])", re.IGNORECASE)


@dataclass
class TargetRow:
    """A target as it stands in the file, with the ids that its names mean."""

    row: int
    values: dict = field(default_factory=dict)
    kpi_id: int = 0
    team_id: int = 0
    user_id: int = 0

    @property
    def holder(self):
        return self.kpi_id, self.team_id, self.user_id

    @property
    def first(self):
        return self.values["period"][0]

    @property
    def length(self):
        return self.values.get("length") or self.values["period"][1]

    def months(self):
        """First days of the months of the target."""
        stop = self.first + MONTHS[self.length] * CALENDAR["month"]
        return month_starts(self.first, stop)


def read_period(value, order):
    """Return ``(first day of its first month, "month", "quarter" or "year")`` of a cell.

    :raises CellError: it is none of "2026", "Q1 2026", "2026-03" or a date
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = str(int(value)) if float(value).is_integer() else str(value)
    text = value.strip() if isinstance(value, str) else ""
    if match := _YEAR.fullmatch(text):
        return _known(int(match[1]), 1), "year"
    if match := _QUARTER.fullmatch(text):
        return _known(int(match[2]), int(match[1]) * 3 - 2), "quarter"
    if match := _QUARTER_LAST.fullmatch(text):
        return _known(int(match[1]), int(match[2]) * 3 - 2), "quarter"
    return read_month(value, order), "month"


def _known(year, month):
    if not 1970 <= year <= 2200:
        raise CellError("far_year")
    return date(year, month, 1)


class TargetReader(TableReader):
    """Reads all rows; what a name means is looked up, nothing is left to guess."""

    row_type = TargetRow

    def __init__(self, sheet, columns, decimal, order, names):
        """:param names: ``{"kpi": {normal name: id}, "team": …, "user": …, "shares": ids of KPIs
            that are percentages}``"""
        super().__init__(sheet, columns, decimal, order)
        self.names = names
        self.seen = {}

    def cell(self, target, value):
        if target == "period":
            return read_period(value, self.order)
        if target == "amount":
            return self._amount(value)
        if target in ("length", "spread"):
            known = (LENGTHS if target == "length" else SPREADS).get(normal(str(value)))
            if not known:
                raise CellError(f"unknown_{target}")
            return known
        return str(value).strip()

    def _amount(self, value):
        """:return: ``(number, whether it was written as a percentage)``"""
        is_share = isinstance(value, str) and value.strip().endswith("%")
        number = parse_number(value, self.decimal, ("%",) if is_share else ())
        return number / 100 if is_share else number, is_share

    def check(self, row):
        for target in NEEDED:
            if row.values.get(target) in (None, ""):
                self.flag(row, target, f"no_{target}")
        for target in ("kpi", "team", "user"):
            self._look_up(row, target)
        self._check_amount(row)
        if not self.bad_columns:
            self._check_double(row)

    def _look_up(self, row, target):
        name = row.values.get(target)
        if not name:
            return
        found = self.names[target].get(normal(name), 0)
        setattr(row, f"{target}_id", found)
        if not found:
            self.flag(row, target, f"unknown_{target}")

    def _check_amount(self, row):
        number, is_share = row.values.get("amount") or (None, False)
        if number is None or not row.kpi_id:
            return
        takes_share = row.kpi_id in self.names["shares"]
        if is_share and not takes_share:
            self.add(row.row, self.heading["amount"], f"{number:.0%}", "no_percentage")
        elif takes_share and number > 1 and not is_share:
            self.add(row.row, self.heading["amount"], number, "no_fraction")

    def _check_double(self, row):
        """Two targets for the same month of the same KPI and holder, within the file."""
        for month in row.months():
            first = self.seen.setdefault((row.holder, month), row.row)
            if first != row.row:
                self.add(row.row, self.heading["period"], shown(row.first.isoformat()),
                         "double_target", first=first)
                return
