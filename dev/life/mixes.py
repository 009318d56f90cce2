"""The addon in mixes of optional modules: installed after them, and before them.

    python3 -m dev lifecycle          a few mixes that show every pair of modules in all four ways
    python3 -m dev lifecycle --every  every mix

Each mix is a database of its own, copied from one that has a module less, so that no module is
installed more often than needed.
"""

import os
import re
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations, product

from .. import inventory
from ..console import say
from ..neighbours import OPTIONAL, ensure_neighbours_template
from ..odoo import Odoo
from ..odoo_log import read_log
from ..settings import ADDON, CHECKOUT
from ..template import ensure_template
from . import plan

# Slow ones first: a mix is made from another one by installing the last of its modules.
NAMES = (
    "sale_stock", "mass_mailing_crm", "project", "helpdesk_mgmt_rating", "survey", "crm_phonecall",
)
# What is ours. External ids of others on our models, such as of fields that they add to every
# thread, are theirs.
OURS = re.compile(
    r"^(?!\+ external ids: (?!crm_roi\.))"
    r".*crm[._](roi|kpi|customer_(panel|value|tier|month)|priority|stage[._]event)"
)


def _unseen(mixes):
    """Pairs of modules that are not together, apart or absent in some mix."""
    return [
        f"{one} {'with' if has_one else 'without'}, {other} {'with' if has_other else 'without'}"
        for one, other in combinations(NAMES, 2)
        for has_one, has_other in product((True, False), repeat=2)
        if not any((one in mix, other in mix) == (has_one, has_other) for mix in mixes)
    ]


class Mixes:
    """Databases of mixes and what is done in them.

    :param source: the tree of the addon that is installed.
    :param with_addon: database in which the addon is installed and nothing else.
    :param clean: inventory of a database with neither.
    :param leftovers: function of two inventories that gives what should not be left.
    """

    def __init__(self, settings, tally, source, with_addon, clean, leftovers):
        self.settings, self.tally, self.source = settings, tally, source
        self.with_addon, self.clean, self.leftovers = with_addon, clean, leftovers
        self.made = {}
        if set(NAMES) != set(OPTIONAL):
            raise SystemExit("the mixes and the optional modules are not the same")

    def run(self, every=False):
        """Try the mixes, two at a time on two cores.

        :param every: each mix; else those that show every pair of modules in all four ways.
        """
        started = time.monotonic()
        few = plan.covering_mixes(NAMES)
        with self.tally.check("H4 the mixes show every pair of modules in all four ways") as faults:
            faults += _unseen(few)
        mixes = plan.all_mixes(NAMES) if every else few[1:]
        # The modules come after the addon, and go before it, in these.
        later = few[1:] if every else [frozenset(NAMES)]
        say(f"{len(mixes)} mixes of {len(NAMES)} optional modules, {len(later)} both ways round")
        try:
            for size in range(len(NAMES) + 1):
                self._run_level([mix for mix in mixes if len(mix) == size], later, every)
        finally:
            for mix in list(self.made):
                self._drop(mix)
        say(f"mixes took {time.monotonic() - started:.0f} s")

    def _run_level(self, mixes, later, every):
        """Mixes of one size; those a size smaller have been made when every mix is tried."""
        with ThreadPoolExecutor(int(os.environ.get("CRM_ROI_JOBS") or os.cpu_count())) as pool:
            for mix, fault in zip(mixes, pool.map(self._make, mixes), strict=True):
                if fault:
                    self.tally.record(f"H4 {self._words(mix)}: can be installed", fault)
            jobs = [(self._after, mix) for mix in mixes]
            jobs += [(self._before, mix) for mix in mixes if mix in later]
            for result in pool.map(lambda job: job[0](job[1]), jobs):
                self.tally.record(*result)
        # The next larger ones are made from these when every mix is tried.
        for mix in self.made.keys() - set(mixes if every else ()):
            self._drop(mix)

    @staticmethod
    def _words(mix):
        return ", ".join(name for name in NAMES if name in mix) or "nothing else"

    def _odoo(self, purpose, mix):
        bits = "".join(str(int(name in mix)) for name in NAMES)
        return Odoo(self.settings, f"{self.settings.database('life')}_{purpose}{bits}", self.source)

    # -- databases ----------------------------------------------------------------------------

    def _make(self, mix):
        """A database with these modules and without the addon; a list of faults."""
        odoo = self._odoo("mix", mix)
        smaller = plan.parent(mix, NAMES) if mix else None
        try:
            if len(mix) == len(NAMES):
                odoo.copy_from(ensure_neighbours_template(self.settings))
            elif smaller in self.made:
                odoo.copy_from(self.made[smaller].database)
                self._install(odoo, mix - smaller)
            else:
                odoo.copy_from(ensure_template(self.settings))
                self._install(odoo, mix)
        except SystemExit as stop:
            return [str(stop)]
        self.made[mix] = odoo
        return []

    def _install(self, odoo, names):
        if names:
            log = self.settings.logs / f"{odoo.database}.log"
            odoo.call("-i", ",".join(names), "--stop-after-init", "--no-http", log=log)

    def _drop(self, mix):
        self.made.pop(mix).drop()

    # -- what is done in them -----------------------------------------------------------------

    def _after(self, mix):
        """The addon comes to these modules, is used and goes."""
        def check(odoo):
            before = inventory.take(odoo.postgres, self.made[mix].database)
            faults = self._steps(
                odoo, self.made[mix].database,
                f"install:{ADDON}", "use", "look", f"remove:{ADDON}",
            )
            after = inventory.take(odoo.postgres, odoo.database)
            return faults + self.leftovers(before, after)

        return self._timed(f"H4 beside {self._words(mix)}", "after", mix, check)

    def _before(self, mix):
        """These modules come to the addon and go again; then the addon goes, too."""
        def check(odoo):
            apps = {OPTIONAL[name] for name in mix}
            update = [f"update:{ADDON}"] if len(mix) == len(NAMES) else []
            faults = self._steps(
                odoo, self.with_addon, f"install:{','.join(sorted(mix))}", *update,
                "work", "look", f"remove:{','.join(sorted(apps))}", "work", "look",
                f"remove:{ADDON}",
            )
            left = self.leftovers(self.clean, inventory.take(odoo.postgres, odoo.database))
            return faults + [line for line in left if OURS.search(line)]

        return self._timed(f"H4 before {self._words(mix)}, which go", "before", mix, check)

    def _timed(self, name, purpose, mix, check):
        started = time.monotonic()
        odoo = self._odoo(purpose, mix)
        try:
            faults = check(odoo) if mix in self.made else ["no database"]
        except SystemExit as stop:  # a command inside failed and has said why
            faults = [str(stop)]
        finally:
            odoo.drop()
        return name, faults, time.monotonic() - started

    def _steps(self, odoo, template, *steps):
        """Do these steps in a copy of a database; a list of what was logged."""
        odoo.copy_from(template)
        log = self.settings.logs / f"{odoo.database}.steps.log"
        log.write_text(odoo.script(
            "mix", CRM_ROI_CHECKOUT=str(CHECKOUT), CRM_ROI_STEPS=" ".join(steps),
        ))
        return read_log(log).problems
