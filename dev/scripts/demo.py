"""Odoo shell script: load the demo story and take last night's snapshot."""

import sys
import time
from pathlib import Path

from odoo.modules import get_module_path


def show(*words):
    """Progress of the loader: a line that replaces itself on a terminal."""
    text = " ".join(str(word) for word in words)
    print(f"\r  {text:<70}" if sys.stdout.isatty() else f"  {text}", flush=True,
          end="" if sys.stdout.isatty() else "\n")


def load_story(env):
    """Load the story when the addon ships one."""
    if not Path(get_module_path("crm_roi"), "demo", "loader.py").exists():
        print("  the addon has no demo story yet")
        return
    from odoo.addons.crm_roi.demo import loader

    loader.load(env, progress=show)
    print(flush=True)


def run_nightly(env):
    """Run the scheduled actions of the addon once, as the night would."""
    names = env["ir.model.data"].search([("module", "=", "crm_roi"), ("model", "=", "ir.cron")])
    for cron in env["ir.cron"].browse(names.mapped("res_id")).exists():
        print(f"  {cron.name}", flush=True)
        cron.method_direct_trigger()
    env.cr.commit()


started = time.monotonic()
load_story(env)
env.cr.commit()
print(f"  story loaded in {time.monotonic() - started:.0f} s", flush=True)
run_nightly(env)
