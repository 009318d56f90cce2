"""Reads what an Odoo log says: test counts, names, and records that should not be there."""

import re
from collections import namedtuple

from .settings import DEV

# tests, failed, errors, skipped: numbers, tests is None when Odoo printed no summary;
# started: names of the tests that ran; problems: unexpected WARNING, ERROR, CRITICAL records
Report = namedtuple("Report", "tests failed errors skipped started problems")

RECORD = re.compile(
    r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \d+ (?P<level>[A-Z]+) \S+ (?P<logger>\S+): (?P<text>.*)"
)
SUMMARY = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests when loading database")
STARTED = re.compile(r"Starting (\w+\.\w+) \.\.\.")
LOUD = ("WARNING", "ERROR", "CRITICAL")


def allowed_patterns():
    """Patterns of log records that are Odoo's own noise."""
    lines = (line.strip() for line in (DEV / "log_allowlist.txt").read_text().splitlines())
    return [re.compile(line) for line in lines if line and not line.startswith("#")]


def read_log(path):
    """Read a whole log.

    :returns: Report.
    """
    allowed = allowed_patterns()
    counts, skipped, started, problems = (None, 0, 0), 0, [], []
    for match in filter(None, map(RECORD.match, path.read_text(errors="replace").splitlines())):
        text = match["text"]
        summary, begun = SUMMARY.search(text), STARTED.search(text)
        if summary:
            failed, errors, tests = map(int, summary.groups())
            counts = (tests, failed, errors)
        elif begun:
            started.append(begun[1])
        elif match["level"] in LOUD:
            words = f"{match['level']} {match['logger']}: {text}"
            if not any(pattern.search(words) for pattern in allowed):
                problems.append(words)
        skipped += text.startswith("skipped ") and match["logger"].startswith("odoo.")
    return Report(*counts, skipped, started, problems)
