"""Monthly figures of teams: sums over months, over teams, and ratios of sums."""

from dataclasses import dataclass, field
from datetime import date

ALL = None  # the team of figures of all teams together


def month_number(day):
    """Months since the year 0, so that consecutive months have consecutive numbers."""
    return day.year * 12 + day.month - 1


def month_day(number):
    """First day of a month number."""
    return date(number // 12, number % 12 + 1, 1)


def whole_months(date_from, date_to):
    """Numbers of the calendar months that lie wholly in ``[date_from, date_to)``."""
    first = month_number(date_from) + (date_from.day > 1)
    return list(range(first, month_number(date_to)))


def same_season(before, after):
    """The months of ``before`` whose season also occurs in ``after``.

    :param before, after: month numbers
    :return: list; all of ``before`` when not every season of ``after`` occurs in it
    """
    seasons = {month % 12 for month in after}
    if not seasons <= {month % 12 for month in before}:
        return list(before)
    return [month for month in before if month % 12 in seasons]


@dataclass(frozen=True)
class Group:
    """Teams taken together: those listed, or all but those left out."""

    teams: tuple | None = None
    without: tuple = ()


@dataclass
class Panel:
    """Figures by month number, team and KPI code; ``None`` and what is absent are unknown."""

    figures: dict = field(default_factory=dict)

    def add(self, month, team, code, value):
        self.figures[month, team, code] = value

    @property
    def months(self):
        return sorted({month for month, _team, _code in self.figures})

    @property
    def teams(self):
        return {team for _month, team, _code in self.figures} - {ALL}

    def value(self, group, month, code):
        """Sum of a month over the teams of a group; ``None`` when one of them is unknown."""
        if group.teams is not None:
            return _total(self.figures.get((month, team, code)) for team in group.teams)
        total = self.figures.get((month, ALL, code), 0.0)
        if (month, ALL, code) not in self.figures:
            total = _total(self.figures.get((month, team, code)) for team in sorted(self.teams))
        left_out = _total(self.figures.get((month, team, code)) for team in group.without)
        return None if total is None or left_out is None else total - left_out

    def known_months(self, group, code):
        return [month for month in self.months if self.value(group, month, code) is not None]

    def series(self, group, months, code):
        """Values of the months in their order."""
        return [self.value(group, month, code) for month in months]

    def sums(self, group, months, codes):
        """:return: dict ``{code: sum over the months}``, ``None`` where a month is unknown"""
        return {code: _total(self.series(group, months, code)) for code in codes}

    def ratio(self, group, months, numerator, denominator):
        """Ratio of the sums over the months that have both; ``None`` without a denominator."""
        pairs = [
            pair for pair in zip(
                self.series(group, months, numerator), self.series(group, months, denominator),
                strict=True,
            ) if None not in pair
        ]
        below = sum(pair[1] for pair in pairs)
        return sum(pair[0] for pair in pairs) / below if below > 0 else None


def _total(values):
    values = list(values)
    return None if None in values else float(sum(values))
