"""Formulas of ratio KPIs: arithmetic over KPI names, parsed once and never evaluated as code.

A formula is the text of a ratio such as ``won_count / closed_count``. Only names, numbers,
``+ - * /`` and parentheses exist. The same parsed tree is turned into SQL by the fact table and
computed in Python by reports, so both follow one rule: *no data is not zero* (an empty
denominator or a missing part gives ``None``).
"""

import ast
import operator

_OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_COMPUTE = {"+": operator.add, "-": operator.sub, "*": operator.mul}
MAX_LENGTH = 500


class FormulaError(ValueError):
    """The text is not a formula this module accepts; the message says why."""


class Formula:
    """A parsed formula.

    :param source: text such as ``"won_count / closed_count"``
    :raise FormulaError: on anything but names, numbers, ``+ - * /`` and parentheses
    """

    __slots__ = ("source", "_tree")

    def __init__(self, source):
        if not isinstance(source, str) or not source.strip() or len(source) > MAX_LENGTH:
            raise FormulaError(f"A formula is a text of 1 to {MAX_LENGTH} characters: {source!r}")
        try:
            tree = ast.parse(source.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError) as error:
            raise FormulaError(f"Formula {source!r} cannot be read: {error}") from None
        self.source = source.strip()
        self._tree = tree
        self.fold(lambda name: None, lambda number: None, lambda op, left, right: None)

    @property
    def names(self):
        """KPI names used, in order of first appearance, as a tuple of strings."""
        found = {}
        self.fold(found.setdefault, lambda number: None, lambda op, left, right: None)
        return tuple(found)

    @property
    def numerator(self):
        """The part above the last division as a :class:`Formula`; itself if there is none."""
        if self._is_ratio():
            return Formula(ast.unparse(self._tree.left))
        return self

    @property
    def denominator(self):
        """The part below the last division as a :class:`Formula`, or ``None``."""
        if self._is_ratio():
            return Formula(ast.unparse(self._tree.right))
        return None

    def _is_ratio(self):
        return isinstance(self._tree, ast.BinOp) and isinstance(self._tree.op, ast.Div)

    def fold(self, name, number, binary):
        """Rebuild the formula bottom-up in another form.

        :param name: ``f(str) -> T`` for a KPI name
        :param number: ``f(float) -> T`` for a constant
        :param binary: ``f(op, T, T) -> T`` with ``op`` one of ``+ - * /``
        :return: T
        """
        return _fold(self._tree, self.source, name, number, binary)

    def evaluate(self, values):
        """Compute the formula in Python.

        :param values: mapping of KPI name to number or ``None``
        :return: float, or ``None`` when a part is missing or a denominator is zero
        :raise KeyError: a name is not in ``values``
        """
        return self.fold(values.__getitem__, float, _compute)

    def __repr__(self):
        return f"Formula({self.source!r})"


def _fold(node, source, name, number, binary):
    if isinstance(node, ast.Name):
        return name(node.id)
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return number(node.value)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        operand = _fold(node.operand, source, name, number, binary)
        return binary("-", number(0), operand)
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        left = _fold(node.left, source, name, number, binary)
        right = _fold(node.right, source, name, number, binary)
        return binary(_OPERATORS[type(node.op)], left, right)
    raise FormulaError(
        f"Formula {source!r} may hold names, numbers, + - * / and parentheses only, "
        f"not {ast.unparse(node)!r}."
    )


def _compute(op, left, right):
    if left is None or right is None:
        return None
    if op == "/":
        return left / right if right else None
    return _COMPUTE[op](left, right)
