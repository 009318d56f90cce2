# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Writes a pivot of KPIs as a sheet: titles and groups as on screen, figures read anew."""

import io
from dataclasses import dataclass, field
from itertools import product

from odoo import fields
from odoo.tools import format_datetime

from .xlsx import add_sheet, money_shape, safe_workbook, write_cell

MAX_INDENT = 15  # what Excel can show
TOTAL = ()  # the group of everything, in rows and in columns


@dataclass(frozen=True)
class PivotLayout:
    """How a pivot stands on screen.

    :param row_groupbys: groupby specs of the rows, such as ``day:month``; likewise the columns'
    :param rows: the shown groups in order, each a tuple of raw values, () for the total
    :param columns: the shown columns in order, each (tuple of raw values, name of the measure)
    :param filters: the active filters in words
    """

    title: str
    domain: list
    row_groupbys: tuple
    col_groupbys: tuple
    rows: tuple
    columns: tuple
    filters: tuple = field(default=())

    @classmethod
    def from_json(cls, model, data):
        """Return the layout that a browser sent.

        :param model: the snapshots
        :raises KeyError, TypeError, ValueError: something is missing, malformed or unknown
        """
        known = model.fields_get(attributes=["kpi", "groupable"])
        row_groupbys, col_groupbys = (
            tuple(_groupby(spec, known) for spec in data[key])
            for key in ("row_groupbys", "col_groupbys")
        )
        columns = tuple(
            (_group(cell["values"], col_groupbys), cell["measure"]) for cell in data["columns"]
        )
        for _values, measure in columns:
            if not known[measure].get("kpi"):
                raise ValueError(measure)
        return cls(
            title=str(data.get("title") or ""),
            domain=list(data["domain"]),
            row_groupbys=row_groupbys,
            col_groupbys=col_groupbys,
            rows=tuple(_group(values, row_groupbys) for values in data["rows"]),
            columns=columns,
            filters=tuple(str(text) for text in data.get("filters") or ()),
        )


def _groupby(spec, known):
    if not known[spec.partition(":")[0]].get("groupable"):
        raise ValueError(spec)
    return spec


def _group(values, specs):
    """Return the raw values of a group as a key; ``specs`` says by what it is grouped."""
    group = tuple(values)
    if len(group) > len(specs):
        raise ValueError(group)
    hash(group)  # TypeError for anything but plain values
    return group


def render_pivot(model, layout):
    """Return ``layout`` with the figures its reader may see, as the bytes of an XLSX file.

    :param model: the snapshots, with the context (companies, language, stocks) of the reader
    :param PivotLayout layout:
    """
    figures, labels = _read(model, layout)
    stream = io.BytesIO()
    with safe_workbook(stream) as workbook:
        sheet = add_sheet(workbook, layout.title)
        _Writer(model, layout, workbook, sheet).write(figures, labels)
    return stream.getvalue()


def _read(model, layout):
    """Return the figures by (row values, column values, measure) and the labels by group."""
    measures = sorted({measure for _values, measure in layout.columns})
    described = model.fields_get(measures, ["aggregator"])
    specs = {measure: f"{measure}:{described[measure]['aggregator']}" for measure in measures}
    depths = list(
        product(range(len(layout.row_groupbys) + 1), range(len(layout.col_groupbys) + 1))
    )
    # A field may group rows and columns at once: SQL wants it only once.
    sets = [
        tuple(dict.fromkeys((*layout.row_groupbys[:rows], *layout.col_groupbys[:cols])))
        for rows, cols in depths
    ]
    answers = model.formatted_read_grouping_sets(layout.domain, sets, list(specs.values()))
    figures, labels = {}, {}
    for (rows, cols), groups in zip(depths, answers, strict=True):
        for group in groups:
            row = _group_values(model, group, layout.row_groupbys[:rows], labels)
            col = _group_values(model, group, layout.col_groupbys[:cols], labels)
            for measure, spec in specs.items():
                figures[row, col, measure] = group[spec]
    return figures, labels


def _group_values(model, group, specs, labels):
    """Return the raw values of ``specs`` in ``group``; note the label of each in ``labels``."""
    values = []
    for spec in specs:
        value = group[spec]
        raw, label = value if isinstance(value, (tuple, list)) else (value, value)
        if raw is False or raw is None:
            label = _label_of_none(model, spec)
        values.append(raw)
        labels[spec, raw] = str(label)
    return tuple(values)


def _label_of_none(model, spec):
    name = spec.partition(":")[0]
    described = model.fields_get([name], ["falsy_value_label"])[name]
    return described.get("falsy_value_label") or model.env._("None")


