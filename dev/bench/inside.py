"""All measurements that are made inside one Odoo process, written to a file as JSON."""

import json
import time
from pathlib import Path

from . import (
    activity,
    building,
    customers,
    reading,
    scoring,
    screens,
    stages,
    writing,
)
from .clock import median

_START = time.monotonic()


def measure(env, plain, path, only=()):
    """Measure on the database of ``env`` and on ``plain``, which has the same leads but no addon.

    :param path: file that receives ``{part: figures}``; seconds, megabytes, queries, shares
    :param only: names of ``PARTS``, all when empty
    """
    unknown = set(only).difference(PARTS)
    assert not unknown, f"no such parts: {unknown}; there are {list(PARTS)}"
    result = {"differences": []}
    for name, part in PARTS.items():
        if not only or name in only:
            part(env, result, plain)
            env.cr.commit()
    Path(path).write_text(json.dumps(result))


def _stages(env, result, _plain):
    say("stage history from tracking, each way in turn; funnel, cycles")
    runs, tracked, wrong = stages.compare(env)
    result["stages"] = _medians(runs) | {"tracked": tracked}
    result["differences"] += wrong


def _build(env, result, _plain):
    say("building the history, each way in turn")
    runs, differences = building.compare(env)
    result["build"] = _medians(runs)
    result["differences"] += differences
    say("the scheduled action from nothing")
    night, longest = building.nightly(env)
    result["nightly"] = figures([night]) | {"longest": longest, "rows": building.rows(env)}
    say("vacuum")
    env.cr.commit()
    vacuum(env, "crm_kpi_snapshot", "crm_kpi_snapshot_day", "crm_kpi_dirty_day")


def _read(env, result, _plain):
    say("pivots")
    result["read"] = _medians(reading.compare(env))


def _activity(env, result, _plain):
    say("activities")
    runs, messages, wrong = activity.compare(env)
    result["activity"] = _medians(runs) | {"messages": messages}
    result["differences"] += wrong


def _screens(env, result, _plain):
    say("board and dashboards")
    runs, wrong = screens.compare(env)
    result["screens"] = _medians(runs)
    result["differences"] += wrong


def _score(env, result, _plain):
    say("scoring all leads, by rules and by Odoo's prediction")
    runs, count, rules = scoring.compare(env)
    result["score"] = _medians(runs) | {"leads": count, "rules": rules}


def _write(env, result, plain):
    say("writing, with and without the addon")
    result["write"] = {
        name: {"with": figures(pair[0]), "without": figures(pair[1]),
               "slower": writing.slower(pair)}
        for name, pair in writing.compare(env.cr.dbname, plain).items()
    }


def _customers(env, result, _plain):
    say("customers: values, tiers, months")
    found = customers.measure(env)
    result["customers"] = {**found, "first": figures(found["first"]),
                           "again": figures(found["again"])}


# In this order: the pivots and screens read what was built.
PARTS = {
    "stages": _stages, "build": _build, "read": _read, "activity": _activity, "screens": _screens,
    "score": _score, "write": _write, "customers": _customers,
}


def _medians(runs):
    return {name: figures(some) for name, some in runs.items()}


def figures(runs):
    """Medians over runs, and the highest memory."""
    return {
        "seconds": median(runs),
        "work": median(runs, "work"),
        "queries": median(runs, "queries"),
        "memory": max(run.memory or 0 for run in runs),
        "backend": max(run.backend or 0 for run in runs),
    }


def vacuum(env, *tables):
    """Vacuum tables, which PostgreSQL refuses inside a transaction."""
    connection = env.cr._cnx
    connection.autocommit = True
    for table in tables:
        env.cr.execute(f"VACUUM ANALYZE {table}")
    connection.autocommit = False


def say(text):
    """One line of progress."""
    print(f"  {text} after {time.monotonic() - _START:.0f} s", flush=True)
