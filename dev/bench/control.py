"""The same sums in SQL written by hand, to compare with: how fast it can be, and what is right.

Nothing here is taken from the addon's engine: domains, time zones and grouping are spelt out from
the definitions of the KPIs.
"""

from odoo.tools import SQL

LEAD_SUMS = {
    "lead_count": "COUNT(*)",
    "lead_to_qualify_count": "COUNT(*) FILTER (WHERE type = 'lead' OR date_conversion IS NOT NULL)",
    "lead_qualified_count":
        "COUNT(*) FILTER (WHERE type = 'opportunity' AND date_conversion IS NOT NULL)",
    "lead_won_count": "COUNT(*) FILTER (WHERE type = 'opportunity' AND won_status = 'won')",
    "lead_revenue": "SUM(COALESCE(net_order_revenue, 0))",
}
DEAL_SUMS = {
    "won_count": "COUNT(*) FILTER (WHERE won_status = 'won')",
    "lost_count": "COUNT(*) FILTER (WHERE won_status = 'lost')",
    "closed_count": "COUNT(*)",
    "won_revenue": "COALESCE(SUM(expected_revenue) FILTER (WHERE won_status = 'won'), 0)",
    "won_cycle_count": "COUNT(cycle_days) FILTER (WHERE won_status = 'won')",
    "cycle_days_total":
        "COALESCE(SUM(cycle_days::numeric) FILTER (WHERE won_status = 'won'), 0)",
}
ORDER_SUMS = {
    "order_count": "COUNT(*)",
    "order_revenue": "SUM(net_revenue)",
    "order_margin": "SUM(net_margin)",
    "new_customer_count": "COUNT(*) FILTER (WHERE customer_order_rank = 1)",
    "repeat_order_count": "COUNT(*) FILTER (WHERE customer_order_rank > 1)",
    "cross_sell_order_count":
        "COUNT(*) FILTER (WHERE customer_order_rank > 1 AND order_kind = 'cross_sell')",
    "upsell_order_count":
        "COUNT(*) FILTER (WHERE customer_order_rank > 1 AND order_kind = 'upsell')",
}
PARTS = (
    (LEAD_SUMS, "crm_lead", "create_date", "active OR won_status <> 'pending'"),
    (DEAL_SUMS, "crm_lead", "date_closed",
     "type = 'opportunity' AND won_status IN ('won', 'lost') AND date_closed IS NOT NULL"),
    (ORDER_SUMS, "sale_order", "date_order", "state = 'sale'"),
)
COLUMNS = (*LEAD_SUMS, *DEAL_SUMS, *ORDER_SUMS)
ZONE = "(CASE company_id WHEN %(other)s THEN 'America/New_York' ELSE 'Europe/Brussels' END)"

# The same from what a person entered, without any field of the addon; one row of totals.
RAW = """
    SELECT
      (SELECT COUNT(*) FROM crm_lead WHERE active OR won_status <> 'pending') AS lead_count,
      (SELECT COUNT(*) FROM crm_lead
       WHERE type = 'opportunity' AND won_status = 'won' AND probability = 100) AS won_count,
      (SELECT COUNT(*) FROM crm_lead
       WHERE type = 'opportunity' AND NOT active AND probability = 0) AS lost_count,
      (SELECT SUM(EXTRACT(epoch FROM date_closed
                  - COALESCE(date_conversion, date_trunc('second', create_date))) / 86400)
       FROM crm_lead WHERE type = 'opportunity' AND won_status = 'won') AS cycle_days_total,
      (SELECT SUM(round(amount_untaxed / currency_rate, 2)) FROM sale_order WHERE state = 'sale')
        AS order_revenue,
      (SELECT SUM(round(margin / currency_rate, 2)) FROM sale_order WHERE state = 'sale')
        AS order_margin,
      (SELECT SUM(round(amount_untaxed / currency_rate, 2)) FROM sale_order
       JOIN crm_lead lead ON lead.id = opportunity_id
       WHERE state = 'sale' AND (lead.active OR won_status <> 'pending')) AS lead_revenue,
      (SELECT COUNT(*) FROM (
           SELECT DISTINCT sale_order.company_id, commercial_partner_id
           FROM sale_order JOIN res_partner ON res_partner.id = partner_id
           WHERE state = 'sale') customer) AS new_customer_count
"""


def build(env, other):
    """Build the table bench_control: one row for each day and dimensions, like the snapshot's.

    :param other: id of the company whose days are New York's
    """
    parts = []
    for sums, table, moment, where in PARTS:
        values = ", ".join(sums.get(name, "0") + f" AS {name}" for name in COLUMNS)
        parts.append(
            f"""SELECT ({moment} AT TIME ZONE 'UTC' AT TIME ZONE {ZONE})::date AS day,
                       company_id, team_id, user_id, source_id, {values}
                FROM {table} WHERE {where} GROUP BY 1, 2, 3, 4, 5"""
        )
    totals = ", ".join(f"SUM({name}) AS {name}" for name in COLUMNS)
    text = f"""CREATE TABLE bench_control AS
               SELECT day, company_id, team_id, user_id, source_id, {totals}
               FROM ({" UNION ALL ".join(parts)}) AS part GROUP BY 1, 2, 3, 4, 5"""
    env.cr.execute("DROP TABLE IF EXISTS bench_control")
    env.cr.execute(SQL(text, other=other))


def differences(env):
    """Compare the snapshot with bench_control by company, team and month, and with raw totals.

    :returns: list of texts that name what differs; empty when all is equal.
    """
    return [*_row_differences(env), *_raw_differences(env)]


def _row_differences(env):
    keys = "company_id, team_id, date_trunc('month', day)::date AS month"
    sums = ", ".join(f"round(SUM({name})::numeric, 2) AS {name}" for name in COLUMNS)
    # What people did on leads of nobody makes rows of the snapshot without any of these sums.
    some = " OR ".join(f"SUM({name}) <> 0" for name in COLUMNS)
    sides = [
        f"SELECT {keys}, {sums} FROM {table} GROUP BY 1, 2, 3 HAVING {some}"
        for table in ("crm_kpi_snapshot", "bench_control")
    ]
    env.cr.execute(SQL(" EXCEPT ALL ".join(sides) + " ORDER BY 1, 2, 3 LIMIT 5"))
    found = [f"only in the snapshot: {row}" for row in env.cr.fetchall()]
    env.cr.execute(SQL(" EXCEPT ALL ".join(reversed(sides)) + " ORDER BY 1, 2, 3 LIMIT 5"))
    return found + [f"only in the control: {row}" for row in env.cr.fetchall()]


def _raw_differences(env):
    env.cr.execute(SQL(RAW))
    raw = dict(zip([column.name for column in env.cr.description], env.cr.fetchone(), strict=True))
    sums = ", ".join(f"SUM({name})" for name in raw)
    env.cr.execute(SQL(f"SELECT {sums} FROM crm_kpi_snapshot"))
    return [
        f"{name}: {value} in the snapshot, {expected} in the records"
        for (name, expected), value in zip(raw.items(), env.cr.fetchone(), strict=True)
        if abs(value - expected) > max(abs(expected) * 1e-9, 0.01)
    ]
