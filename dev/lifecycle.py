"""Install, use, update, uninstall and reinstall the addon, and compare the whole database.

Each step is a check that counts. What a module may leave behind is listed in
dev/lifecycle_allowlist.txt with the reason; everything else is a fault.
"""

import re

from . import inventory
from .console import say
from .life.mixes import Mixes
from .odoo import Odoo
from .odoo_log import read_log
from .settings import ADDON, CHECKOUT, DEV
from .template import clone
from .testing import export

ALLOWED = DEV / "lifecycle_allowlist.txt"


def allowed_leftovers():
    """Patterns of inventory lines that are no fault of the addon."""
    lines = (line.strip() for line in ALLOWED.read_text().splitlines())
    return [re.compile(line) for line in lines if line and not line.startswith("#")]


def leftovers(before, after):
    """What an uninstall should have removed, or should not have: list of texts."""
    allowed = allowed_leftovers()
    found = inventory.differences(before, after)
    return [line for line in found if not any(pattern.search(line) for pattern in allowed)]


class Drill:
    """One database that lives through the steps."""

    def __init__(self, settings, tally, name="life"):
        self.odoo = Odoo(settings, settings.database(name), export(settings))
        self.tally = tally
        self.logs = settings.logs

    def step(self, name, *words):
        """Run Odoo once; fails when it fails or logs something that it should not."""
        log = self.logs / f"{self.odoo.database}.{re.sub(r'[^a-z0-9]+', '_', name)}.log"
        with self.tally.check(name) as faults:
            self.odoo.call(*words, "--stop-after-init", "--no-http", log=log)
            faults += read_log(log).problems

    def script_step(self, name, script):
        """Run a shell script; whatever it prints as a log record is a fault."""
        log = self.logs / f"{self.odoo.database}.{script}.log"
        with self.tally.check(name) as faults:
            log.write_text(self.odoo.script(script, CRM_ROI_CHECKOUT=str(CHECKOUT)))
            faults += read_log(log).problems

    def inventory(self):
        """Inventory of the database now."""
        return inventory.take(self.odoo.postgres, self.odoo.database)

    def hashes(self):
        """Fingerprints of all rows now."""
        return inventory.hashes(self.odoo.postgres, self.odoo.database)


def run(settings, tally, every=False):
    """All life-cycle checks.

    :param every: each mix of the optional modules, which takes long; else a few of them.
    """
    say("life cycle on a clean database")
    drill = Drill(settings, tally)
    try:
        clone(drill.odoo)
        clean = whole_life(drill)
        with_addon = drill.odoo.database
        Mixes(settings, tally, drill.odoo.source, with_addon, clean, leftovers).run(every)
        if every:
            beside_demo_data(drill)
    finally:
        drill.odoo.drop()


def beside_demo_data(drill):
    """Install where Odoo's own demo data is; and all of it in one go, from an empty database."""
    drill.odoo.drop()
    drill.step("H4 install with demo data on an empty database", "-i", ADDON, "--with-demo")
    drill.script_step("H4 use it beside demo data", "use")
    drill.script_step("H1 uninstall beside demo data", "uninstall")


def whole_life(drill):
    """Install, use, update twice, uninstall, install again; the inventory of before it all."""
    tally, install, update = drill.tally, ("-i", ADDON), ("-u", ADDON)
    clean = drill.inventory()
    drill.step("H4 install on a clean database", *install)
    installed = drill.inventory()
    with tally.check("the inventory sees the addon (negative control)") as faults:
        if not any("crm_roi" in line for line in leftovers(clean, installed)):
            faults.append("no difference between a database without and with the addon")
    drill.script_step("use it: leads, orders, two nights, saved filters, settings", "use")
    used, with_kpis = drill.hashes(), drill.inventory()
    drill.step("H3 update", *update)
    once = drill.hashes()
    drill.step("H3 update again", *update)
    with tally.check("H3 an update changes no row of the addon's or the CRM's data") as faults:
        faults += inventory.changed_tables(_data_only(used), _data_only(once))
    with tally.check("H3 the second update changes no row of any table") as faults:
        faults += inventory.changed_tables(once, drill.hashes())
    with tally.check("H3 updates leave the structure as installation and use made it") as faults:
        faults += [line for line in leftovers(with_kpis, drill.inventory())
                   if line.startswith(STRUCTURE)]
    drill.script_step("H2 an uninstall while a job runs is refused", "busy")
    drill.script_step("H1 uninstall", "uninstall")
    with tally.check("H1 nothing is left of it") as faults:
        faults += leftovers(clean, drill.inventory())
    drill.step("H3 install again", *install)
    with tally.check("H3 the second installation equals the first") as faults:
        faults += leftovers(installed, drill.inventory())
    return clean


STRUCTURE = tuple(
    f"{sign} {part}:" for sign in "+-"
    for part in ("tables", "columns", "indexes", "constraints", "functions", "triggers", "types")
)


def _data_only(hashes):
    """The tables of business data; Odoo rewrites its own ir_ tables at every update."""
    prefixes = ("crm_", "sale_", "res_", "utm_", "mail_message", "product_")
    return {name: text for name, text in hashes.items() if name.startswith(prefixes)}
