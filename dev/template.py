"""The template database: the addon's dependencies installed once, copied for every use."""

import ast

from .console import lock, say
from .debian import ensure_odoo
from .odoo import Odoo
from .postgres import Postgres
from .programs import ensure_programs
from .settings import ADDON, CHECKOUT, NEIGHBOURS_LOCK, fingerprint
from .venv import ensure_neighbours, ensure_venv


def manifest(folder=CHECKOUT):
    """The addon's manifest as a dictionary."""
    return ast.literal_eval((folder / "__manifest__.py").read_text())


def template_name(settings):
    """Name of the template; it changes with the dependencies, with Odoo itself and with the
    neighbours, which stand in its list of modules."""
    odoo = settings.own_odoo or settings.odoo_root.name
    neighbours = NEIGHBOURS_LOCK.read_bytes()
    return f"{ADDON}_base_" + fingerprint(*sorted(manifest()["depends"]), odoo, neighbours)


def setup(settings, programs=False):
    """Everything up to a running PostgreSQL; a second when it was done before.

    :param programs: the browser and the PDF printer are needed, not just welcome.
    """
    settings.make_folders()
    with lock(settings.cache / "setup.lock", "the environment"):
        ensure_programs(required=programs)
        if not settings.own_odoo:
            ensure_odoo(settings)
        ensure_venv(settings)
        ensure_neighbours(settings)
        Postgres(settings).ensure()


def ensure_template(settings):
    """Build the template database unless it exists, and return its name."""
    name = template_name(settings)
    with lock(settings.cache / "template.lock", "the template database"):
        if name not in Postgres(settings).databases():
            modules = ",".join(manifest()["depends"])
            say(f"building the template database with {modules} (about a minute)")
            work = Odoo(settings, f"{name}_new")
            work.drop()
            words = ("-i", modules, "--stop-after-init", "--no-http")
            work.call(*words, log=settings.logs / "template.log")
            say("preparing the web client's files")
            work.script("assets")
            work.filestore().rename(work.filestore(name))
            work.postgres.sql(f'ALTER DATABASE "{work.database}" RENAME TO "{name}"')
    return name


def clone(odoo):
    """Make the database of this Odoo a fresh copy of the template."""
    template = ensure_template(odoo.settings)
    say(f"copying the template to {odoo.database}")
    odoo.copy_from(template)