class _Writer:
    """Lays the table out on one sheet."""

    def __init__(self, model, layout, workbook, sheet):
        self.env = model.env
        self.layout = layout
        self.workbook = workbook
        self.sheet = sheet
        self.formats = {}
        measures = {measure for _values, measure in layout.columns}
        self.fields = model.fields_get(list(measures), ["string", "kpi"])

    def write(self, figures, labels):
        line = self._write_head(labels)
        self.sheet.freeze_panes(line, 1)
        # A group without an answer is gone meanwhile, or not for this reader.
        answered = {TOTAL, *(row for row, _col, _measure in figures)}
        rows = [values for values in self.layout.rows if values in answered]
        for values in rows:
            self._write_row(line, values, figures, labels)
            line += 1
        widest = max((self._label_width(values, labels) for values in rows), default=0)
        self.sheet.set_column(0, 0, min(max(widest + 2, 24), 60))
        self.sheet.set_column(1, len(self.layout.columns) or 1, 17)

    def _write_head(self, labels):
        """Write title, notes and column headings; return the line where the rows start."""
        write_cell(self.sheet, 0, 0, self.layout.title, self._format(bold=True, font_size=14))
        note = self._format(italic=True, font_color="#666666")
        line = 1
        for text in self._notes():
            write_cell(self.sheet, line, 0, text, note)
            line += 1
        line += 1
        depth = max((len(values) for values, _measure in self.layout.columns), default=0)
        for level in range(depth):
            self._write_column_groups(line, level, labels)
            line += 1
        heading = self._format(bold=True, bottom=1, text_wrap=True, valign="top", align="right")
        write_cell(self.sheet, line, 0, None, self._format(bold=True, bottom=1))
        for col, (_values, measure) in enumerate(self.layout.columns, start=1):
            write_cell(self.sheet, line, col, self._measure_title(measure), heading)
        return line + 1

    def _notes(self):
        now = format_datetime(self.env, fields.Datetime.now())
        filters = "; ".join(self.layout.filters) or self.env._("none")
        companies = ", ".join(self.env.companies.mapped("name"))
        currency = self.env.company.currency_id.name
        return (
            self.env._("Filters: %s", filters),
            self.env._("Company: %(names)s; amounts in %(code)s", names=companies, code=currency),
            self.env._("Generated on %(when)s by %(who)s", when=now, who=self.env.user.name),
        )

    def _write_column_groups(self, line, level, labels):
        """Write one level of the column groups: each label once, over its first column."""
        fmt, previous = self._format(bold=True), None
        for col, (values, _measure) in enumerate(self.layout.columns, start=1):
            group = values[: level + 1]
            # A total, or a group not unfolded this far, is named on its first level only.
            is_named = group != previous and level < max(len(group), 1)
            text = self._label(self.layout.col_groupbys, group, labels) if is_named else None
            write_cell(self.sheet, line, col, text, fmt)
            previous = group

    def _write_row(self, line, row, figures, labels):
        text = self._label(self.layout.row_groupbys, row, labels)
        label = self._format(indent=min(len(row), MAX_INDENT), bold=not row)
        write_cell(self.sheet, line, 0, text, label)
        for col, (values, measure) in enumerate(self.layout.columns, start=1):
            value = figures.get((row, values, measure))
            shape = self._number_format(measure, value)
            bold = row == TOTAL or (values == TOTAL and bool(self.layout.col_groupbys))
            write_cell(self.sheet, line, col, value, self._format(num_format=shape, bold=bold))

    def _label(self, specs, group, labels):
        if not group:
            return self.env._("Total")
        return labels.get((specs[len(group) - 1], group[-1]))

    def _label_width(self, row, labels):
        text = self._label(self.layout.row_groupbys, row, labels) or ""
        return len(text) + 2 * len(row)

    def _measure_title(self, measure):
        described = self.fields[measure]
        unit = described["kpi"]["unit"]
        if unit == "days":
            return self.env._("%s (days)", described["string"])
        if unit == "currency_per_day":
            return self.env._("%s (per day)", described["string"])
        return described["string"]

    def _number_format(self, measure, value):
        unit = self.fields[measure]["kpi"]["unit"]
        if unit == "percent":
            return "0.00%"
        if unit == "count" and (value is False or value is None or value == int(value)):
            return "#,##0"
        if not unit.startswith("currency"):
            return "#,##0.00"
        currency = self.env.company.currency_id
        return money_shape(
            currency.symbol, currency.position == "before", currency.decimal_places)

    def _format(self, **properties):
        """Return one format object per look: a workbook keeps every one it is given."""
        key = tuple(sorted(properties.items()))
        if key not in self.formats:
            self.formats[key] = self.workbook.add_format(properties)
        return self.formats[key]
