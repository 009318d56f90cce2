"""Runs the drills on a database made for them."""

import json

from ..console import say
from ..odoo import Odoo
from ..settings import ADDON, CHECKOUT
from ..template import clone
from . import requests


def run(settings, tally, kills=None, seed=None):
    """All drills, about two minutes.

    :param kills: how often the job is killed at a random moment
    :param seed: number that decides the moments; the same ones each time unless given
    """
    say("drills: the nightly job killed, doubled and cut off")
    odoo = Odoo(settings, settings.database("drill"))
    result = settings.logs / "drills.json"
    result.unlink(missing_ok=True)
    try:
        clone(odoo)
        odoo.call("-i", ADDON, "--stop-after-init", "--no-http",
                  log=settings.logs / f"{odoo.database}.install.log")
        update = odoo.command("-u", ADDON, "--stop-after-init", "--no-http", "--max-cron-threads=0")
        odoo.script(
            "drills", show=True, CRM_ROI_CHECKOUT=str(CHECKOUT), CRM_ROI_DRILL_RESULT=str(result),
            CRM_ROI_DRILL_LOGS=str(settings.logs), CRM_ROI_DRILL_SEED=str(seed or 19),
            CRM_ROI_DRILL_KILLS=str(kills or 30),
            CRM_ROI_DRILL_UPDATE=json.dumps(update),
        )
        counts = json.loads(result.read_text())
        tally.add(passed=counts["passed"], failed=counts["failed"])
        tally.faults += counts["faults"]
        requests.sessions_end(odoo, tally)
    finally:
        odoo.drop()
