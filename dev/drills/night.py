"""Drills of the nightly job: killed, doubled, cut off, too late."""

import json
import os
import random
import subprocess
import time
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from . import world
from .worker import Workers

UNIQUE = "crm_kpi_snapshot_day_dimensions_uniq"
KILLS = 12
CONTROLS = 4
FIVE_YEARS = 5 * 365
LONGEST_STEP = 10  # seconds between two commits


class NightDrills:
    """One database on which drill after drill is run.

    :param database: name of a database that only these drills use
    :param folder: where logs go
    """

    def __init__(self, database, folder, tally, seed):
        self.workers = Workers(database, folder / f"{database}.drills.log")
        self.marks = folder / f"{database}.commits"
        self.tally = tally
        self.random = random.Random(seed)
        self.expected = None
        self.duration = None

    def check(self, name):
        """Count one drill."""
        return self.tally.check(name)

    # -- what workers do -----------------------------------------------------------------------

    def scheduled(self):
        """What a cron worker does with a database."""
        from odoo.addons.base.models.ir_cron import IrCron

        IrCron._process_jobs(self.workers.database)

    def direct(self):
        """Call the nightly action past the scheduler and its lock."""
        self.workers.in_odoo(lambda env: env["crm.kpi.snapshot"]._run_nightly())

    def faults(self):
        """What the common check finds now."""
        return self.workers.in_odoo(lambda env: world.faults(env, self.expected))

    def built(self):
        """Days built so far."""
        return self.workers.in_odoo(world.built_days)

    # -- preparation ---------------------------------------------------------------------------

    def undisturbed(self, leads, days):
        """Make a history and measure it once, in peace."""
        with self.check(f"an undisturbed run over {days} days and {leads} leads") as faults:
            self.workers.in_odoo(lambda env: world.fill(env, world.prepare(env), leads, days))
            started = time.monotonic()
            if self.workers.run(self.scheduled) != 0:
                faults.append(f"the worker failed, see {self.workers.log}")
            self.duration = time.monotonic() - started
            faults += self.faults()
            self.expected = self.workers.in_odoo(world.state)
            self.days = self.built()
            if self.expected.rows < days:
                faults.append(f"{self.expected.rows} rows prove little")
        with self.check("the check sees a planted gap, double and wrong figure (control)") as faults:
            faults += self.planted()

    def planted(self):
        """Faults that the common check does not see when they are planted."""
        plants = {
            "gap": """DELETE FROM crm_kpi_snapshot_day WHERE id = (
                SELECT id FROM crm_kpi_snapshot_day ORDER BY day OFFSET 50 LIMIT 1)""",
            "double": f"""DROP INDEX {UNIQUE};
                INSERT INTO crm_kpi_snapshot ({world.KEYS}) SELECT {world.KEYS}
                FROM crm_kpi_snapshot LIMIT 1""",
            "wrong figure": """UPDATE crm_kpi_snapshot SET lead_count = lead_count + 1
                WHERE id = (SELECT min(id) FROM crm_kpi_snapshot WHERE lead_count > 0)""",
            "wrong level": """UPDATE crm_kpi_snapshot SET open_count = open_count + 1
                WHERE id = (SELECT min(id) FROM crm_kpi_snapshot WHERE open_count > 0)""",
        }

        def plant(env, statement):
            env.cr.execute(statement)
            seen = world.faults(env, self.expected)
            env.cr.rollback()
            return seen

        return [
            f"a planted {name} is not seen" for name, statement in plants.items()
            if not self.workers.in_odoo(lambda env, statement=statement: plant(env, statement))
        ]

    # -- D1, D14: killed at random moments -----------------------------------------------------

    def kill_at_random(self, work):
        """Start over, kill ``work`` at a random moment; return the days that were built then."""
        self.workers.in_odoo(world.reset)
        pid = self.workers.start(work)
        time.sleep(self.random.uniform(0, self.duration))
        self.workers.kill(pid)
        return self.built()

    def D1_killed(self):
        """Killed anywhere, one more run makes it as if nothing had happened."""
        with self.check(f"D1 killed at {KILLS} random moments, run once more") as faults:
            moments = []
            for _kill in range(KILLS):
                moments.append(self.kill_at_random(self.scheduled))
                self.workers.run(self.scheduled)
                faults += self.faults()
            midway = [days for days in moments if 0 < days < self.days]
            if len(midway) < KILLS / 3:
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

    def D14_control(self):
        """The same drill must condemn jobs that are written carelessly."""
        index = self.workers.query(f"SELECT indexdef FROM pg_indexes WHERE indexname = '{UNIQUE}'")
        for name, careless in (("starts over", _starts_over), ("goes on after the newest row",
                                                              _goes_on_after_newest)):
            with self.check(f"D14 a careless job that {name} is caught (control)") as faults:
                caught = 0
                for _kill in range(CONTROLS):
                    self.workers.in_odoo(_drop_unique_index)
                    pid = self.workers.start(lambda careless=careless: self.careless(careless))
                    self.wait_for_rows()
                    self.workers.kill(pid)
                    self.workers.run(lambda careless=careless: self.careless(careless))
                    caught += any("more than once" in line or "wrong number" in line
                                  for line in self.workers.in_odoo(world.faults))
                if caught < CONTROLS:
                    faults.append(f"caught {caught} of {CONTROLS} times")
        self.workers.in_odoo(world.reset)
        self.workers.query(index[0][0])

    def careless(self, job):
        """Run a careless nightly action in place of ours."""
        registry = self.workers.in_odoo(lambda env: env.registry)
        with patch.object(registry["crm.kpi.snapshot"], "_run_nightly", job):
            self.workers.in_odoo(lambda env: env["crm.kpi.snapshot"]._run_nightly())

    def wait_for_rows(self):
        """Wait until a worker has committed its first rows."""
        while not self.workers.query("SELECT 1 FROM crm_kpi_snapshot LIMIT 1"):
            time.sleep(0.005)

    # -- D3: several at once -------------------------------------------------------------------

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

    # -- D4: killed before the first commit ----------------------------------------------------

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

    # -- D12, H7, D13 --------------------------------------------------------------------------

    def D12_user_archived(self):
        """The job's user was archived: nothing is measured, and the settings say so."""
        with self.check("D12 the user of the job is archived") as faults:
            self.workers.in_odoo(world.reset)
            self.workers.run(self.scheduled)
            self.workers.in_odoo(_archive_cron_user)
            self.workers.run(self.scheduled)
            failures = self.workers.query("SELECT failure_count FROM ir_cron WHERE active")[0][0]
            health = self.workers.in_odoo(lambda env: env["res.config.settings"].create({}).kpi_health)
            if failures != 1 or "4 days" not in health:
                faults.append(f"{failures} failures noted; the settings say: {health}")
            self.workers.in_odoo(_give_cron_to_root)

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

    def D13_update(self, command):
        """The addon is updated while the job runs, and the update is killed while it runs.

        :param command: words of the command line that updates the addon
        """
        with self.check("D13 the job runs while the addon is updated and the update is killed") as faults:
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

    # -- D9: five years ------------------------------------------------------------------------

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
            print(f"         {len(steps)} commits in {spent:.1f} s, longest step {max(steps):.2f} s")

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


