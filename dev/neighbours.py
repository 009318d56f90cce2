"""Real neighbours: addons that ours joins when they are there, and a template that has them all."""

import shutil

from .console import lock, say
from .odoo import Odoo
from .settings import NEIGHBOURS_LOCK, fingerprint
from .template import ensure_template, template_name

# The optional modules, those of Odoo and those of the lock file, each with the app that it belongs
# to and goes with; each may be there or not.
OPTIONAL = {
    "survey": "survey", "mass_mailing_crm": "mass_mailing", "project": "project",
    "sale_stock": "stock", "helpdesk_mgmt_rating": "helpdesk_mgmt",
    "crm_phonecall": "crm_phonecall",
}
TAG = "neighbours"


def clone_beside(odoo):
    """Make the database of this Odoo a copy of the template with all neighbours installed."""
    template = ensure_neighbours_template(odoo.settings)
    say(f"copying the template with neighbours to {odoo.database}")
    odoo.copy_from(template)


def ensure_neighbours_template(settings):
    """Build the template with all neighbours unless it exists, and return its name."""
    words = fingerprint(template_name(settings), NEIGHBOURS_LOCK.read_bytes(), *OPTIONAL)
    name = f"{TAG}_{words}"
    base = ensure_template(settings)
    with lock(settings.cache / "template.lock", "the template database"):
        work = Odoo(settings, f"{name}_new")
        if name not in work.postgres.databases():
            say(f"building the template with {', '.join(OPTIONAL)} (about two minutes)")
            work.copy_from(base)
            words = ("-i", ",".join(OPTIONAL), "--stop-after-init", "--no-http")
            work.call(*words, log=settings.logs / "neighbours_template.log")
            work.script("assets")
            shutil.rmtree(work.filestore(name), ignore_errors=True)
            work.filestore().rename(work.filestore(name))
            work.postgres.sql(f'ALTER DATABASE "{work.database}" RENAME TO "{name}"')
    return name
