"""Ports and processes of background servers."""

import contextlib
import os
import signal
import socket
import time
import urllib.request
from pathlib import Path

from .console import fail, say

USUAL = 8069
REACH = 100


def free_port(first=USUAL):
    """A free port of this machine, from the given one on."""
    for port in range(first, first + REACH):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    fail(f"no free port from {first} to {first + REACH - 1}: stop a server first")


def any_port():
    """A port that the system picks: runs that start together do not pick the same one."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_alive(pid, word):
    """True when the process runs and has this word in its command line."""
    try:
        return word in Path(f"/proc/{pid}/cmdline").read_text() and not is_zombie(pid)
    except OSError:
        return False


def is_zombie(pid):
    """True when the process has ended and nobody has asked for its exit code."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


def wait_for_server(process, port, log, seconds=120):
    """Wait until the web server answers; stop with the log's end when it does not."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/web/health", timeout=5):
                return
        except OSError:
            time.sleep(0.3)
    print("\n".join(log.read_text(errors="replace").splitlines()[-20:]))
    if process.poll() is None:
        stop_process(process.pid)
    fail(f"Odoo did not start on port {port}, see {log}")


def stop_process(pid, seconds=15):
    """Ask a process to end, insist after a while."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
            if is_zombie(pid):
                return
            time.sleep(0.1)
    say(f"process {pid} does not end")
