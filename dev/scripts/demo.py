"""Odoo shell script: load the demo story, take last night's snapshot, compute the studies."""

import sys
import time
from pathlib import Path

from odoo.modules import get_module_path


def progress_bar():
    """A function of (fraction, text): one line on a terminal, a line for each text elsewhere."""
    last = [""]

    def show(fraction, text=""):
        filled = int(30 * fraction)
        line = f"  [{'#' * filled}{'.' * (30 - filled)}] {fraction:4.0%} {text}"
        if sys.stdout.isatty():
            print(f"\r{line:<78}", end="", flush=True)
        elif text != last[0]:
            print(line, flush=True)
        last[0] = text

    return show


def load_story(env):
    """Load the story when the addon ships one; return it."""
    if not Path(get_module_path("crm_roi"), "demo", "loader.py").exists():
        print("  the addon has no demo story yet")
        return None
    from odoo.addons.crm_roi.demo import loader

    plan = loader.load(env, progress=progress_bar())
    print(flush=True)
    return plan


def load_studies(env, plan):
    """What reads the night's figures: studies, back-test, what goes with winning, targets, kits."""
    from odoo.addons.crm_roi.demo import (
        load_kits,
        load_priority,
        load_proof,
        load_targets,
        load_telling,
        load_winning,
    )
    from odoo.addons.crm_roi.demo import load_studies as studies

    print("  studies", flush=True)
    studies.load_studies(env, plan)
    load_proof.load_proof(env, plan)
    load_priority.load_priority(env)
    load_winning.load_winning(env, plan)
    load_targets.load_targets(env, plan)
    load_telling.load_telling(env, plan)
    load_kits.load_kits(env, plan)
    env.cr.commit()


def run_nightly(env):
    """Run the scheduled actions of the addon once, as the night would."""
    names = env["ir.model.data"].search([("module", "=", "crm_roi"), ("model", "=", "ir.cron")])
    nightly = env.ref("crm_roi.ir_cron_kpi_nightly")
    # What the others read is measured first.
    for cron in nightly | env["ir.cron"].browse(names.mapped("res_id")).exists():
        print(f"  {cron.name}", flush=True)
        run_to_the_end(env, cron)
    env.cr.commit()


def run_to_the_end(env, cron, passes=60):
    """Run a scheduled action until nothing remains: Odoo cuts it after ten seconds."""
    for _pass in range(passes):
        cron.method_direct_trigger()
        # The action ran in a transaction of its own.
        env.cr.commit()
        last = env["ir.cron.progress"].search([("cron_id", "=", cron.id)], order="id desc", limit=1)
        if not last.remaining:
            break


def load_tickets(env, plan):
    """A year of support, when a helpdesk is installed beside."""
    from odoo.addons.crm_roi.demo import load_tickets as tickets

    tickets.load_tickets(env, plan)
    env.cr.commit()


def load_open_tickets(env):
    """Tickets of today, raised by what the night has found."""
    from odoo.addons.crm_roi.demo import load_tickets as tickets

    tickets.load_open_tickets(env)
    env.cr.commit()


started = time.monotonic()
plan = load_story(env)
if plan:
    load_tickets(env, plan)
# nobody wants a chat robot's greeting over the first page
env["res.users"].search([]).odoobot_state = "disabled"
env.cr.commit()
print(f"  story loaded in {time.monotonic() - started:.0f} s", flush=True)
run_nightly(env)
if plan:
    load_studies(env, plan)
    load_open_tickets(env)
