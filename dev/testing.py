"""Runs the addon's tests in Odoo and reads the result from the log, never from hope."""

import re
import shutil
import subprocess
import time
from collections import namedtuple

from .console import fail, say
from .odoo import Odoo, free_port
from .settings import ADDON, CHECKOUT, DEV
from .template import clone

Result = namedtuple("Result", "tests failed errors problems log")
SUMMARY = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests when loading database")
RECORD = re.compile(
    r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \d+ (?P<level>[A-Z]+) \S+ (?P<logger>\S+): (?P<text>.*)"
)
ALLOWED = DEV / "log_allowlist.txt"


def allowed_patterns():
    """Log lines of Odoo's own that are no fault of the addon."""
    lines = (line.strip() for line in ALLOWED.read_text().splitlines())
    return [re.compile(line) for line in lines if line and not line.startswith("#")]


def read_log(path):
    """Counts and unexpected WARNING, ERROR and CRITICAL records of an Odoo log.

    :returns: Result; its counts are None when Odoo printed no summary.
    """
    allowed = allowed_patterns()
    counts, problems = None, []
    for line in path.read_text(errors="replace").splitlines():
        match = RECORD.match(line)
        if not match:
            continue
        summary = SUMMARY.search(match["text"])
        if summary:
            counts = tuple(map(int, summary.groups()))
        elif match["level"] in ("WARNING", "ERROR", "CRITICAL"):
            text = f"{match['level']} {match['logger']}: {match['text']}"
            if not any(pattern.search(text) for pattern in allowed):
                problems.append(text)
    failed, errors, tests = counts or (None, None, None)
    return Result(tests, failed, errors, problems, path)


def export(settings):
    """The tree that would ship (export-ignore honoured), as a folder; links it when not in git.

    Untracked files count too, so that what is tested is what the person sees.
    """
    if not (CHECKOUT / ".git").exists():
        return CHECKOUT
    target = settings.exports / "checkout"
    index = settings.run / "export.index"
    index.unlink(missing_ok=True)
    git = ["git", "-C", str(CHECKOUT)]
    environment = {"GIT_INDEX_FILE": str(index)}
    import os

    environment = {**os.environ, **environment}
    subprocess.run([*git, "add", "-A"], env=environment, check=True, stderr=subprocess.DEVNULL)
    tree = subprocess.run(
        [*git, "write-tree"], env=environment, check=True, capture_output=True, text=True
    ).stdout.strip()
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    archive = subprocess.run(
        [*git, "archive", "--worktree-attributes", tree], check=True, capture_output=True
    )
    subprocess.run(["tar", "-x", "-C", str(target)], input=archive.stdout, check=True)
    return target


def run_tests(settings, tags=f"/{ADDON}", source=CHECKOUT, minimum=1, extra=(), keep=False):
    """Install the addon on a fresh copy of the template and run its tests.

    :param tags: Odoo's --test-tags.
    :param minimum: fewer tests than this is a failure: a selection that matches nothing proves nothing.
    :param keep: leave the database for a look afterwards.
    """
    database = settings.database("test")
    say(f"copying the template to {database}")
    clone(settings, database)
    odoo = Odoo(settings, database, source)
    log = settings.logs / f"{database}.log"
    say(f"running tests {tags} (log: {log})")
    words = [
        *("-i", ADDON, "--test-tags", tags, "--stop-after-init"),
        *(f"--http-port={free_port()}", "--max-cron-threads=0"),
        f"--screenshots={settings.logs}", *extra,
    ]
    code = follow(odoo, words, log)
    result = read_log(log)
    if not keep:
        odoo.drop()
    if result.tests is None and code:
        fail(f"Odoo ended with code {code} before the tests finished, see {log}")
    if (result.tests or 0) < minimum:
        fail(f"{result.tests or 0} tests ran, at least {minimum} were expected, see {log}")
    return result


def follow(odoo, words, log):
    """Run Odoo with its output in a log; print test names and problems as they come."""
    started = time.monotonic()
    with log.open("w") as stream:
        process = subprocess.Popen(
            odoo.command(*words), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL, env=odoo.environment(), cwd=odoo.settings.run,
            text=True, errors="replace",
        )
        showing = False
        for line in process.stdout:
            stream.write(line)
            match = RECORD.match(line)
            if match:
                showing = match["level"] in ("WARNING", "ERROR", "CRITICAL")
                if "Starting Test" in match["text"]:
                    name = match["text"].split("Starting ")[1].rstrip(" .")
                    print(f"[{time.monotonic() - started:5.0f}s]   {name}", flush=True)
            if showing:
                print(line.rstrip(), flush=True)
        return process.wait()
