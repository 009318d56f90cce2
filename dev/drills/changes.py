"""Drills in which people change leads before and while the nightly job runs."""

import time

from . import world
from .base import NightDrill

WRITERS = 2
SECONDS = 3


class Changes(NightDrill):
    """No change is lost, whenever it is made and however the job ends."""

    def rebuilt(self):
        """State that a rebuild of every day would leave, without leaving it."""

        def rebuild(env):
            # The night's levels stay as they were taken; flows follow the leads as they are now.
            env["crm.kpi.snapshot"]._refresh("2000-01-01", "2100-01-01")
            state = world.state(env)
            env.cr.rollback()
            return state

        return self.workers.in_odoo(rebuild)

    def compare(self):
        """Faults of the figures against a rebuild."""
        wanted, found = self.rebuilt(), self.workers.in_odoo(world.state)
        if (wanted.rows, wanted.digest) == (found.rows, found.digest):
            return []
        return [f"changes are missing: {found} instead of {wanted}"]

    def D1_changes_survive(self):
        """Leads are changed, the job that follows them up is killed, and run once more."""
        with self.check("D1 changed leads, the job that follows them up is killed") as faults:
            self.workers.in_odoo(world.reset)
            self.workers.run(self.scheduled)
            seen = 0
            for number in range(5):
                self.workers.in_odoo(lambda env, number=number: change(env, number, 60))
                seen += bool(self.compare())
                self.workers.in_odoo(world.reset_counter)
                pid = self.workers.start(self.scheduled)
                time.sleep(self.random.uniform(0, self.duration))
                self.workers.kill(pid)
                self.workers.in_odoo(world.reset_counter)
                self.workers.run(self.scheduled)
                faults += self.compare()
            if seen < 5:
                faults.append(f"the comparison saw {seen} of 5 changes that were open")

    def D3_changes_meanwhile(self):
        """Leads are changed all the time while the job runs again and again."""
        with self.check("D3 people change leads while the job runs") as faults:
            self.workers.in_odoo(world.reset)
            writers = [
                self.workers.start(lambda number=number: self.write_for_a_while(number))
                for number in range(WRITERS)
            ]
            for _run in range(3):
                self.workers.query("UPDATE ir_cron SET nextcall = '2020-01-01' WHERE active")
                self.workers.run(self.scheduled)
            codes = [self.workers.wait(pid) for pid in writers]
            if any(codes):
                faults.append(f"a person met an error: {codes}, see {self.workers.log}")
            self.workers.in_odoo(world.due)
            self.workers.run(self.scheduled)
            faults += self.compare()

    def write_for_a_while(self, number):
        """Change other leads than the other writers, in a transaction each."""
        stop, turn = time.monotonic() + SECONDS, 0
        while time.monotonic() < stop:
            turn += 1
            self.workers.in_odoo(
                lambda env, turn=turn: change(env, turn, 3, part=number, parts=WRITERS)
            )


def change(env, turn, count, part=0, parts=1):
    """Give leads another value, salesperson and outcome; a few at a time, others each turn."""
    env.cr.execute(
        """SELECT id FROM crm_lead WHERE name LIKE 'Drill %%' AND id %% %s = %s
           ORDER BY (id * 7919 + %s * 104729) %% 10007, id LIMIT %s""", [parts, part, turn, count],
    )
    leads = env["crm.lead"].with_context(tracking_disable=True, active_test=False).browse(
        lead_id for (lead_id,) in env.cr.fetchall()
    )
    third = len(leads) // 3
    leads[:third].expected_revenue = 1000 + turn
    leads[third:2 * third].user_id = env.ref("base.user_admin") if turn % 2 else False
    leads[2 * third:].write({"source_id": False})
