"""Seconds, queries and memory of a piece of work, repeated and interleaved with another one."""

import gc
import os
import statistics
import threading
import time
from contextlib import contextmanager
from pathlib import Path


class Run:
    """What one piece of work took.

    ``seconds``: wall clock; ``work``: seconds that this process and the PostgreSQL process had of a
    processor, which says more on a busy machine; ``queries``: number sent; ``memory``: peak of this
    process in MB; ``backend``: peak of what the PostgreSQL process had for itself in MB, None when
    it is not on this machine.
    """

    seconds = work = queries = memory = backend = None


@contextmanager
def clock(cr, memory=False):
    """Measure the block as a :class:`Run`; watching memory costs time, so it is asked for."""
    run = Run()
    gc.collect()
    watch = Watch(cr) if memory else None
    queries, worked, started = cr.sql_log_count, _worked(cr), time.perf_counter()
    yield run
    run.seconds = time.perf_counter() - started
    run.work = _worked(cr) - worked
    run.queries = cr.sql_log_count - queries
    if watch:
        run.memory, run.backend = watch.stop()


def interleave(rounds, *works):
    """Run works in turn, A B A B …, after one round that does not count.

    :param works: functions that return a :class:`Run`
    :returns: for each work the list of its runs.
    """
    runs = [[] for _work in works]
    for number in range(rounds + 1):
        order = list(enumerate(works))
        for index, work in order if number % 2 else reversed(order):
            run = work()
            if number:
                runs[index].append(run)
    return runs


def median(runs, name="seconds"):
    """Median of one figure over runs."""
    return statistics.median(getattr(run, name) for run in runs)


class Watch:
    """Watches the memory of this process and of one PostgreSQL process until it is stopped."""

    def __init__(self, cr):
        # The kernel then counts the peak from here.
        Path("/proc/self/clear_refs").write_text("5")
        cr.execute("SELECT pg_backend_pid()")
        self._status = Path(f"/proc/{cr.fetchone()[0]}/status")
        self._peak = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()

    def stop(self):
        """:returns: peaks in MB: of this process, of the PostgreSQL process or None."""
        self._done.set()
        self._thread.join()
        return _megabytes(Path("/proc/self/status"), "VmHWM"), self._peak or None

    def _sample(self):
        # The peak the kernel keeps would count the memory all PostgreSQL processes share.
        while not self._done.wait(0.02):
            self._peak = max(self._peak, _megabytes(self._status, "RssAnon"))


def _worked(cr):
    """Processor time of this process and of the PostgreSQL process, without parallel workers."""
    stat = Path(f"/proc/{cr._cnx.info.backend_pid}/stat")
    try:
        words = stat.read_text().rpartition(")")[2].split()
    except OSError:
        words = ["0"] * 14
    return time.process_time() + sum(map(int, words[11:13])) / os.sysconf("SC_CLK_TCK")


def _megabytes(status, name):
    try:
        text = status.read_text()
    except OSError:
        return 0
    if "postgres" not in text and "python" not in text:
        return 0
    return int(text.split(f"{name}:")[1].split()[0]) / 1024
