"""Drills of lead scoring: the job killed, and people who save the same lead meanwhile."""

import os
import time

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.service.model import retrying

from .base import NightDrill

SCORES = """SELECT COUNT(*), md5(string_agg(concat_ws(',', id, lead_score_fit,
                lead_score_engagement, lead_score, lead_grade, is_hot), ';' ORDER BY id))
            FROM crm_lead WHERE lead_score IS NOT NULL"""
SAVES = 30


class Scoring(NightDrill):
    """The scoring job among kills and people at work."""

    def scoring(self):
        """What the scheduled action of scoring does."""
        self.workers.in_odoo(lambda env: env["crm.lead.score.set"]._run_scoring())

    def B11_scoring_killed(self):
        """Killed at random moments, scoring goes on where it stopped and ends the same."""
        kills = max(self.kills // 3, 3)
        with self.check(f"B11 scoring killed {kills} times at random moments") as faults:
            self.workers.in_odoo(_forget_scores)
            started = time.monotonic()
            self.workers.run(self.scoring)
            duration = time.monotonic() - started
            expected = self.workers.query(SCORES)
            if expected[0][0] < 1000:
                faults.append(f"{expected[0][0]} scored leads prove little")
            self.workers.in_odoo(_forget_scores)
            for _kill in range(kills):
                pid = self.workers.start(self.scoring)
                time.sleep(self.random.uniform(0, duration / 2))
                self.workers.kill(pid)
            self.workers.wait_for_backends()
            self.workers.run(self.scoring)
            if self.workers.query(SCORES) != expected:
                faults.append(f"scores differ: {self.workers.query(SCORES)}, not {expected}")

    def B9_saved_meanwhile(self):
        """Two people save the same lead again and again while it is scored: nobody fails."""
        with self.check("B9 two people save the same lead while it is scored") as faults:
            lead_id = self.workers.query(
                "SELECT MAX(id) FROM crm_lead WHERE active AND won_status = 'pending'"
            )[0][0]
            self.workers.in_odoo(_forget_scores)
            pids = [self.workers.start(lambda: self._save(lead_id)) for _person in range(2)]
            pids.append(self.workers.start(self.scoring))
            codes = [self.workers.wait(pid) for pid in pids]
            if any(codes):
                faults.append(f"workers ended with {codes}, see {self.workers.log}")
            self.workers.run(self.scoring)
            before = self.workers.query(SCORES)
            self.workers.in_odoo(lambda env: env["crm.lead.score.engine"]._score_leads([lead_id]))
            if self.workers.query(SCORES) != before:
                faults.append("the score is not that of the last values saved")

    def _save(self, lead_id):
        registry = Registry(self.workers.database)
        for number in range(SAVES):
            with registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
                amount = 1_000 * (number + os.getpid() % 7)
                retrying(
                    lambda env=env, amount=amount: env["crm.lead"].browse(lead_id).write(
                        {"expected_revenue": amount}
                    ), env,
                )


def _forget_scores(env):
    env.cr.execute("""UPDATE crm_lead SET lead_score = NULL, lead_score_fit = NULL,
        lead_score_engagement = NULL, lead_grade = NULL, is_hot = NULL, lead_score_date = NULL""")
    env["crm.lead.score.set"].search([("state", "=", "live")])._start_pass()
