"""What the chatter of the leads holds: creation, answers, mails of customers, tracked changes."""

from . import bulk

MESSAGE = {
    "id": "%(first)s + row_number() OVER (ORDER BY moment, n, kind)",
    "model": "'crm.lead'", "res_id": "n", "message_type": "type", "subtype_id": "subtype",
    "author_id": "author", "date": "moment", "create_date": "moment", "write_date": "moment",
    "body": "body", "is_internal": "FALSE", "record_company_id": "company_id",
    "email_from": "'someone@example.com'", "reply_to": "'\"Sales\" <sales@example.com>'",
    "message_id": "'<' || kind || '-' || n || '@bench.example.com>'",
    "create_uid": "user_id", "write_uid": "user_id", "mail_activity_type_id": "activity",
}

MESSAGES = """
    SELECT n, kind, company_id, user_id, type, subtype, author, body, activity,
           date_trunc('second', moment) AS moment
    FROM bench_story
    CROSS JOIN LATERAL (VALUES
        ('create', 'notification', %(created)s, partner_id, '', created, TRUE),
        ('answer', 'comment', %(comment)s, partner_id, '<p>Thank you, here is our answer.</p>',
         created + exp(1.5 + 1.4 * bell(n, 'answer')) * interval '1 h', dice(n, 'a') < .65),
        ('mail', 'email', %(comment)s, %(partner)s + customer, '<p>Any news?</p>',
         created + dice(n, 'mail') * interval '30 d', is_opportunity AND dice(n, 'm') < .4),
        ('moved', 'notification', %(stage)s, partner_id, '', moved, place >= 1),
        ('moved-on', 'notification', %(stage)s, partner_id, '', moved_on, place = 2),
        ('closed', 'notification', CASE WHEN is_won THEN %(won_type)s WHEN is_void THEN %(note)s
                                   ELSE %(lost_type)s END, partner_id, '', closed, is_closed),
        ('later', 'notification', %(note)s, partner_id, '',
         created + dice(n, 'later') * cycle, is_opportunity AND dice(n, 'l') < .2),
        ('call', 'notification', %(note)s, partner_id, '<p>Called.</p>',
         created + dice(n, 'call') * cycle, is_opportunity AND dice(n, 'c') < .6)
    ) AS message(kind, type, subtype, author, body, moment, is_sent)
    CROSS JOIN LATERAL (SELECT CASE kind WHEN 'call' THEN %(call)s END) AS done(activity)
    WHERE is_sent AND moment < %(today)s::date
"""

TRACKED = {
    "mail_message_id": "message.id", "create_date": "message.date",
    "create_uid": "message.create_uid",
}
# The way through the stages: New, Qualified, Proposition, Won; some of them skipped.
OLD, NEW = (
    f"""CASE kind WHEN 'moved' THEN {before} WHEN 'moved-on' THEN {after}
        ELSE {end} END""" for before, after, end in ((1, 2, "1 + place"), (2, 3, 4))
)
STAGE = TRACKED | {
    "field_id": "%(stage_id)s",
    "old_value_integer": f"(%(stages)s::int[])[{OLD}]",
    "old_value_char": f"(%(stage_names)s::text[])[{OLD}]",
    "new_value_integer": f"(%(stages)s::int[])[{NEW}]",
    "new_value_char": f"(%(stage_names)s::text[])[{NEW}]",
}
ARCHIVED = TRACKED | {
    "field_id": "%(active)s", "old_value_integer": "1", "new_value_integer": "0",
}
OUTCOME = TRACKED | {
    "field_id": "%(won_status)s", "old_value_char": "'Pending'",
    "new_value_char": "CASE WHEN is_won THEN 'Won' ELSE 'Lost' END",
}
DEADLINE = TRACKED | {
    "field_id": "%(date_deadline)s",
    "old_value_datetime": "lead.date_deadline - 20", "new_value_datetime": "lead.date_deadline",
}
CHANGES = (
    (STAGE, "kind LIKE 'moved%%' OR (kind = 'closed' AND is_won)"),
    (ARCHIVED, "kind = 'closed' AND NOT is_won"),
    (OUTCOME, "kind = 'closed' AND NOT is_void"),
    (DEADLINE, "kind = 'later' AND date_deadline IS NOT NULL"),
)


def fill(env, today, partner):
    """Four messages a lead on average, and what was tracked with them."""
    subtypes = {
        "created": "crm.mt_lead_create", "comment": "mail.mt_comment",
        "stage": "crm.mt_lead_stage", "note": "mail.mt_note", "won_type": "crm.mt_lead_won",
        "lost_type": "crm.mt_lead_lost", "call": "mail.mail_activity_data_call",
    }
    env.cr.execute("SELECT COALESCE(max(id), 0) FROM mail_message")
    first = env.cr.fetchone()[0]
    bulk.insert(env, "mail_message", MESSAGE, f"({MESSAGES}) message", first=first, today=today,
                partner=partner, **{name: env.ref(xmlid).id for name, xmlid in subtypes.items()})
    stages = env["crm.stage"].search([], order="sequence")
    bulk.temporary(env, "bench_message", """
        SELECT id, res_id, date, create_uid, substring(message_id FROM '<(.*)-[0-9]+@') AS kind
        FROM mail_message WHERE id > %(first)s""", first=first)
    for columns, which in CHANGES:
        bulk.insert(
            env, "mail_tracking_value", columns,
            f"""bench_message message JOIN crm_lead lead ON lead.id = message.res_id
                JOIN bench_story story ON story.n = lead.id WHERE {which} ORDER BY message.id""",
            stages=stages.ids, stage_names=stages.mapped("name"),
            **env["ir.model.fields"]._get_ids("crm.lead"),
        )
