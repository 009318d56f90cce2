"""What all drills of the nightly job share: workers, the undisturbed run, the common check."""

import random
import time

from . import world
from .worker import Workers

UNIQUE = "crm_kpi_snapshot_day_dimensions_uniq"
# More passes than any drill needs; a job that never ends is a fault of its own.
PASSES = 30


class NightDrill:
    """One database on which drill after drill is run.

    :param database: name of a database that only these drills use
    :param folder: where logs go
    :param kills: how often the job is killed
    :param seed: number that decides the random moments
    """

    def __init__(self, database, folder, tally, kills, seed):
        self.workers = Workers(database, folder / f"{database}.drills.log")
        self.marks = folder / f"{database}.commits"
        self.tally = tally
        self.kills = kills
        self.random = random.Random(seed)
        self.expected = None
        self.duration = None

    def check(self, name):
        """Count one drill."""
        return self.tally.check(name)

    # -- what workers do -----------------------------------------------------------------------

    def scheduled(self):
        """What a cron worker does with a database, until the job is not due any more: on a slow
        machine Odoo cuts it after ten seconds and goes on in the next pass."""
        from odoo.addons.base.models.ir_cron import IrCron

        for _pass in range(PASSES):
            IrCron._process_jobs(self.workers.database)
            if not self.workers.in_odoo(world.is_due):
                break

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
        with self.check("the check sees planted gaps, doubles, wrong figures (control)") as faults:
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

    def kill_at_random(self, work):
        """Start over, kill ``work`` at a random moment; return the days that were built then."""
        self.workers.in_odoo(world.reset)
        pid = self.workers.start(work)
        time.sleep(self.random.uniform(0, self.duration))
        self.workers.kill(pid)
        return self.built()
