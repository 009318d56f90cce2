"""Everything that must hold before a change lands: lint, tests, life cycle and drills."""

from . import lifecycle, lint, testing
from .console import say
from .drills import run as drills


def run(settings, tally):
    """All checks and tests, counted together."""
    lint.run_all(settings, tally)
    say("tests of what ships")
    testing.run_tests(settings, tally, source=testing.export(settings))
    say("tests beside real neighbours")
    testing.run_tests(settings, tally, source=testing.export(settings), beside=True)
    lifecycle.run(settings, tally)
    drills.run(settings, tally)
