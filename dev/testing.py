"""Runs the addon's tests in Odoo; the result is read from the log, never assumed."""

import ast
import os
import shutil
import subprocess
import time

from .console import fail, say
from .neighbours import TAG, clone_beside
from .odoo import Odoo
from .odoo_log import LOUD, RECORD, STARTED, read_log
from .processes import any_port
from .settings import ADDON, CHECKOUT
from .template import clone


def git(*words, **variables):
    """Output of git in the checkout, as bytes; a checkout of another user is fine."""
    command = ["git", "-c", f"safe.directory={CHECKOUT}", "-C", str(CHECKOUT), *words]
    done = subprocess.run(
        command, env=os.environ | variables, check=False, capture_output=True
    )
    if done.returncode:
        fail(f"git {words[0]} failed: {done.stderr.decode().strip()}")
    return done.stdout


def export(settings):
    """The tree that would ship, in a folder: the work tree without what is export-ignored.

    New files count although they are not committed yet. Without git it is the checkout itself.
    """
    if not (CHECKOUT / ".git").exists():
        return CHECKOUT
    target = settings.exports / "shipped"
    index = settings.run / "export.index"
    index.unlink(missing_ok=True)
    env = {"GIT_INDEX_FILE": str(index)}
    git("add", "-A", **env)
    tree = git("write-tree", **env).decode().strip()
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    archive = git("archive", "--worktree-attributes", tree)
    subprocess.run(["tar", "-x", "-C", str(target)], input=archive, check=True)
    return target


def expected_tests(folder, beside=False):
    """Names `Class.test_method` that the files of tests/ define and a run executes.

    :param beside: the run beside real neighbours, else the default run.
    """
    names = set()
    for path in sorted((folder / "tests").glob("test_*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef) and _runs(node, beside):
                names |= {
                    f"{node.name}.{item.name}"
                    for item in node.body
                    if isinstance(item, ast.FunctionDef) and item.name.startswith("test_")
                }
    return names


def _runs(node, beside):
    """Whether a class runs: no mixin, and nothing that is tagged for another run."""
    words = [constant.value for decorator in node.decorator_list
             for constant in ast.walk(decorator) if isinstance(constant, ast.Constant)]
    bases = [ast.unparse(base) for base in node.bases]
    if not bases or all(base.endswith("Mixin") for base in bases):
        return False
    return TAG in words if beside else "-standard" not in words


def run_tests(
    settings, tally, tags=None, source=CHECKOUT, keep=False, words=(), beside=False,
):
    """Install the addon on a fresh copy of the template, run its tests and count them.

    :param tags: Odoo's --test-tags; without it all tests must run, each by name.
    :param beside: in a database with real neighbours, the tests that are tagged so.
    :param keep: leave the database for a look afterwards.
    """
    odoo = Odoo(settings, settings.database("beside_test" if beside else "test"), source)
    clone_beside(odoo) if beside else clone(odoo)
    wanted = tags or f"{TAG if beside else ''}/{ADDON}"
    log = settings.logs / f"{odoo.database}.log"
    say(f"running tests {wanted} (log: {log})")
    options = [
        *("-i", ADDON, "--test-tags", wanted, "--stop-after-init"),
        *(f"--http-port={any_port()}", "--max-cron-threads=0"),
        f"--screenshots={settings.logs}", *words,
    ]
    started = time.monotonic()
    code = follow(odoo, options, log)
    report = read_log(log)
    if not keep:
        odoo.drop()
    if report.tests is None:
        tally.record("Odoo tests", [f"Odoo ended with code {code} before any test, see {log}"])
        return
    bad = report.failed + report.errors
    tally.add(report.tests - bad - report.skipped, bad, report.skipped)
    say(f"{report.tests} tests in {time.monotonic() - started:.0f} s, {bad} failed")
    if tags:
        faults = [] if report.tests else [f"no test matches {tags}"]
    else:
        missing = expected_tests(source, beside) - set(report.started)
        faults = [f"{name} did not run" for name in sorted(missing)]
    for name, found in (("every expected test ran", faults), ("clean log", report.problems)):
        if found or not tags:
            tally.record(name, found)
    if code and not bad and not report.problems:
        tally.record("Odoo's exit code", [f"{code}, see {log}"])


def follow(odoo, words, log):
    """Run Odoo with its output in a log; show test names and problems as they come."""
    started = time.monotonic()
    process = subprocess.Popen(
        odoo.command(*words), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL, env=odoo.environment(), cwd=odoo.settings.run,
        text=True, errors="replace",
    )
    loud = False
    with log.open("w") as stream:
        for line in process.stdout:
            stream.write(line)
            match = RECORD.match(line)
            if match:
                loud = match["level"] in LOUD
                name = STARTED.search(match["text"])
                if name:
                    print(f"[{time.monotonic() - started:5.0f}s]   {name[1]}", flush=True)
            elif line.startswith(("Traceback", "odoo: error", "SyntaxError")):
                loud = True
            if loud:
                print(line.rstrip(), flush=True)
    return process.wait()
