"""Progress on screen, commands with readable failures, and locks between runs."""

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
import time

_START = time.monotonic()


def say(text):
    """One line of progress, with the seconds since the command began."""
    print(f"[{time.monotonic() - _START:5.0f}s] {text}", flush=True)


def fail(text):
    """Stop with one sentence that says what to do."""
    raise SystemExit(f"error: {text}")


def run(args, log=None, **options):
    """Run a command; on failure show the end of its output and stop.

    :param log: file that receives the output; without it the output is captured and returned.
    """
    args = [str(arg) for arg in args]
    if log is not None:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("w") as stream:
            code = subprocess.run(
                args, stdout=stream, stderr=subprocess.STDOUT, check=False, **options
            ).returncode
        output = "" if code == 0 else log.read_text(errors="replace")
    else:
        done = subprocess.run(
            args, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **options
        )
        code, output = done.returncode, done.stdout
    if code:
        tail = "\n".join(output.splitlines()[-25:])
        print(tail, file=sys.stderr)
        fail(f"'{' '.join(args[:6])}' ended with code {code}" + (f", see {log}" if log else ""))
    return output


def find_program(*names):
    """Path of the first of these programs that is installed, or None."""
    return next((path for path in map(shutil.which, names) if path), None)


@contextlib.contextmanager
def lock(path, what):
    """Hold a file lock, so that runs from several checkouts wait for each other."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"another run is busy with {what}; waiting for it")
            fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def as_root(args):
    """The command with what it needs to run as root, or None when that is impossible."""
    if os.geteuid() == 0:
        return args
    sudo = find_program("sudo")
    if not sudo:
        return None
    interactive = sys.stdin.isatty() and not os.environ.get("CI")
    return [sudo, *([] if interactive else ["-n"]), *args]
