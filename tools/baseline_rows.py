"""Rows of a file to monthly figures: a month, perhaps a team, and a column for each KPI."""

import re
from dataclasses import dataclass, field
from datetime import date

from .columns import normal
from .parsing import parse_moment, parse_number
from .rows import TableReader, shown

MONTH = ("month", "period", "date", "year month")
TEAM = ("sales team", "team", "region")
_YEAR_FIRST = re.compile(r"(\d{4})[-/. ](\d{1,2})")
_YEAR_LAST = re.compile(r"(\d{1,2})[-/. ](\d{4})")
_NAMED = re.compile(r"([A-Za-z]{3,9})\.?[-/ ](\d{4})")


@dataclass
class BaselineRow:
    """A month (date, its first day) and what is known of it, by target."""

    row: int
    values: dict = field(default_factory=dict)
    team_id: int = 0


def read_month(value, order):
    """Return the first day of the month in a cell.

    :raises CellError: it is neither a month nor a day
    """
    text = str(value).strip() if isinstance(value, str) else ""
    if match := _YEAR_FIRST.fullmatch(text):
        value = f"{match[1]}-{match[2]}-01"
    elif match := _YEAR_LAST.fullmatch(text):
        value = f"{match[2]}-{match[1]}-01"
    elif match := _NAMED.fullmatch(text):
        value = f"1 {match[1]} {match[2]}"
    moment = parse_moment(value, order)
    return date(moment.year, moment.month, 1)


class BaselineReader(TableReader):
    """Reads all rows; nothing is left to guess.

    :ivar signed: codes of amounts, which may be negative
    """

    row_type = BaselineRow

    def __init__(self, sheet, columns, decimal, order, teams, signed):
        """:param teams: ``{normal name: id}`` of the sales teams
        :param signed: codes whose figures may be negative"""
        super().__init__(sheet, columns, decimal, order)
        self.teams, self.signed = teams, signed

    def cell(self, target, value):
        if target == "month":
            return read_month(value, self.order)
        if target == "team":
            return str(value).strip()
        return parse_number(value, self.decimal, negative=target in self.signed)

    def check(self, row):
        month, team = row.values.get("month"), row.values.get("team")
        if not month:
            self.flag(row, "month", "no_month")
        if team:
            row.team_id = self.teams.get(normal(team), 0)
            if not row.team_id:
                self.flag(row, "team", "unknown_team")
        if month and not self.bad_columns:
            first = self.first_row.setdefault((month, row.team_id), row.row)
            if first != row.row:
                self.add(row.row, self.heading["month"], shown(month), "double_month", first=first)
        if not row.values.keys() - {"month", "team"} and not self.bad_columns:
            self.add(row.row, "", "", "no_figures")
