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
    """Run a command and return its output; on failure show the end of it and stop.

    :param log: file that receives the output as it comes; nothing is returned then.
    """
    args = [str(arg) for arg in args]
    if "input" not in options:
        options.setdefault("stdin", subprocess.DEVNULL)
    if log is None:
        options |= {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        done = subprocess.run(args, check=False, **options)
        code, output = done.returncode, done.stdout
    else:
        with log.open("w") as stream:
            code = subprocess.run(
                args, stdout=stream, stderr=subprocess.STDOUT, check=False, **options
            ).returncode
        output = log.read_text(errors="replace") if code else ""
    if code:
        print("\n".join(output.splitlines()[-25:]), file=sys.stderr)
        words = " ".join(args[:6]) + (" …" if len(args) > 6 else "")
        fail(f"'{words}' ended with code {code}" + (f", see {log}" if log else ""))
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


def apt_get(*words):
    """Run apt-get as root, by sudo if need be; True when it worked.

    sudo may ask for a password only when a person sits at the terminal.
    """
    command = ["apt-get", *words]
    if not find_program("apt-get"):
        return False
    if os.geteuid() != 0:
        if not find_program("sudo"):
            return False
        asks = sys.stdin.isatty() and not os.environ.get("CI")
        command = ["sudo", *([] if asks else ["-n"]), *command]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(
        command, env=environment, stdout=subprocess.DEVNULL, check=False
    ).returncode == 0


def install(packages):
    """Install Debian packages; True when it worked."""
    say(f"installing {', '.join(packages)} with apt-get")
    words = ("install", "-y", "-qq", "--no-install-recommends", *packages)
    return apt_get("update", "-qq") and apt_get(*words)
