"""Drills of the job among others: several workers, an archived user, an update, a long history."""

import subprocess
import time
from datetime import timedelta
from unittest.mock import patch

from . import world
from .base import NightDrill

FIVE_YEARS = 5 * 365
LONGEST_STEP = 10  # seconds between two commits


class Together(NightDrill):
    """The job beside other workers, an update, a long history."""

    def D3_several_at_once(self):
        """Two cron workers, a direct call and a rebuild at the same time."""
        with self.check("D3 two workers, a direct call and a rebuild at once") as faults:
            self.workers.in_odoo(world.reset)
            works = (self.scheduled, self.direct, self.scheduled, self.direct)
            codes = [self.workers.wait(pid) for pid in list(map(self.workers.start, works))]
            if any(codes):
                faults.append(f"workers ended with {codes}, see {self.workers.log}")
            self.workers.in_odoo(world.due)
            self.workers.run(self.scheduled)
            faults += self.faults()
        with self.check("D3 one more run rewrites no row") as faults:
            places = "SELECT md5(string_agg(ctid::text, ',' ORDER BY id)) FROM crm_kpi_snapshot"
            before = self.workers.query(places)
            self.workers.in_odoo(world.due)
            self.workers.run(self.scheduled)
            self.workers.run(self.direct)
            if self.workers.query(places) != before:
                faults.append("rows were written although nothing had changed")

    def D12_user_archived(self):
        """The job's user was archived: nothing is measured, and the settings say so."""
        with self.check("D12 the user of the job is archived") as faults:
            self.workers.in_odoo(world.reset)
            self.workers.run(self.scheduled)
            self.workers.in_odoo(_archive_cron_user)
            self.workers.run(self.scheduled)
            failures = self.workers.query("SELECT failure_count FROM ir_cron WHERE active")[0][0]
            health = self.workers.in_odoo(_health)
            if failures != 1 or "4 days" not in health:
                faults.append(f"{failures} failures noted; the settings say: {health}")
            self.workers.in_odoo(_give_cron_to_root)

    def D13_update(self, command):
        """The addon is updated while the job runs, and the update is killed while it runs.

        :param command: words of the command line that updates the addon
        """
        with self.check("D13 the addon is updated, and the update killed, while it runs") as faults:
            self.workers.in_odoo(world.reset)
            for _kill in range(2):
                update = self.spawn(command)
                time.sleep(self.random.uniform(1, 5))
                pid = self.workers.start(self.scheduled)
                time.sleep(self.random.uniform(0, 2))
                update.kill()
                update.wait()
                self.workers.wait(pid)
            self.workers.wait_for_backends()
            update = self.spawn(command)
            pid = self.workers.start(self.scheduled)
            self.workers.wait(pid)
            if update.wait():
                faults.append(f"the update failed, see {self.workers.log}")
            faults += self.after_update()

    def spawn(self, command):
        """Start a command with its output in the log."""
        with self.workers.log.open("a") as stream:
            return subprocess.Popen(command, stdout=stream, stderr=stream, stdin=subprocess.DEVNULL)

    def after_update(self):
        """Faults after an update: module, job, and the figures after one more run."""
        state = self.workers.query("SELECT state FROM ir_module_module WHERE name = 'crm_roi'")
        found = [] if state == [("installed",)] else [f"the module is {state}"]
        self.workers.in_odoo(world.due)
        self.workers.run(self.scheduled)
        return found + self.faults()

    def D9_five_years(self, leads):
        """The very first run on five years of leads commits at least every ten seconds."""
        with self.check(f"D9 first run on five years and {leads} leads") as faults:
            places = self.workers.in_odoo(_places)
            self.workers.in_odoo(lambda env: world.fill(env, places, leads, FIVE_YEARS))
            self.marks.unlink(missing_ok=True)
            started = time.monotonic()
            self.workers.run(self.timed, seconds=600)
            spent = time.monotonic() - started
            steps = [float(line) for line in self.marks.read_text().split()]
            self.expected = None
            faults += self.faults()
            if len(steps) < 20 or max(steps) > LONGEST_STEP:
                faults.append(f"{len(steps)} commits, the longest step took {max(steps):.1f} s")
            print(f"         {len(steps)} commits in {spent:.1f} s, longest {max(steps):.2f} s")

    def timed(self):
        """A scheduled run that writes down the seconds between its commits."""
        registry = self.workers.in_odoo(lambda env: env.registry)
        original = registry["ir.cron"]._commit_progress
        last = [time.monotonic()]

        def commit(cron, *args, **kwargs):
            result = original(cron, *args, **kwargs)
            now = time.monotonic()
            with self.marks.open("a") as stream:
                stream.write(f"{now - last[0]}\n")
            last[0] = now
            return result

        with patch.object(registry["ir.cron"], "_commit_progress", commit):
            self.scheduled()


def _archive_cron_user(env):
    """The job's user was archived after the night of five days ago."""
    user = env["res.users"].create({"name": "Job", "login": "drill_job"})
    env.ref(world.CRON).user_id = user
    user.active = False
    last = env.company._kpi_today(env.company._kpi_timezone()) - timedelta(days=5)
    env.cr.execute("DELETE FROM crm_kpi_snapshot_day WHERE day > %s", [last])
    env.cr.execute("UPDATE crm_kpi_snapshot_day SET stocks_at = flows_at WHERE day = %s", [last])
    world.due(env)


def _give_cron_to_root(env):
    env.ref(world.CRON).user_id = env.ref("base.user_root")


def _places(env):
    companies = env["res.company"].search([("kpi_tz", "!=", False)], order="id")
    return {
        "companies": companies.ids,
        "sources": env["utm.source"].search([("name", "like", "Drill")]).ids,
        "teams": env["crm.team"].search([("name", "like", "Drill")]).ids,
    }


def _health(env):
    return env["res.config.settings"].create({}).kpi_health
