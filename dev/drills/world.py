"""The history that drills measure, and the check that every drill ends with."""

from collections import namedtuple
from datetime import datetime, timedelta

import pytz

CRON = "crm_roi.ir_cron_kpi_nightly"
TABLES = "crm_kpi_snapshot, crm_kpi_snapshot_day, crm_kpi_dirty_day"
KEYS = "day, company_id, team_id, user_id, source_id"
ZONES = ("America/Los_Angeles", "America/New_York", "UTC", "Asia/Kolkata", "Asia/Tokyo",
         "Pacific/Auckland")

State = namedtuple("State", "rows digest log")


def calm_zones():
    """Two time zones in which midnight is hours away: no day ends during a drill."""
    now = datetime.now(pytz.utc)
    calm = [zone for zone in ZONES if 1 <= now.astimezone(pytz.timezone(zone)).hour <= 21]
    return calm[0], calm[-1]


def prepare(env):
    """Two companies in two time zones; only our scheduled action is active."""
    zones = calm_zones()
    other = env["res.company"].create({"name": "Drill Company", "kpi_tz": zones[1]})
    env.company.kpi_tz = zones[0]
    cron = env.ref(CRON)
    env["ir.cron"].search([("id", "!=", cron.id)]).active = False
    sources = env["utm.source"].create([{"name": "Drill A"}, {"name": "Drill B"}])
    teams = env["crm.team"].create([{"name": "Drill North"}, {"name": "Drill South"}])
    env["res.partner"].create({"name": "Drill Customer"})
    return {"companies": [env.company.id, other.id], "sources": sources.ids, "teams": teams.ids}


def fill(env, places, leads, days):
    """Leads spread over the last ``days`` days, and one order for every fourth of them.

    One in three leads belongs to all companies. Open, won and lost ones have the dates they need.
    """
    won = env["crm.stage"].search([("is_won", "=", True)], limit=1).id
    fresh = env["crm.stage"].search([("is_won", "=", False)], limit=1).id
    env.cr.execute(
        """INSERT INTO crm_lead (name, type, active, company_id, team_id, user_id, source_id,
                  stage_id, won_status, probability, expected_revenue, prorated_revenue,
                  create_date, date_closed, date_conversion, date_deadline)
           SELECT 'Drill ' || i, CASE WHEN i %% 7 = 0 THEN 'lead' ELSE 'opportunity' END,
                  outcome <> 'lost', (%(companies)s)[1 + i %% 3], (%(teams)s)[1 + i %% 2],
                  CASE WHEN i %% 4 > 0 THEN 2 END, (%(sources)s)[1 + i %% 3],
                  CASE outcome WHEN 'won' THEN %(won)s ELSE %(fresh)s END, outcome,
                  CASE outcome WHEN 'won' THEN 100 WHEN 'lost' THEN 0 ELSE 20 END,
                  i %% 900, i %% 180, born,
                  CASE WHEN outcome <> 'pending' THEN born + (i %% 40) * interval '1 day' END,
                  CASE WHEN i %% 5 = 0 THEN born + interval '6 hours' END, born::date + 30
           FROM (SELECT i, now() AT TIME ZONE 'UTC'
                           - (1 + (i::bigint * 7919) %% (%(days)s - 1)) * interval '1 day'
                           - (i %% 1440) * interval '1 minute' AS born
                 FROM generate_series(1, %(leads)s) AS i) AS lead,
                LATERAL (SELECT CASE WHEN born > now() - interval '45 days' THEN 'pending'
                                     WHEN i %% 7 = 0 THEN 'pending'
                                     ELSE (ARRAY['won', 'lost', 'pending'])[1 + i %% 3]
                                END AS outcome) AS end_of_it""",
        {**places, "won": won, "fresh": fresh, "leads": leads, "days": days},
    )
    env.cr.execute(
        """INSERT INTO sale_order (name, state, company_id, partner_id, partner_invoice_id,
                  partner_shipping_id, currency_id, currency_rate, date_order, create_date,
                  user_id, team_id, source_id, amount_untaxed, amount_total, opportunity_id)
           SELECT 'Drill ' || lead.id, 'sale', company.id, partner.id, partner.id, partner.id,
                  company.currency_id, 1, lead.create_date, lead.create_date, lead.user_id,
                  lead.team_id, lead.source_id, lead.id % 700, lead.id % 700, lead.id
           FROM crm_lead lead JOIN res_company company ON company.id = lead.company_id,
                LATERAL (SELECT id FROM res_partner WHERE name = 'Drill Customer') AS partner
           WHERE lead.id % 4 = 0 AND lead.name LIKE 'Drill %'"""
    )
    env.invalidate_all()
    env["sale.order"]._kpi_recompute_sql()
    env["crm.lead"]._kpi_recompute_sql()
    for table in ("crm_lead", "sale_order"):
        env.cr.execute(f"ANALYZE {table}")
    reset(env)


def reset(env):
    """Nothing was ever measured, and the scheduled action is due."""
    env.cr.execute(f"TRUNCATE {TABLES}")
    env.cr.execute("DELETE FROM ir_cron_progress")
    due(env)


def reset_counter(env):
    """Odoo forgets that earlier runs were killed before they committed anything."""
    env.cr.execute("DELETE FROM ir_cron_progress")
    due(env)


def due(env):
    """The scheduled action is due, and never failed."""
    env.cr.execute(
        """UPDATE ir_cron SET nextcall = now() AT TIME ZONE 'UTC' - interval '1 minute',
                  failure_count = 0, first_failure_date = NULL, active = TRUE WHERE id = %s""",
        [env.ref(CRON).id],
    )


