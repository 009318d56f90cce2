"""Activities: three years and one day by the engine, and the same calls and mails by hand."""

from datetime import timedelta

from odoo.tools import SQL

from .building import span
from .clock import clock, interleave

ROUNDS = 2
MODELS = ("crm.activity.fact", "crm.deal.effort")
BY_HAND = """
    SELECT COUNT(*) FILTER (WHERE type.category = 'phonecall'),
           COUNT(*) FILTER (WHERE type.id IS NULL AND message.message_type = 'comment'
                                  AND subtype.internal IS NOT TRUE)
    FROM mail_message message
    JOIN crm_lead lead ON lead.id = message.res_id
    LEFT JOIN mail_activity_type type ON type.id = message.mail_activity_type_id
    LEFT JOIN mail_message_subtype subtype ON subtype.id = message.subtype_id
    WHERE message.model = 'crm.lead' AND message.author_id IN (
        SELECT partner_id FROM res_users WHERE share IS NOT TRUE AND id <> 1)
      AND (message.date AT TIME ZONE 'UTC' AT TIME ZONE
           CASE lead.company_id WHEN %(other)s THEN 'America/New_York' ELSE 'Europe/Brussels' END
      )::date < %(stop)s
"""


def compare(env):
    """:returns: ``({name: list of runs}, number of messages, list of differences)``"""
    first, stop = span(env)
    other = env["res.company"].search([("name", "=", "Bench Overseas")]).id
    words = {"stop": stop, "other": other}
    snapshot = env["crm.kpi.snapshot"]
    facts = {
        name: fact for name, fact in snapshot._measurable(is_stock=False).items()
        if fact.model in MODELS
    }

    def measured(since, until):
        with clock(env.cr, memory=True) as run:
            totals = _totals(env, facts, since, until)
        return run, totals

    def history():
        return measured(first, stop)[0]

    def one_day():
        day = stop - timedelta(days=10)
        return measured(day, day + timedelta(days=1))[0]

    def by_hand():
        with clock(env.cr) as run:
            env.cr.execute(BY_HAND, words)
        return run

    runs = dict(zip(("history", "day", "hand"), interleave(ROUNDS, history, one_day, by_hand),
                    strict=True))
    env.cr.execute(BY_HAND, words)
    hand = dict(zip(("call_count", "email_count"), env.cr.fetchone(), strict=True))
    totals = measured(first - timedelta(days=2), stop)[1]
    env.cr.execute("SELECT COUNT(*) FROM mail_message WHERE model = 'crm.lead'")
    return runs, env.cr.fetchone()[0], [
        f"{name} is not what was counted by hand"
        for name, count in hand.items() if count != totals[name]
    ]


def _totals(env, facts, first, stop):
    """Sums of the facts over all units, as the engine computes them."""
    snapshot, totals = env["crm.kpi.snapshot"], dict.fromkeys(facts, 0)
    for company_id, timezone in snapshot._kpi_units():
        rows = env.execute_query(SQL(
            "SELECT %s FROM (%s) AS row",
            SQL(", ").join(SQL("SUM(%s)", SQL.identifier(name)) for name in facts),
            snapshot._flows_sql(facts, company_id, timezone, first, stop),
        ))
        for name, total in zip(facts, rows[0], strict=True):
            totals[name] += total or 0
    return totals
