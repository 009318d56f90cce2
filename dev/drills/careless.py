"""Control: the same drill must condemn jobs that are written carelessly."""

import time
from unittest.mock import patch

from . import world
from .base import UNIQUE, NightDrill

CONTROLS = 4


class Careless(NightDrill):
    """Careless jobs in place of ours."""

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


def _drop_unique_index(env):
    world.reset(env)
    env.cr.execute(f"DROP INDEX IF EXISTS {UNIQUE}")
