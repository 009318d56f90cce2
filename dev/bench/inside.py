"""All measurements that are made inside one Odoo process, written to a file as JSON."""

import json
import time
from pathlib import Path

from . import activity, building, customers, reading, scoring, writing
from .clock import median

_START = time.monotonic()


def measure(env, plain, path):
    """Measure on the database of ``env`` and on ``plain``, which has the same leads but no addon.

    :param path: file that receives ``{part: figures}``; seconds, megabytes, queries, shares
    """
    say("building the history, each way in turn")
    runs, differences = building.compare(env)
    result = {"differences": differences, "build": {
        name: figures(some) for name, some in runs.items()
    }}
    say("the scheduled action from nothing")
    night, longest = building.nightly(env)
    result["nightly"] = figures([night]) | {"longest": longest, "rows": building.rows(env)}
    say("vacuum")
    env.cr.commit()
    vacuum(env, "crm_kpi_snapshot", "crm_kpi_snapshot_day", "crm_kpi_dirty_day")
    say("pivots")
    result["read"] = {name: figures(some) for name, some in reading.compare(env).items()}
    say("activities")
    runs, wrong = activity.compare(env)
    result["activity"] = {name: figures(some) for name, some in runs.items()}
    result["differences"] += [f"{name} is not what was counted by hand" for name in wrong]
    say("scoring all leads, by rules and by Odoo's prediction")
    runs, count, rules = scoring.compare(env)
    result["score"] = {name: figures(some) for name, some in runs.items()}
    result["score"] |= {"leads": count, "rules": rules}
    say("writing, with and without the addon")
    result["write"] = {
        name: {"with": figures(pair[0]), "without": figures(pair[1]),
               "slower": writing.slower(pair)}
        for name, pair in writing.compare(env.cr.dbname, plain).items()
    }
    say("customers: values, tiers, months")
    found = customers.measure(env)
    result["customers"] = {**found, "first": figures(found["first"]),
                           "again": figures(found["again"])}
    Path(path).write_text(json.dumps(result))


def figures(runs):
    """Medians over runs, and the highest memory."""
    return {
        "seconds": median(runs),
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
