"""Stage history: filled from tracking as at the installation, the funnel of a quarter, cycles.

The control is SQL written by hand: the data set records every move, so each tracked move or closing
is a row, after one for the beginning.
"""

from odoo.tools import SQL

from .clock import clock, interleave

ROUNDS = 2
COLUMNS = "lead_id, kind, stage_id, entered_at, left_at"
BY_HAND = """
    CREATE TABLE bench_stage AS
    SELECT lead_id, kind, stage_id, at AS entered_at,
           LEAD(at) OVER (PARTITION BY lead_id ORDER BY at, place) AS left_at
    FROM (
        SELECT lead.id AS lead_id, 'entered' AS kind, %(first)s AS stage_id, 0 AS place,
               date_trunc('second', COALESCE(date_conversion, create_date)) AS at
        FROM crm_lead lead WHERE type = 'opportunity'
        UNION ALL
        SELECT lead.id, CASE WHEN value.field_id = %(stage)s AND new_value_integer <> %(won)s
                             THEN 'entered' WHEN lead.won_status <> 'pending' THEN lead.won_status
                             ELSE 'archived' END,
               CASE WHEN value.field_id = %(stage)s THEN new_value_integer ELSE lead.stage_id END,
               value.id, message.date
        FROM mail_tracking_value value
        JOIN mail_message message ON message.id = value.mail_message_id
        JOIN crm_lead lead ON lead.id = message.res_id AND lead.type = 'opportunity'
        WHERE message.model = 'crm.lead' AND value.field_id IN (%(stage)s, %(active)s)
    ) AS turn
"""
TRACKED = """
    SELECT COUNT(*) FROM mail_tracking_value value
    JOIN mail_message message ON message.id = value.mail_message_id AND message.model = 'crm.lead'
    WHERE value.field_id IN (%(stage)s, %(active)s, %(outcome)s)
"""
# Who entered in a quarter, and how far they came within ninety days.
FUNNEL = """
    SELECT COUNT(*), COUNT(*) FILTER (WHERE is_old),
           COUNT(*) FILTER (WHERE is_old AND qualified <= entered + interval '90 days'),
           COUNT(*) FILTER (WHERE is_old AND proposed <= entered + interval '90 days'),
           COUNT(*) FILTER (WHERE is_old AND won <= entered + interval '90 days'),
           COUNT(*) FILTER (WHERE is_lost)
    FROM (
        SELECT stage.lead_id, MIN(entered_at) AS entered,
               MIN(entered_at) <= %(now)s - interval '90 days' AS is_old,
               MIN(entered_at) FILTER (WHERE stage.stage_id <> %(first)s) AS qualified,
               MIN(entered_at) FILTER (WHERE stage.stage_id IN (%(third)s, %(won)s))
                   AS proposed,
               MIN(entered_at) FILTER (WHERE kind = 'won') AS won,
               bool_or(lead.won_status = 'lost') AS is_lost
        FROM bench_stage stage JOIN crm_lead lead ON lead.id = stage.lead_id
        WHERE (lead.company_id = 1 OR lead.company_id IS NULL)
          AND (lead.active OR lead.won_status <> 'pending')
          AND (kind IN ('entered', 'won'))
        GROUP BY 1
    ) AS way
    WHERE entered >= %(since)s AND entered < %(until)s
"""
CYCLES = """
    SELECT COUNT(*), COUNT(*) FILTER (WHERE won_status = 'won'),
           COUNT(*) FILTER (WHERE won_status = 'lost')
    FROM crm_lead
    WHERE type = 'opportunity' AND (active OR won_status <> 'pending')
      AND COALESCE(company_id, 1) = %(company)s
      AND date_trunc('second', COALESCE(date_conversion, create_date))
          >= %(now)s - interval '3 years'
"""


