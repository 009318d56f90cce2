"""Gives every record its day in the past, and refreshes the figures that depend on it.

`create_date` cannot be written by the ORM, so this is one UPDATE per table over arrays.
"""

from datetime import datetime, time, timedelta

from odoo.tools import SQL

from . import world
from .clock import month_after


def back_date_records(loading):
    """Before anything is said about them: who answered first is measured from these dates."""
    loading.env.flush_all()
    _partners(loading)
    _leads(loading)
    _orders(loading)
    loading.env.invalidate_all()


def back_date_talk(loading):
    env = loading.env
    env.flush_all()
    _messages(loading)
    _activities(loading)
    _people(loading)
    _nothing_to_send(env)
    env.invalidate_all()


def _set_dates(env, table, rows, more=None):
    """One UPDATE for a table; `rows` are (id, created, id of the creating user or None)."""
    if not rows:
        return
    ids, dates, users = (list(column) for column in zip(*rows, strict=True))
    env.cr.execute(SQL(
        """UPDATE %(table)s AS t
              SET create_date = d.at, write_date = d.at,
                  create_uid = COALESCE(d.uid, t.create_uid),
                  write_uid = COALESCE(d.uid, t.write_uid)%(more)s
             FROM unnest(%(ids)s::int[], %(dates)s::timestamp[], %(users)s::int[])
                  AS d(id, at, uid)
            WHERE t.id = d.id""",
        table=SQL.identifier(table), ids=ids, dates=dates, users=users, more=more or SQL()))


def _uid(loading, login):
    return loading.users[login].id if login else None


def _partners(loading):
    """A firm is known since its first enquiry, quotation, or longer."""
    plan, first = loading.plan, {}
    for key, at in ([(deal.customer.key, deal.created) for deal in plan.deals]
                    + [(order.customer.key, order.quoted) for order in plan.orders]):
        first[key] = min(at, first.get(key, at))
    known = {customer.key: (min(customer.known_since, first[customer.key]),
                            _uid(loading, customer.rep)) for customer in plan.customers}
    rows = [(partner.id, *known[key]) for key, partner in loading.partners.items()]
    rows += [(person.id, *known[key]) for (key, _mail), person in loading.contacts.items()]
    _set_dates(loading.env, "res_partner", rows)


def _leads(loading):
    """What a salesperson entered himself is his; the rest came in through forms and mail."""
    rows = [(loading.leads[deal.key].id, deal.created,
             _uid(loading, deal.rep) if deal.born == "opportunity" else None)
            for deal in loading.plan.deals]
    _set_dates(loading.env, "crm_lead", rows, SQL(
        """, day_open = ABS(FLOOR(EXTRACT(EPOCH FROM t.date_open - d.at) / 86400)),
             day_close = ABS(FLOOR(EXTRACT(EPOCH FROM t.date_closed - d.at) / 86400))"""))


def _orders(loading):
    """An order was written when it was quoted; its lines and invoices follow it."""
    env, plan = loading.env, loading.plan
    _set_dates(env, "sale_order", [
        (loading.orders[order.key].id, order.quoted, _uid(loading, order.rep))
        for order in plan.orders])
    env.cr.execute(SQL(
        """UPDATE sale_order_line AS line
              SET create_date = o.create_date, write_date = o.write_date,
                  create_uid = o.create_uid, write_uid = o.write_uid
             FROM sale_order AS o
            WHERE line.order_id = o.id AND o.id = ANY(%s)""",
        [order.id for order in loading.orders.values()]))
    env.cr.execute(SQL(
        """UPDATE sale_order SET validity_date = (create_date + interval '30 days')::date
            WHERE id = ANY(%s) AND state IN ('draft', 'sent', 'cancel')""",
        [order.id for order in loading.orders.values()]))
    env.cr.execute(SQL(
        """UPDATE account_move SET create_date = invoice_date + time '10:00',
                                   write_date = invoice_date + time '10:00'
            WHERE invoice_date IS NOT NULL AND company_id = ANY(%s)""",
        [company.id for company in loading.companies.values()]))
    env.cr.execute(SQL(
        """UPDATE mail_message AS m SET date = r.create_date
             FROM account_move AS r WHERE m.model = 'account.move' AND m.res_id = r.id"""))
    returned = [order for order in plan.orders if order.refund]
    env.cr.execute(SQL(
        """UPDATE mail_message AS m SET date = d.at
             FROM unnest(%s::int[], %s::timestamp[]) AS d(id, at)
            WHERE m.model = 'sale.order' AND m.res_id = d.id""",
        [loading.orders[order.key].id for order in returned],
        [datetime.combine(order.refunded_at, time(10)) for order in returned]))


