"""Charts told apart from what draws them: the browser's chart library, or lines on paper.

Nothing here imports Odoo. Amounts are in one currency; ``None`` is no figure, not zero.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

TYPES = ("lines", "steps", "stack")


@dataclass(frozen=True)
class Series:
    """One row of figures of a chart.

    :param values: an amount or None for each label of the chart
    :param role: ``gain`` or ``cost``, which have their own look everywhere
    :param low, high: limits of each value, for a band around a line
    :param totals: for steps, which of the values stand on the ground
    """

    label: str
    values: Sequence[float | None]
    role: str = ""
    low: Sequence[float | None] | None = None
    high: Sequence[float | None] | None = None
    totals: Sequence[bool] | None = None


@dataclass(frozen=True)
class Chart:
    """What to draw.

    :param type: ``lines``, ``steps`` (each starts where the one before ends) or ``stack``
    :param labels: names of the places along the axis
    :param label_title: what the labels are, such as "Month"
    :param text: what a person who cannot see the chart should know
    :param mark: ``(position, text)`` of a moment; position 1.5 is half-way from the second label
        to the third
    :param shade: ``(first place, text)`` from which on the figures are of another kind
    :param limit_labels: words for the columns of the low and the high limits
    """

    type: str
    labels: Sequence[str]
    series: Sequence[Series]
    label_title: str = ""
    text: str = ""
    mark: tuple[float, str] | None = None
    shade: tuple[int, str] | None = None
    limit_labels: tuple[str, str] = field(default=("low", "high"))

    def __post_init__(self):
        if self.type not in TYPES:
            raise ValueError(f"unknown type of chart: {self.type}; use {TYPES}")
        for _label, values in self.columns():
            if len(values) != len(self.labels):
                raise ValueError(f"{len(values)} values for {len(self.labels)} labels")

    def columns(self):
        """:return: list of ``(label, values)``: the figures of the chart as a table"""
        found = []
        for series in self.series:
            found.append((series.label, series.values))
            for word, values in zip(self.limit_labels, (series.low, series.high), strict=True):
                if values is not None:
                    found.append((f"{series.label}, {word}", values))
        return found

    def as_json(self, currency_id):
        """:return: the chart as the browser's field widget reads it"""
        return {
            "type": self.type,
            "labels": list(self.labels),
            "label_title": self.label_title,
            "text": self.text,
            "currency_id": currency_id,
            "series": [_series_json(series) for series in self.series],
            "columns": [
                {"label": label, "values": list(values)} for label, values in self.columns()
            ],
            "mark": self.mark and {"at": self.mark[0], "label": self.mark[1]},
            "shade": self.shade and {"from": self.shade[0], "label": self.shade[1]},
            "limit_labels": list(self.limit_labels),
        }

    def extent(self):
        """:return: ``(lowest, highest)`` that is drawn; always holds zero"""
        if self.type == "steps":
            drawn = [edge for bar in self.step_bars() for edge in bar]
        elif self.type == "stack":
            stacks = list(zip(*(series.values for series in self.series), strict=True))
            drawn = [sum(v for v in stack if v and v > 0) for stack in stacks]
            drawn += [sum(v for v in stack if v and v < 0) for stack in stacks]
        else:
            drawn = [value for _label, values in self.columns() for value in values]
        known = [0.0, *(value for value in drawn if value is not None)]
        return min(known), max(known)

    def step_bars(self):
        """:return: list of ``(start, end)`` of the steps of the first series"""
        series, level, bars = self.series[0], 0.0, []
        totals = series.totals or [False] * len(series.values)
        for value, is_total in zip(series.values, totals, strict=True):
            start = 0.0 if is_total else level
            level = start + (value or 0.0)
            bars.append((start, level))
        return bars


def _series_json(series):
    values = {"label": series.label, "role": series.role, "values": list(series.values)}
    for name in ("low", "high", "totals"):
        if getattr(series, name) is not None:
            values[name] = list(getattr(series, name))
    return values


def ticks(low, high, about=5):
    """Round numbers that cover a range.

    :return: list of numbers 1, 2, 2.5 or 5 times a power of ten apart, the first at most ``low``
        and the last at least ``high``
    """
    if not high > low:
        high = low + 1.0
    rough = (high - low) / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(f * power for f in (1, 2, 2.5, 5, 10) if f * power >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [number * step for number in range(first, last + 1)]