def compare(env):
    """:returns: ``({name: list of runs}, number of tracked values, list of differences)``"""
    words = _words(env)
    writer = env["crm.stage.event.writer"]

    def fill():
        env.cr.execute("TRUNCATE crm_stage_event")
        with clock(env.cr, memory=True) as run:
            writer._fill()
        return run

    def by_hand():
        env.cr.execute("DROP TABLE IF EXISTS bench_stage")
        with clock(env.cr, memory=True) as run:
            env.cr.execute(BY_HAND, words)
        return run

    filled, hand = interleave(ROUNDS, fill, by_hand)
    env.cr.commit()
    env.cr.execute("ANALYZE crm_stage_event")
    env.cr.execute("ANALYZE bench_stage")
    env.cr.execute(TRACKED, words)
    tracked = env.cr.fetchone()[0]
    differences = _differences(env)
    runs, wrong = _reading(env, words)
    env.cr.execute("DROP TABLE bench_stage")
    env.cr.commit()
    return {"fill": filled, "hand": hand, **runs}, tracked, differences + wrong


def _words(env):
    stages = env["crm.stage"].search([], order="sequence")
    ids = env["ir.model.fields"]._get_ids("crm.lead")
    return {
        "first": stages[0].id, "third": stages[2].id, "won": stages[3].id,
        "stage": ids["stage_id"], "active": ids["active"], "outcome": ids["won_status"],
        "now": env.cr.now(),
    }


def _differences(env):
    """Rows of the history that are not in the control, and the other way round."""
    sides = [f"SELECT {COLUMNS} FROM {table}" for table in ("crm_stage_event", "bench_stage")]
    found = []
    for name, pair in (("history", sides), ("control", sides[::-1])):
        env.cr.execute(SQL(" EXCEPT ALL ".join(pair) + " LIMIT 3"))
        found += [f"stages, only in the {name}: {row}" for row in env.cr.fetchall()]
    return found


def _reading(env, words):
    """The funnel of a quarter as the director opens it; the cycles of all companies."""
    director = env["res.users"].search([("login", "=", "bench_director")])
    report = env["crm.funnel.report"].with_user(director).with_context(
        allowed_company_ids=director.company_id.ids, lang="en_US", tz="Europe/Brussels")
    found = {}

    def funnel(compared="none"):
        env.invalidate_all()
        with clock(env.cr, memory=True) as run:
            found["funnel"] = report.funnel_figures(
                [], {"period": "last_quarter", "compare": compared})
        return run

    def cycles():
        with clock(env.cr, memory=True) as run:
            for company in env["res.company"].search([]):
                env["crm.sales.cycle"]._refresh(company)
        return run

    both = interleave(ROUNDS, lambda: funnel("previous"), cycles)
    runs = {"funnel": interleave(ROUNDS, funnel)[0], "pair": both[0], "cycles": both[1]}
    wrong = _wrong_funnel(env, words, found["funnel"]["sides"][0], report)
    return runs, wrong + _wrong_cycles(env)


def _wrong_funnel(env, words, side, report):
    options = {**report._funnel_options({}), "period": "last_quarter"}
    (_label, period), = report._funnel_scopes(options)
    scope = {
        "since" if term.operator == ">=" else "until": term.value
        for term in period.iter_conditions()
    }
    # The same moment as the report: who entered ninety days ago is counted from a second on.
    env.cr.execute(FUNNEL, {**words, **scope, "now": env.cr.now()})
    expected = env.cr.fetchone()
    shown = (side["cohort"], *(step["reached"] for step in side["steps"]),
             sum(step["lost"] for step in side["steps"]))
    return [] if shown == expected else [f"funnel: {shown} shown, {expected} by hand"]


def _wrong_cycles(env):
    wrong = []
    for cycle in env["crm.sales.cycle"].search([("level", "=", "1_company")]):
        env.cr.execute(CYCLES, {"company": cycle.company_id.id, "now": env.cr.now()})
        expected = env.cr.fetchone()
        shown = (cycle.started_count, cycle.won_count, cycle.lost_count)
        if shown != expected:
            wrong.append(f"cycles: {shown} shown, {expected} by hand")
    return wrong