# -- careless jobs ---------------------------------------------------------------------------------


def _insert(env, where):
    env.cr.execute(
        "INSERT INTO crm_kpi_snapshot (day, company_id, lead_count)"
        " SELECT create_date::date, company_id, count(*) FROM crm_lead"
        f" WHERE active OR won_status <> 'pending' GROUP BY 1, 2 HAVING {where}"
    )
    env.cr.commit()
    time.sleep(0.02)


def _starts_over(snapshot):
    """Plain rows from the oldest day on, a commit for each month of days."""
    for month in range(1, 13):
        _insert(snapshot.env, f"date_part('month', create_date::date) = {month}")


def _goes_on_after_newest(snapshot):
    """The newest days first; what is left to do is told by the newest row alone."""
    snapshot.env.cr.execute("SELECT coalesce(max(day), '1900-01-01') FROM crm_kpi_snapshot")
    newest = snapshot.env.cr.fetchone()[0]
    for age in range(0, 1000, 90):
        _insert(
            snapshot.env, f"create_date::date > '{newest}' AND current_date - create_date::date"
            f" >= {age} AND current_date - create_date::date < {age + 90}"
        )


# -- changes to the database -----------------------------------------------------------------------


def _drop_unique_index(env):
    world.reset(env)
    env.cr.execute(f"DROP INDEX IF EXISTS {UNIQUE}")


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


def run_all(database, tally):
    """All drills of the nightly job, in an Odoo shell.

    Settings come from the environment, because the shell has no words of its own.
    """
    folder = Path(os.environ["CRM_ROI_DRILL_LOGS"])
    drills = NightDrills(database, folder, tally, int(os.environ.get("CRM_ROI_DRILL_SEED") or 19))
    drills.undisturbed(leads=6000, days=800)
    drills.D1_killed()
    drills.D1_killed_twice()
    drills.D3_several_at_once()
    drills.D4_killed_before_first_commit()
    drills.H7_sessions_end()
    drills.D12_user_archived()
    drills.D14_control()
    drills.D13_update(json.loads(os.environ["CRM_ROI_DRILL_UPDATE"]))
    drills.D9_five_years(leads=100_000)
