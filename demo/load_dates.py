"""Gives every record its day in the past, and refreshes the figures that depend on it.

`create_date` cannot be written by the ORM, so this is one UPDATE per table over arrays.
"""

from datetime import datetime, time, timedelta

from odoo.tools import SQL

from . import world
from .load_base import joined_on


def back_date(loading):
    env = loading.env
    env.flush_all()
    _partners(loading)
    _leads(loading)
    _orders(loading)
    _messages(loading)
    _activities(loading)
    _people(loading)
    _nothing_to_send(env)
    env.invalidate_all()


def _set_dates(loading, table, rows, *assignments):
    """One UPDATE: rows are (id, created, creating user id)."""
    if not rows:
        return
    ids, dates, users = (list(column) for column in zip(*rows, strict=True))
    loading.env.cr.execute(SQL(
        """UPDATE %(table)s AS t
              SET create_date = d.at, write_date = GREATEST(d.at, %(updated)s),
                  create_uid = COALESCE(d.uid, t.create_uid)%(more)s
             FROM unnest(%(ids)s::int[], %(dates)s::timestamp[], %(users)s::int[])
                  AS d(id, at, uid)
            WHERE t.id = d.id""",
        table=SQL.identifier(table), ids=ids, dates=dates, users=users, updated=SQL("d.at"),
        more=SQL("").join(SQL(", %s", assignment) for assignment in assignments)))


def _uid(loading, login):
    return loading.users[login].id if login else None


def _partners(loading):
    plan = loading.plan
    first = {}
    for what in (*plan.deals, *plan.orders):
        at = getattr(what, "created", None) or what.quoted
        first[what.customer.key] = min(at, first.get(what.customer.key, at))
    rows = []
    for customer in plan.customers:
        at = min(customer.known_since, first[customer.key])
        rows.append((loading.partners[customer.key].id, at, _uid(loading, customer.rep)))
        rows += [(person.id, at, _uid(loading, customer.rep))
                 for (key, _mail), person in loading.by_customer(customer.key)]
    _set_dates(loading, "res_partner", rows)


def _leads(loading):
    plan, env = loading.plan, loading.env
    env["crm.lead"]._kpi_mark_dirty() if hasattr(env["crm.lead"], "_kpi_mark_dirty") else None
    rows = [(loading.leads[deal.key].id, deal.created,
             _uid(loading, deal.rep) if deal.born == "opportunity" else None)
            for deal in plan.deals]
    _set_dates(
        loading, "crm_lead", rows,
        SQL("day_open = ABS(EXTRACT(DAY FROM t.date_open - d.at))"),
        SQL("day_close = ABS(EXTRACT(DAY FROM t.date_closed - d.at))"))
