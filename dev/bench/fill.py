"""Fill a fresh database with the benchmark's company."""

import time

from odoo import fields

from . import bulk, check, company, leads, messages, orders

TABLES = (
    "res_partner", "crm_lead", "sale_order", "sale_order_line", "mail_message",
    "mail_tracking_value",
)


def fill(env, count, say=print):
    """``count`` leads and a quarter as many orders over three years, until yesterday; committed.

    :param say: receives one line of progress at each step
    """
    today = fields.Date.today()
    started = time.monotonic()

    def done(what):
        say(f"  {what} after {time.monotonic() - started:.0f} s")

    company.create(env)
    company.number(env)
    with bulk.chance(env), bulk.without_indexes(env, *TABLES):
        partner = leads.fill(env, count, today, company.YEARS)
        done(f"{count:,} leads")
        orders.fill(env, count // 4, today, company.YEARS, partner)
        done(f"{count // 4:,} orders")
        messages.fill(env, today, partner)
        done("messages")
    done("indexes")
    env.invalidate_all()
    env.cr.commit()
    check.check(env)
    done("sample compared with Odoo's own computes")