def _messages(loading):
    """Messages and tracked changes were written when they happened, by their author."""
    leads = {deal.merged_at: loading.leads[deal.key].id
             for deal in loading.plan.deals if deal.merged_at}
    cr = loading.env.cr
    if leads:  # Odoo has just logged the merges, with today's date
        cr.execute(SQL(
            """UPDATE mail_message AS m SET date = d.at
                 FROM unnest(%s::int[], %s::timestamp[]) AS d(id, at)
                WHERE m.model = 'crm.lead' AND m.res_id = d.id
                  AND m.message_id NOT LIKE '<story-%%'""",
            list(leads.values()), list(leads)))
    cr.execute(SQL(
        """UPDATE mail_message AS m
              SET create_date = m.date, write_date = m.date,
                  create_uid = COALESCE(u.id, m.create_uid)
             FROM mail_message AS self LEFT JOIN res_users AS u ON u.partner_id = self.author_id
            WHERE self.id = m.id AND m.model IN ('crm.lead', 'sale.order', 'account.move')"""))
    cr.execute(SQL(
        """UPDATE mail_tracking_value AS v
              SET create_date = m.date, write_date = m.date, create_uid = m.create_uid
             FROM mail_message AS m
            WHERE v.mail_message_id = m.id AND m.model = 'crm.lead'"""))


def _activities(loading):
    """Activities and meetings were planned a few days before they were due."""
    cr = loading.env.cr
    now = datetime.combine(loading.plan.today, time())
    cr.execute(SQL(
        """UPDATE mail_activity
              SET create_date = LEAST(date_deadline - interval '3 days', %s),
                  create_uid = user_id
            WHERE res_model = 'crm.lead' AND user_id IS NOT NULL""", now))
    cr.execute(SQL(
        """UPDATE calendar_event
              SET create_date = LEAST(start - interval '6 days', %s), create_uid = user_id
            WHERE opportunity_id IS NOT NULL AND user_id IS NOT NULL""", now))


def _people(loading):
    """Teams and users have been there since before the story, or since they joined."""
    plan = loading.plan
    old = datetime.combine(plan.start, time()) - timedelta(days=400)
    rows = []
    for login, user in loading.users.items():
        rep = world.REPS.get(login)
        joined = month_after(plan.today, -rep.months) if rep and rep.months else None
        rows.append((user.id, datetime.combine(joined, time(7)) if joined else old, None))
    _set_dates(loading.env, "res_users", rows)
    _set_dates(loading.env, "crm_team", [
        (team.id, old, None) for team in loading.teams.values()])


def _nothing_to_send(env):
    """No message of the story may leave the database, whatever was queued on the way."""
    env["mail.mail"].search([("state", "=", "outgoing")]).write({"state": "cancel"})


def refresh_figures(loading):
    """Odoo's own predictions, and the stored figures of this addon, from the dated records."""
    env, plan = loading.env, loading.plan
    env["ir.config_parameter"].set_param("crm.pls_start_date", str(month_after(plan.start, -8)))
    Lead = env["crm.lead"]
    Lead._rebuild_pls_frequency_table()
    Lead.search([("won_status", "=", "pending"), ("active", "=", True)])._compute_probabilities()
    env.flush_all()
    leads = Lead.browse(lead.id for lead in loading.leads.values())
    orders = env["sale.order"].browse(order.id for order in loading.orders.values())
    for records in (leads, orders):
        for name in ("_kpi_recompute_sql", "_kpi_mark_dirty"):
            if hasattr(records, name):
                getattr(records, name)()
    env["crm.stage.event.writer"]._rebuild(leads.ids)
    env.invalidate_all()
