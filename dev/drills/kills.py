"""Drills in which the nightly job is killed or loses the database."""

import signal
import time
from unittest.mock import patch

from . import world
from .base import NightDrill


class Kills(NightDrill):
    """The job is killed: anywhere, again and again, before its first commit."""

    def D1_killed(self):
        """Killed anywhere, one more run makes it as if nothing had happened."""
        with self.check(f"D1 killed at {self.kills} random moments, run once more") as faults:
            moments = []
            for _kill in range(self.kills):
                moments.append(self.kill_at_random(self.scheduled))
                self.workers.run(self.scheduled)
                faults += self.faults()
            midway = [days for days in moments if 0 < days < self.days]
            if len(midway) < self.kills / 3:
                faults.append(f"only {len(midway)} kills were midway, of {self.days}: {moments}")

    def D1_killed_twice(self):
        """Killed again and again, the last run completes it."""
        with self.check("D1 killed five times in a row, run once more") as faults:
            self.kill_at_random(self.scheduled)
            for _kill in range(4):
                self.workers.in_odoo(world.due)
                pid = self.workers.start(self.scheduled)
                time.sleep(self.random.uniform(0, self.duration / 3))
                self.workers.kill(pid)
            self.workers.in_odoo(world.reset_counter)
            self.workers.run(self.scheduled)
            faults += self.faults()

    def D4_killed_before_first_commit(self):
        """Odoo skips a job once after three such kills; the time after fills the gap."""
        with self.check("D4 killed three times before the first commit") as faults:
            self.workers.in_odoo(world.reset)
            for kill in range(3):
                pid = self.workers.start(self.never_commits)
                while len(self.workers.query("SELECT id FROM ir_cron_progress")) <= kill:
                    time.sleep(0.005)
                if not self.workers.kill(pid):
                    faults.append("the worker ended by itself")
            self.workers.run(self.scheduled)
            failures, next_call = self.workers.query(
                "SELECT failure_count, nextcall > now() AT TIME ZONE 'UTC' FROM ir_cron"
                " WHERE active")[0]
            if (failures, next_call, self.built()) != (1, True, 0):
                faults.append(f"Odoo did not skip the job: {failures}, {next_call}, {self.built()}")
            self.workers.in_odoo(world.due)
            self.workers.run(self.scheduled)
            faults += self.faults()

    def never_commits(self):
        """A scheduled run that hangs before its first commit."""
        registry = self.workers.in_odoo(lambda env: env.registry)
        with patch.object(
            registry["crm.kpi.snapshot"], "_nightly_steps", lambda _self: time.sleep(600)
        ):
            self.scheduled()

    def H7_sessions_end(self):
        """PostgreSQL ends the sessions of a running job, as a restart does."""
        with self.check("H7 PostgreSQL ends the job's sessions, run once more") as faults:
            ended = 0
            for _time in range(5):
                self.workers.in_odoo(world.reset)
                pid = self.workers.start(self.scheduled)
                time.sleep(self.random.uniform(0.1, 0.9) * self.duration)
                ended += bool(self.workers.terminate_backends())
                self.workers.wait(pid)
                self.workers.in_odoo(world.due)
                self.workers.run(self.scheduled)
                faults += self.faults()
            if not ended:
                faults.append("no session was there to be ended")

    def H10_time_limit(self):
        """Odoo ends a job with an error, wherever it is, when the worker's time is up."""
        with self.check("H10 the time limit is reached in the job, run once more") as faults:
            self.marks.unlink(missing_ok=True)
            for _time in range(5):
                self.workers.in_odoo(world.reset)
                self.workers.run(self.cut_off)
                self.workers.in_odoo(world.reset_counter)
                self.workers.run(self.scheduled)
                faults += self.faults()
            if not self.marks.exists():
                faults.append("the limit was never reached inside the job")

    def cut_off(self):
        """A scheduled run in which the same error is raised as by Odoo's limit of CPU time."""
        def time_expired(_number, frame):
            while frame and frame.f_code.co_name != "_run_nightly":
                frame = frame.f_back
            if frame:
                self.marks.touch()
            raise Exception("CPU time limit exceeded.")  # as in odoo.service.server

        signal.signal(signal.SIGALRM, time_expired)
        signal.setitimer(signal.ITIMER_REAL, self.random.uniform(0.2, 0.8) * self.duration)
        try:
            self.scheduled()
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
