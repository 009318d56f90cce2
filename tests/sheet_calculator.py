"""Recalculates the formulas of a workbook, as the program of its reader would.

Knows the few functions our workbooks use; anything else is an error, not a guess.
"""

import io
import re

import openpyxl
from openpyxl.utils import range_boundaries

CELL = r"(\$?[A-Z]{1,2}\$?\d+)"
REFERENCE = re.compile(rf"(?:(Months|Summary)!)?{CELL}(?::{CELL})?")


def _numbers(values):
    return [v for v in values if isinstance(v, (int, float)) and not isinstance(v, bool)]


FUNCTIONS = {
    "IF": lambda condition, yes, no: yes() if condition() else no(),
    "COUNT": lambda *args: len(_numbers(_flat(args))),
    "ROWS": lambda cells: len(_flat([cells])),
    "SUM": lambda *args: sum(_numbers(_flat(args))),
    "ROUND": lambda value, digits: round(value() + 0.0, int(digits())),
    "NPV": lambda rate, cells: sum(
        flow / (1 + rate()) ** (time + 1) for time, flow in enumerate(_numbers(_flat([cells])))),
}


def _flat(thunks):
    found = []
    for thunk in thunks:
        value = thunk()
        found += value if isinstance(value, list) else [value]
    return found


class Workbook:
    def __init__(self, data):
        self.formulas = openpyxl.load_workbook(io.BytesIO(data))
        self.shown = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
        self.known = {}

    def enter(self, sheet, coordinate, value):
        """Change a cell as a reader would."""
        self.formulas[sheet][coordinate].value = value
        self.known.clear()

    def formula_cells(self):
        """``(sheet, coordinate)`` of every formula."""
        return [(sheet.title, cell.coordinate) for sheet in self.formulas for row in sheet.rows
                for cell in row if cell.data_type == "f"]

    def value(self, sheet, coordinate):
        """The value of a cell, recalculated when it is a formula."""
        cell = self.formulas[sheet][coordinate]
        if cell.data_type != "f":
            return cell.value
        key = sheet, coordinate
        if key not in self.known:
            self.known[key] = self._evaluate(sheet, cell.value[1:])
        return self.known[key]

    def _cells(self, sheet, first, last):
        left, top, right, bottom = range_boundaries(f"{first}:{last}".replace("$", ""))
        return [self.value(sheet, self.formulas[sheet].cell(row, column).coordinate)
                for row in range(top, bottom + 1) for column in range(left, right + 1)]

    def _evaluate(self, sheet, text):
        """Translate to Python: every argument becomes a function, so that IF is lazy."""

        def reference(match):
            place, first, last = match[1] or sheet, match[2], match[3]
            if last:
                return f"_cells({place!r},{first!r},{last!r})"
            return f"_value({place!r},{first.replace('$', '')!r})"

        parts = re.split(r'("[^"]*")', text)
        python = "".join(
            part if part.startswith('"') else REFERENCE.sub(reference, part) for part in parts)
        python = re.sub(r"(?<![<>=])=(?!=)", "==", python).replace("^", "**")
        scope = {"_cells": self._cells, "_value": self.value, "__builtins__": {}, **FUNCTIONS}
        return eval(_lazy(python), scope)  # noqa: S307 only formulas of our own files


def _lazy(python):
    """Wrap the arguments of the functions into lambdas."""
    found, depth, index = [], [], 0
    names = "|".join(FUNCTIONS)
    while index < len(python):
        call = re.match(rf"(?<![A-Za-z_])({names})\(", python[index:])
        if call:
            found.append(f"{call[1]}(lambda:(")
            depth.append("call")
            index += len(call[0])
            continue
        char = python[index]
        if char == '"' or char == "'":
            end = python.index(char, index + 1)
            found.append(python[index:end + 1])
            index = end + 1
            continue
        if char == "(":
            depth.append("plain")
        elif char == ")" and depth.pop() == "call":
            char = "))"
        elif char == "," and depth and depth[-1] == "call":
            char = "),lambda:("
        found.append(char)
        index += 1
    return "".join(found)
