"""What a report kit says, told apart from what shows it: a mail, a workbook, a printed page.

Built once for a reader, in his language and with his rights. Each cell holds the number and the
text of it, so that nobody who renders a kit computes or formats anything. Nothing here imports
Odoo.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from .chart import Chart
from .table import KINDS

TONES = ("", "good", "warning", "bad")


@dataclass(frozen=True)
class Cell:
    """:param value: number, date or text; None is no data, not zero
    :param text: the value as the reader writes it, "–" for no data
    :param kind: one of ``tools.table.KINDS``; percentages are fractions
    :param tone: how good it is; the text says it too, so that nobody needs colours
    :param share: 0 to 1, length of a bar beside the text
    :param url: address of the records behind it
    """

    value: object
    text: str
    kind: str = "text"
    tone: str = ""
    share: float | None = None
    url: str = ""

    def __post_init__(self):
        if self.kind not in KINDS or self.tone not in TONES:
            raise ValueError(f"cell of an unknown kind or tone: {self.kind!r}, {self.tone!r}")


@dataclass(frozen=True)
class Column:
    """:param is_number: stands at the end of its cell
    :param is_sum: the rows add up, so that a workbook totals them with a formula
    :param depth: 0 everywhere, 1 on paper and in workbooks, 2 in workbooks only
    """

    label: str
    is_number: bool = False
    is_sum: bool = False
    depth: int = 0


@dataclass(frozen=True)
class Section:
    """A heading, a table and perhaps a chart.

    :param rows: each a sequence of one cell a column
    :param total: a last row of cells for mail and paper, or None
    :param empty: what to say when there are no rows
    :param axis: writes a number of the chart's axis
    :param chart_columns: the columns a workbook charts against the first one
    :param chart_kind: ``line`` or ``column``, for a workbook
    """

    key: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    total: Sequence[Cell] | None = None
    notes: Sequence[str] = field(default=())
    chart: Chart | None = None
    axis: Callable[[float], str] = str
    empty: str = ""
    chart_columns: Sequence[int] = field(default=())
    chart_kind: str = "column"

    def __post_init__(self):
        for row in (*self.rows, *([self.total] if self.total else [])):
            if len(row) != len(self.columns):
                raise ValueError(
                    f"{self.key}: a row has {len(row)} cells for {len(self.columns)} columns")

    def brief(self, depth, most):
        """What fits: the columns of a depth and the first rows.

        :return: ``(columns, rows, total, number of rows left out)``
        """
        kept = [place for place, column in enumerate(self.columns) if column.depth <= depth]

        def pick(row):
            return [row[place] for place in kept]

        rows = [pick(row) for row in self.rows[:most]]
        total = pick(self.total) if self.total else None
        return pick(self.columns), rows, total, max(len(self.rows) - most, 0)


@dataclass(frozen=True)
class Kit:
    """:param title: name of the kit
    :param facts: ``(label, text)`` of company, period, scope, for whom
    :param note: what its author says above the figures
    :param definitions: a section whose rows explain the KPIs
    :param currency: ``(symbol, stands before, decimals)``
    :param period: first and last day
    :param figures: the figures it was built from, for conditions
    """

    title: str
    facts: Sequence[tuple[str, str]]
    note: str
    sections: Sequence[Section]
    definitions: Section
    currency: tuple[str, bool, int]
    period: tuple
    period_text: str
    is_rtl: bool = False
    figures: Sequence[dict] = field(default=())
