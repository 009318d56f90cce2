"""The benchmark from outside: databases, installation, measuring, report."""

import json
import os
import subprocess
import time

from ..console import fail, say
from ..odoo import Odoo
from ..settings import ADDON, CHECKOUT
from ..template import clone, setup
from . import databases, report


def run(settings, count, only=()):
    """Measure with ``count`` leads and print the report; 1 when totals are wrong.

    :param only: names of parts, such as ``stages``; all when empty
    """
    setup(settings)
    plain = databases.filled(settings, count)
    empty = Odoo(settings, settings.database("bench_empty"))
    clone(empty)
    say(f"installing {ADDON} on an empty database")
    result = {"leads": count, "install_empty": install(empty)}
    empty.drop()
    full = databases.copy(plain, f"with_{settings.key}")
    try:
        say(f"installing {ADDON} on {count:,} leads")
        result["install"] = install(full)
        databases.vacuum(full)
        path = settings.run / "bench.json"
        full.script("bench", show=True, BENCH_CHECKOUT=str(CHECKOUT),
                    BENCH_PLAIN=plain.database, BENCH_RESULT=str(path),
                    BENCH_ONLY=" ".join(only))
        result |= json.loads(path.read_text())
    finally:
        full.drop()
    return report.show(result)


def forget(settings):
    """Remove the databases that were kept for the next run."""
    setup(settings)
    databases.forget(settings)


def install(odoo):
    """Install the addon in a process of its own.

    :returns: dictionary seconds, memory (peak in MB).
    """
    log = odoo.settings.logs / f"{odoo.database}.install.log"
    words = odoo.command("-i", ADDON, "--stop-after-init", "--no-http")
    started = time.perf_counter()
    with log.open("w") as stream:
        process = subprocess.Popen(
            words, env=odoo.environment(), cwd=odoo.settings.run, stdin=subprocess.DEVNULL,
            stdout=stream, stderr=subprocess.STDOUT,
        )
        _pid, status, usage = os.wait4(process.pid, 0)
    if status:
        fail(f"the installation failed, see {log}")
    return {"seconds": time.perf_counter() - started, "memory": usage.ru_maxrss / 1024}