def is_due(env):
    """Whether a cron worker would run the scheduled action again at once."""
    env.cr.execute(
        """SELECT nextcall <= now() AT TIME ZONE 'UTC' OR EXISTS (
               SELECT FROM ir_cron_trigger WHERE cron_id = ir_cron.id
                  AND call_at <= now() AT TIME ZONE 'UTC')
           FROM ir_cron WHERE id = %s AND active""", [env.ref(CRON).id],
    )
    return bool((env.cr.fetchone() or [False])[0])


def state(env):
    """What was measured, as something that can be compared."""
    skipped = ("id", "create_uid", "create_date", "write_uid", "write_date")
    env.cr.execute(
        """SELECT string_agg(quote_ident(attname), ', ' ORDER BY attname) FROM pg_attribute
           WHERE attrelid = 'crm_kpi_snapshot'::regclass AND attnum > 0 AND NOT attisdropped
             AND attname <> ALL(%s)""", [list(skipped)],
    )
    columns = env.cr.fetchone()[0]
    env.cr.execute(
        f"""SELECT count(*), md5(string_agg(line, '|' ORDER BY line))
            FROM (SELECT ROW({columns})::text AS line FROM crm_kpi_snapshot) AS lines"""
    )
    rows, digest = env.cr.fetchone()
    env.cr.execute(
        """SELECT md5(string_agg(line, '|' ORDER BY line)) FROM (
               SELECT ROW(company_id, day, flows_at IS NOT NULL, stocks_at IS NOT NULL, is_late,
                          failed_flows, failed_stocks)::text AS line
               FROM crm_kpi_snapshot_day) AS lines"""
    )
    return State(rows, digest, env.cr.fetchone()[0])


def built_days(env):
    """Number of days whose flows are built."""
    env.cr.execute("SELECT count(*) FROM crm_kpi_snapshot_day WHERE flows_at IS NOT NULL")
    return env.cr.fetchone()[0]


def faults(env, expected=None):
    """What is wrong with the measured figures, one line each: gaps, doubles, wrong counts.

    :param expected: :class:`State` of an undisturbed run
    """
    found = []
    env.cr.execute(f"SELECT {KEYS}, count(*) FROM crm_kpi_snapshot GROUP BY {KEYS}"
                   " HAVING count(*) > 1")
    if doubles := env.cr.fetchall():
        found.append(f"{len(doubles)} rows stand there more than once, such as {doubles[0]}")
    for company_id, timezone in env["res.company"]._kpi_timezones():
        found += _gaps(env, company_id, timezone)
        found += _wrong_counts(env, company_id, timezone)
    now = state(env)
    if expected and now != expected:
        found.append(f"not as an undisturbed run leaves it: {now} instead of {expected}")
    return found


def _gaps(env, company_id, timezone):
    """Days without built flows since the first lead, and a last night that was not taken."""
    today = datetime.now(pytz.timezone(timezone)).date()
    params = {"company": company_id, "zone": timezone, "today": today,
              "night": today - timedelta(days=1)}
    env.cr.execute(
        """SELECT count(*), min(day)::date, max(day)::date FROM (
               SELECT generate_series(
                   min((create_date AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date)::timestamp,
                   %(night)s::timestamp, '1 day') AS day
               FROM crm_lead WHERE company_id IS NOT DISTINCT FROM %(company)s) AS wanted
           WHERE NOT EXISTS (SELECT FROM crm_kpi_snapshot_day log WHERE log.day = wanted.day
                             AND log.company_id IS NOT DISTINCT FROM %(company)s
                             AND log.flows_at IS NOT NULL AND log.failed_flows IS NULL)""", params,
    )
    count, first, last = env.cr.fetchone()
    found = [f"company {company_id}: {count} days missing from {first} to {last}"] if count else []
    env.cr.execute(
        """SELECT FROM crm_kpi_snapshot_day WHERE day = %(night)s AND stocks_at IS NOT NULL
           AND company_id IS NOT DISTINCT FROM %(company)s""", params,
    )
    return found if env.cr.rowcount else [*found, f"company {company_id}: last night not taken"]


def _wrong_counts(env, company_id, timezone):
    """Days on which another number of leads was created than the figures say."""
    env.cr.execute(
        """SELECT coalesce(lead.day, kpi.day), lead.number, kpi.number FROM (
               SELECT (create_date AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date AS day,
                      count(*) AS number
               FROM crm_lead WHERE company_id IS NOT DISTINCT FROM %(company)s
                 AND (active OR won_status <> 'pending') GROUP BY 1) AS lead
           FULL JOIN (
               SELECT day, sum(lead_count) AS number FROM crm_kpi_snapshot
               WHERE company_id IS NOT DISTINCT FROM %(company)s GROUP BY 1) AS kpi USING (day)
           WHERE coalesce(lead.number, 0) <> coalesce(kpi.number, 0)
             AND coalesce(lead.day, kpi.day) < %(today)s""",
        {"company": company_id, "zone": timezone,
         "today": datetime.now(pytz.timezone(timezone)).date()},
    )
    wrong = env.cr.fetchall()
    if not wrong:
        return []
    day, leads, counted = wrong[0]
    return [f"company {company_id}: {len(wrong)} days with a wrong number of leads, such as {day}:"
            f" {leads} leads, {counted} counted"]
