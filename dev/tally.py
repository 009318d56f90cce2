"""Counts checks and prints the closing line that tells how many passed."""

import contextlib
import time

from .console import say


class Tally:
    """Checks that passed and failed so far."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        self.faults = []

    def add(self, passed=0, failed=0, skipped=0):
        """Count results that another runner has shown already."""
        self.passed += passed
        self.failed += failed
        self.skipped += skipped

    def record(self, name, faults, seconds=None):
        """Count one check; it passed when the list of faults is empty."""
        faults = list(faults)
        time_spent = f" ({seconds:.0f} s)" if seconds and seconds >= 1 else ""
        say(f"{'FAIL' if faults else 'pass'}  {name}{time_spent}")
        for fault in faults[:40]:
            print(f"         {fault}")
        if len(faults) > 40:
            print(f"         … and {len(faults) - 40} more")
        self.add(failed=1) if faults else self.add(passed=1)
        if faults:
            self.faults.append(f"{name}: {faults[0]}" + (" …" if len(faults) > 1 else ""))

    @contextlib.contextmanager
    def check(self, name):
        """Count one check; the block appends what it finds wrong to the list it is given."""
        faults, started = [], time.monotonic()
        try:
            yield faults
        except SystemExit as stop:  # a command inside failed and has said why
            faults.append(str(stop))
        self.record(name, faults, time.monotonic() - started)

    def close(self):
        """Print the closing line and return the exit code."""
        if self.faults:
            print("\nWhat failed:")
            for fault in self.faults[:30]:
                print(f"  {fault}")
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        print(f"\n{self.passed} passed, {self.failed} failed{skipped}", flush=True)
        return 1 if self.failed or not self.passed else 0
