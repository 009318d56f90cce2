"""The template database: the addon's dependencies installed once, copied for every use."""

import ast
import hashlib

from .console import lock, say
from .odoo import Odoo
from .postgres import Postgres
from .settings import CHECKOUT
from . import debian, venv

EXTRA_MODULES = ()  # modules that tests want beside the dependencies


def manifest(folder=CHECKOUT):
    """The addon's manifest as a dictionary."""
    return ast.literal_eval((folder / "__manifest__.py").read_text())


def template_name(settings):
    """Name of the template; it changes with the dependencies and with Odoo itself."""
    odoo = settings.own_odoo or debian.odoo_stamp()
    words = [*sorted(manifest()["depends"]), *EXTRA_MODULES, str(odoo)]
    return "crm_roi_base_" + hashlib.sha256(" ".join(words).encode()).hexdigest()[:8]


def setup(settings, programs=False):
    """Everything up to a running PostgreSQL; seconds when it was done before.

    :param programs: the browser and PDF tool are needed, not just welcome.
    """
    settings.make_folders()
    debian.install_programs(required=programs)
    with lock(settings.cache / "setup.lock", "the environment"):
        if not settings.own_odoo:
            debian.ensure_odoo(settings)
        venv.ensure_venv(settings)
        Postgres(settings).ensure()


def ensure_template(settings):
    """Build the template database unless it exists, and return its name."""
    name = template_name(settings)
    with lock(settings.cache / "template.lock", "the template database"):
        if name in Postgres(settings).databases():
            return name
        modules = ",".join([*manifest()["depends"], *EXTRA_MODULES])
        say(f"building the template database with {modules} (about two minutes)")
        work = Odoo(settings, f"{name}_new")
        work.drop()
        work.call("-i", modules, "--stop-after-init", "--no-http", log=settings.logs / "template.log")
        work.postgres.sql(f'ALTER DATABASE "{work.database}" RENAME TO "{name}"')
        work.filestore().rename(work.filestore(name)) if work.filestore().exists() else None
    return name


def clone(settings, database):
    """A fresh copy of the template under the given name, ready for Odoo."""
    odoo = Odoo(settings, database)
    with lock(settings.cache / "template.lock", "the template database"):
        pass  # building it happens under the same lock
    template = ensure_template(settings)
    odoo.copy_from(template)
    return odoo
