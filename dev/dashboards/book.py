"""A spreadsheet as Odoo stores it: sheets, data sources and filters, written as one JSON object."""

import re

VERSION = "18.5.10"
UID = "uid"
READS_DATA = re.compile(r"\b(PIVOT|ODOO|CRM)\.")
LOCALE = {
    "name": "English (US)", "code": "en_US", "thousandsSeparator": ",", "decimalSeparator": ".",
    "dateFormat": "mm/dd/yyyy", "timeFormat": "hh:mm:ss", "formulaArgSeparator": ",",
    "weekStart": 7,
}


class Book:
    """Collects what a dashboard holds.

    :param is_sample: write the made-up values that an empty database shows, and no data source
    """

    def __init__(self, is_sample=False):
        self.is_sample = is_sample
        self.sheets = []
        self.filters = []
        self.pivots = {}
        self.lists = {}
        self.menus = {}
        self._pools = {"styles": [], "formats": [], "borders": []}

    def sheet(self, name, columns, is_visible=True):
        """Add a sheet; ``columns`` are the widths of its columns in pixels."""
        sheet = Sheet(self, f"sheet{len(self.sheets) + 1}", name, columns, is_visible)
        self.sheets.append(sheet)
        return sheet

    def pooled(self, kind, value):
        """Number of a style, format or border that cells share."""
        pool = self._pools[kind]
        if value not in pool:
            pool.append(value)
        return pool.index(value) + 1

    def pivot(self, name, model, measures, rows=(), domain=(), match=None, sort=None, **context):
        """Add a pivot and return its number, for PIVOT.VALUE and PIVOT.HEADER.

        :param measures: field names, or ``field:aggregate``
        :param match: ``{filter: (field path, field type)}``
        :param sort: measure that orders the rows, highest first
        """
        number = str(len(self.pivots) + 1)
        self.pivots[number] = {
            "type": "ODOO", "id": number, "formulaId": number, "name": name, "model": model,
            "domain": _domain(domain), "context": context,
            "measures": [_measure(measure) for measure in measures],
            "rows": [_dimension(row) for row in rows], "columns": [],
            "sortedColumn": sort and {"measure": sort, "order": "desc", "domain": []},
            "fieldMatching": _matching(match),
        }
        return number

    def list(self, name, model, columns, order, domain=(), match=None):
        """Add a list of records and return its number, for ODOO.LIST.

        :param order: ``[(field, is ascending)]``
        """
        number = str(len(self.lists) + 1)
        self.lists[number] = {
            "id": number, "name": name, "model": model, "columns": list(columns),
            "domain": _domain(domain), "context": {},
            "orderBy": [{"name": field, "asc": ascending} for field, ascending in order],
            "fieldMatching": _matching(match),
        }
        return number

    def as_dict(self):
        """The whole book as Odoo reads it."""
        return {
            "version": VERSION,
            "sheets": [sheet.as_dict() for sheet in self.sheets],
            **{kind: {str(number): value for number, value in enumerate(pool, 1)}
               for kind, pool in self._pools.items()},
            "revisionId": "START_REVISION",
            "uniqueFigureIds": True,
            "settings": {"locale": LOCALE},
            "pivots": {} if self.is_sample else self.pivots,
            "pivotNextId": len(self.pivots) + 1,
            "customTableStyles": {},
            "globalFilters": [] if self.is_sample else self.filters,
            "lists": {} if self.is_sample else self.lists,
            "listNextId": len(self.lists) + 1,
            "chartOdooMenusReferences": {} if self.is_sample else self.menus,
        }


def _domain(terms):
    """A list, or the text of one that names the reader: ``uid`` is known to the client only."""
    if any(UID in term for term in terms):
        shown = ", ".join(str(tuple(term)).replace(f"'{UID}'", UID) for term in terms)
        return f"[{shown}]"
    return [list(term) for term in terms]


def _measure(spec):
    name, _colon, aggregate = spec.partition(":")
    return {"id": spec, "fieldName": name, **({"aggregator": aggregate} if aggregate else {})}


def _dimension(spec):
    name, _colon, granularity = spec.partition(":")
    return {"fieldName": name, "order": "asc",
            **({"granularity": granularity} if granularity else {})}


def _matching(match):
    return {
        key: {"chain": path, "type": kind}
        for key, (path, kind) in (match or {}).items()
    }


class Sheet:
    """Cells, their looks, and the charts that lie over them."""

    ROW = 27  # height of a row in pixels unless it is said otherwise

    def __init__(self, book, key, name, columns, is_visible):
        self.book, self.key, self.name = book, key, name
        self.columns, self.is_visible = columns, is_visible
        self.cells, self.heights, self.figures, self.rules = {}, {}, [], []
        self._looks = {"styles": {}, "formats": {}, "borders": {}}

    @property
    def width(self):
        """Width of all columns in pixels."""
        return sum(self.columns)

    def put(self, cell, live, sample=None):
        """Write a formula or text; in the sample book the made-up value instead, if one is given.

        Formulas that read no data source need no sample.
        """
        content = sample if self.book.is_sample and sample is not None else live
        if self.book.is_sample and READS_DATA.search(str(content)):
            raise ValueError(f"{self.name}!{cell} has no sample value: {content}")
        if content != "":
            self.cells[cell] = str(content)

    def look(self, cells, style=None, number=None, border=None):
        """Style, number format and border of a range such as ``A1:C3``."""
        for kind, value in (("styles", style), ("formats", number), ("borders", border)):
            if value:
                self._looks[kind][cells] = self.book.pooled(kind, value)

    def color(self, cells, formula, color):
        """Write the text of cells in a colour where a formula of the first cell is true."""
        self.rules.append({
            "id": f"{self.key}-rule-{len(self.rules) + 1}", "ranges": [cells],
            "rule": {"type": "CellIsRule", "operator": "customFormula", "values": [formula],
                     "style": {"textColor": color}},
        })

    def height(self, row, pixels):
        """Height of a row (counted from 1)."""
        self.heights[str(row - 1)] = {"size": pixels}

    def figure(self, key, data, left, row, width, height, top=0, menu=None):
        """Lay a chart over the sheet, ``top`` pixels below the upper edge of ``row``."""
        self.figures.append({
            "id": key, "tag": "chart", "width": width, "height": height, "col": 0, "row": row - 1,
            "offset": {"x": left, "y": top}, "data": {**data, "chartId": key},
        })
        if menu:
            self.book.menus[key] = menu

    def as_dict(self):
        """The sheet as Odoo reads it."""
        last = max((int(re.sub(r"\D", "", cell)) for cell in self.cells), default=1)
        last = max([last, *(figure["row"] + 1 + -(-figure["height"] // self.ROW)
                            for figure in self.figures)])
        return {
            "id": self.key, "name": self.name, "colNumber": len(self.columns),
            "rowNumber": last + 1,
            "rows": {**{str(row): {"size": self.ROW} for row in range(last)}, **self.heights},
            "cols": {str(at): {"size": size} for at, size in enumerate(self.columns)},
            "merges": [], "cells": self.cells, **self._looks,
            "conditionalFormats": self.rules, "dataValidationRules": [],
            "figures": self.figures, "tables": [], "areGridLinesVisible": False,
            "isVisible": self.is_visible, "headerGroups": {"ROW": [], "COL": []}, "comments": {},
        }
