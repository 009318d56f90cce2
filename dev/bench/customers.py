"""The nightly action of customers: a million partners and 300,000 orders, unless told otherwise."""

from odoo.tools import SQL

from .clock import clock

PARTNERS, ORDERS = 1_000_000, 300_000


def measure(env, partners=PARTNERS, orders=ORDERS):
    """Make a company with these customers and compute them: with a fit, and as most nights.

    :returns: dictionary: ``first`` and ``again`` (lists of one run), ``customers`` and ``partners``
    """
    company = _fill(env, partners, orders)
    env.cr.commit()
    Value = env["crm.customer.value"]
    today = company._kpi_today(company._kpi_timezone())
    runs = []
    for refit in (True, False):
        with clock(env.cr, memory=True) as run:
            Value._refresh_company(company, today, refit)
            env.cr.commit()
        runs.append(run)
    env.cr.execute(SQL(
        "SELECT COUNT(*) FROM crm_customer_value WHERE company_id = %s", company.id))
    return {"first": runs[:1], "again": runs[1:], "customers": env.cr.fetchone()[0],
            "partners": partners, "orders": orders}


def _fill(env, partners, orders):
    """Partners, of whom some buy often and most never, and five years of orders."""
    company = env["res.company"].create({"name": "Bench Customers"})
    env.cr.execute(SQL(
        """INSERT INTO res_partner (name, complete_name, active, is_company, create_date,
                                    autopost_bills)
           SELECT 'Bench ' || n, 'Bench ' || n, TRUE, TRUE, now(), 'ask'
           FROM generate_series(1, %s) n""", partners,
    ))
    env.cr.execute("""UPDATE res_partner SET commercial_partner_id = id
                      WHERE commercial_partner_id IS NULL AND name LIKE 'Bench %'""")
    env.cr.execute("SELECT MIN(id) FROM res_partner WHERE name LIKE 'Bench %'")
    first = env.cr.fetchone()[0]
    env.cr.execute(SQL(
        """INSERT INTO sale_order (name, state, partner_id, partner_invoice_id,
                  partner_shipping_id, company_id, currency_id, currency_rate, date_order,
                  net_revenue, amount_untaxed, net_margin)
           SELECT 'B' || n, 'sale', who.id, who.id, who.id, %(company)s, %(currency)s, 1,
                  now() AT TIME ZONE 'UTC' - (n::bigint * 7919 %% 1825) * interval '1 day',
                  50 + n %% 950, 50 + n %% 950, 0.4 * (50 + n %% 950)
           FROM generate_series(1, %(orders)s) n,
                LATERAL (SELECT %(first)s + floor(%(crowd)s
                         * ((n::bigint * 104729 %% 1000003) / 1000003.0) ^ 2)::int AS id) who""",
        company=company.id, currency=company.currency_id.id, orders=orders, first=first,
        crowd=partners // 5,
    ))
    env.cr.execute("ANALYZE res_partner; ANALYZE sale_order")
    return company
