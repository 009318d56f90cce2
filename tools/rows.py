"""Reading a sheet row by row: cells by target, problems by row and column, keys of rows."""

import hashlib
from collections import Counter
from datetime import datetime

from .deal import Issue
from .parsing import CellError
from .reader import Unusable


class RowReader:
    """What readers of all imports share. A row is an object with ``row``, ``values`` and ``key``.

    :ivar issues: what is wrong so far, list of :class:`Issue`
    """

    def __init__(self, sheet, columns, repeatable=()):
        """:param columns: ``{position: target}``
        :param repeatable: targets that several columns may have"""
        self.sheet, self.columns, self.repeatable = sheet, columns, repeatable
        self.heading = {target: sheet.headers[place] for place, target in columns.items()}
        self.targets = set(columns.values())
        self.issues = []
        self.bad_columns = set()
        self.first_row = {}
        self.repeats = Counter()

    def start(self, number):
        """Begin a row; name it when it has more values than there are columns."""
        self.bad_columns = set()
        if number in self.sheet.surplus:
            self.add(number, "", "", "surplus", count=self.sheet.surplus[number],
                     limit=len(self.sheet.headers))

    def cells(self, number, values):
        """Return ``{target: value}`` of a row; what cannot be read is left out and named."""
        found = {}
        for position, target in self.columns.items():
            value = values[position]
            if value is None:
                continue
            try:
                if isinstance(value, Unusable):
                    raise CellError(value.code)
                value = self.cell(target, value)
            except CellError as error:
                self.add(number, self.sheet.headers[position], values[position], error.code,
                         **error.params)
                continue
            if target in self.repeatable and target in found:
                value = f"{found[target]}\n{value}"
            found[target] = value
        return found

    def cell(self, target, value):
        """Return the value of a cell, text unless a subclass knows better.

        :raises CellError: it cannot be read
        """
        return str(int(value) if isinstance(value, float) and value.is_integer() else value)

    def identify(self, entry, parts):
        """Give a row the key under which a second import finds it again.

        :param parts: texts that tell a row without an id from others; equal rows are numbered
        """
        if "ref" in self.targets:
            entry.key = entry.values.get("ref", "")
            if not entry.key:
                self.flag(entry, "ref", "no_ref")
            elif entry.key in self.first_row:
                self.add(entry.row, self.heading["ref"], entry.key, "double",
                         first=self.first_row[entry.key])
            self.first_row.setdefault(entry.key, entry.row)
            return
        text = "\x1f".join(parts)
        self.repeats[text] += 1
        digest = hashlib.sha256(f"{text}\x1f{self.repeats[text]}".encode()).hexdigest()[:24]
        entry.key = f"row:{digest}"

    def flag(self, entry, target, code, **params):
        """Add an issue, unless the cell could not even be read and was named for that."""
        column = self.heading.get(target, "")
        if column not in self.bad_columns:
            self.add(entry.row, column, shown(entry.values.get(target)), code, **params)

    def add(self, row, column, value, code, **params):
        """Add an issue."""
        self.bad_columns.add(column)
        self.issues.append(Issue(row, column, str(value if value is not None else "")[:100],
                                 code, params))


class TableReader(RowReader):
    """Reads a whole sheet; a row with a problem is among the rows, too.

    :cvar row_type: what a row becomes, called with its number and ``{target: value}``
    """

    row_type = None

    def __init__(self, sheet, columns, decimal, order):
        super().__init__(sheet, columns)
        self.decimal, self.order = decimal, order

    def read(self):
        """:return: list of rows; what is wrong is in ``issues``"""
        rows = []
        for number, values in self.sheet.rows:
            self.start(number)
            row = self.row_type(number, self.cells(number, values))
            self.check(row)
            rows.append(row)
        return rows

    def check(self, row):
        """Look up what a row names, and name what is wrong with it."""
        raise NotImplementedError


def shown(value):
    """Return a value as text for a message."""
    return value.isoformat(sep=" ") if isinstance(value, datetime) else str(value or "")
