"""Databases of the benchmark: one filled without the addon and kept, and copies of it."""

from ..console import say
from ..odoo import Odoo
from ..settings import ADDON, CHECKOUT, DEV, fingerprint
from ..template import clone, template_name

TABLES = (
    "res_partner, res_users, crm_team, crm_team_member, crm_lead, crm_stage_event, sale_order, "
    "sale_order_line, mail_message, mail_tracking_value"
)
GENERATOR = ("bulk", "company", "leads", "orders", "messages", "fill")


def filled(settings, count):
    """Odoo on the database with ``count`` leads and without the addon, built when it is missing."""
    odoo = Odoo(settings, _name(settings, count))
    if odoo.exists():
        return odoo
    say(f"building a database with {count:,} leads; it is kept for the next run")
    work = Odoo(settings, f"{odoo.database}_new")
    clone(work)
    work.script("bench_fill", show=True, BENCH_CHECKOUT=str(CHECKOUT), BENCH_LEADS=str(count))
    vacuum(work)
    work.filestore().rename(odoo.filestore())
    work.postgres.sql(f'ALTER DATABASE "{work.database}" RENAME TO "{odoo.database}"')
    return odoo


def vacuum(odoo):
    """What a server's autovacuum would have done by the next morning."""
    tables = TABLES.split(", ")
    found = odoo.postgres.sql("SELECT tablename FROM pg_tables", odoo.database).split()
    known = ", ".join(table for table in tables if table in found)
    odoo.postgres.sql(f"VACUUM ANALYZE {known}", odoo.database)


def copy(odoo, purpose):
    """Odoo on a copy of this database."""
    copied = Odoo(odoo.settings, f"{odoo.database}_{purpose}")
    say(f"copying {odoo.database}")
    copied.copy_from(odoo.database)
    return copied


def forget(settings):
    """Remove all databases of the benchmark."""
    postgres = Odoo(settings, "postgres").postgres
    for name in postgres.databases():
        if name.startswith(f"{ADDON}_bench_"):
            Odoo(settings, name).drop()


def _name(settings, count):
    sources = [(DEV / "bench" / f"{name}.py").read_bytes() for name in GENERATOR]
    return f"{ADDON}_bench_{count}_{fingerprint(template_name(settings), *sources)}"
