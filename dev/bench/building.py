"""Building: the history of flows and one day of it by the engine, and the same sums by hand."""

from datetime import timedelta

from odoo.tools import SQL

from . import control
from .clock import clock, interleave

ROUNDS = 2


def compare(env):
    """:returns: dictionary name -> list of runs; and the list of differences of the totals."""
    first, stop = span(env)
    day = stop - timedelta(days=10)
    snapshot = env["crm.kpi.snapshot"]
    other = env["res.company"].search([("name", "=", "Bench Overseas")]).id

    def build():
        env.cr.execute("TRUNCATE crm_kpi_snapshot, crm_kpi_snapshot_day")
        with clock(env.cr, memory=True) as run:
            snapshot._refresh(first, stop)
        return run

    def by_hand():
        with clock(env.cr, memory=True) as run:
            control.build(env, other)
        return run

    built, hand = interleave(ROUNDS, build, by_hand)
    env.cr.commit()
    env.cr.execute("ANALYZE crm_kpi_snapshot")
    differences = control.differences(env)

    def again():
        with clock(env.cr, memory=True) as run:
            snapshot._refresh(first, stop)
        return run

    def one_day():
        with clock(env.cr, memory=True) as run:
            snapshot._refresh(day, day + timedelta(days=1))
        return run

    repeated, days = interleave(ROUNDS, again, one_day)
    env.cr.execute("DROP TABLE bench_control")
    env.cr.commit()
    runs = {"build": built, "hand": hand, "again": repeated, "day": days}
    return runs, differences


def nightly(env):
    """The scheduled action on an empty table, as it first runs after the installation.

    :returns: the run, and the seconds of its longest step.
    """
    env.cr.execute("TRUNCATE crm_kpi_snapshot, crm_kpi_snapshot_day")
    env.cr.commit()
    longest = []
    snapshot = env["crm.kpi.snapshot"]
    do_step = type(snapshot)._run_step

    def timed(self, *words):
        with clock(self.env.cr) as step:
            done = do_step(self, *words)
        longest.append(step.seconds)
        return done

    type(snapshot)._run_step = timed
    try:
        with clock(env.cr, memory=True) as run:
            snapshot._run_nightly()
    finally:
        del type(snapshot)._run_step
    return run, max(longest)


def rows(env):
    """:returns: number of rows of the snapshot"""
    env.cr.execute("SELECT COUNT(*) FROM crm_kpi_snapshot")
    return env.cr.fetchone()[0]


def span(env):
    env.cr.execute(SQL("SELECT MIN(create_date)::date - 1, current_date FROM crm_lead"))
    return env.cr.fetchone()
