"""The fault catalogue: how many cases each chapter has, and what checks them."""

import ast
import re

from .settings import CHECKOUT

# sharing and rights, scoring, costs, figures and time, digests, tickets, files, life cycle
CASES = {"A": 15, "B": 15, "C": 11, "D": 14, "E": 13, "F": 10, "G": 6, "H": 10}
CASE = re.compile(r"test_([A-H]\d+)_")
# how a drill names what it checks
DRILL = re.compile(r"""f?"([A-H]\d+) """)
TAG = "fault"


def check():
    """Cases without a test or drill, and tests of cases that `--test-tags fault` passes by."""
    wanted = {f"{chapter}{number}" for chapter, count in CASES.items()
              for number in range(1, count + 1)}
    found, faults = set(), []
    for path in sorted((CHECKOUT / "tests").glob("test_*.py")):
        for node in ast.parse(path.read_text()).body:
            cases = _cases(node)
            if cases and TAG not in _words(node):
                faults.append(f"tests/{path.name}: {node.name} has no tag {TAG}")
            found |= cases
    for path in sorted((CHECKOUT / "dev").rglob("*.py")):
        found |= set(DRILL.findall(path.read_text()))
    faults += [f"{case}: no test and no drill is named so" for case in sorted(wanted - found)]
    return faults + [f"{case}: the catalogue has no such case" for case in sorted(found - wanted)]


def _cases(node):
    """Cases that the tests of a class are named after."""
    if not isinstance(node, ast.ClassDef):
        return set()
    names = [item.name for item in node.body if isinstance(item, ast.FunctionDef)]
    return {match[1] for match in map(CASE.match, names) if match}


def _words(node):
    """Constants in the decorators of a class."""
    return {constant.value for decorator in node.decorator_list
            for constant in ast.walk(decorator) if isinstance(constant, ast.Constant)}
