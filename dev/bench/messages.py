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
        ('stage', 'notification', %(stage)s, partner_id, '',
         created + dice(n, 'stage') * cycle, is_opportunity AND dice(n, 's') < .7),
        ('later', 'notification', %(note)s, partner_id, '',
         created + dice(n, 'later') * cycle, is_opportunity AND dice(n, 'l') < .2),
        ('call', 'notification', %(note)s, partner_id, '<p>Called.</p>',
         created + dice(n, 'call') * cycle, is_opportunity AND dice(n, 'c') < .6)
    ) AS message(kind, type, subtype, author, body, moment, is_sent)
    CROSS JOIN LATERAL (SELECT CASE kind WHEN 'call' THEN %(call)s END) AS done(activity)
    WHERE is_sent AND moment < %(today)s::date
"""

STAGE = {
    "mail_message_id": "message.id", "field_id": "%(stage_field)s",
    "old_value_integer": "(%(stages)s::int[])[1]", "old_value_char": "'New'",
    "new_value_integer": "(%(stages)s::int[])[2]", "new_value_char": "'Qualified'",
    "create_date": "message.date", "create_uid": "message.create_uid",
}
DEADLINE = {
    "mail_message_id": "message.id", "field_id": "%(deadline_field)s",
    "old_value_datetime": "lead.date_deadline - 20", "new_value_datetime": "lead.date_deadline",
    "create_date": "message.date", "create_uid": "message.create_uid",
}


def fill(env, today, partner):
    """Three messages a lead on average, of which one with a tracked change."""
    subtypes = {
        "created": "crm.mt_lead_create", "comment": "mail.mt_comment",
        "stage": "crm.mt_lead_stage", "note": "mail.mt_note",
        "call": "mail.mail_activity_data_call",
    }
    env.cr.execute("SELECT COALESCE(max(id), 0) FROM mail_message")
    first = env.cr.fetchone()[0]
    bulk.insert(env, "mail_message", MESSAGE, f"({MESSAGES}) message", first=first, today=today,
                partner=partner, **{name: env.ref(xmlid).id for name, xmlid in subtypes.items()})
    fields = env["ir.model.fields"]._get_ids("crm.lead")
    source = """mail_message message JOIN crm_lead lead ON lead.id = message.res_id
                WHERE message.id > %(first)s AND message.message_id LIKE %(kind)s"""
    bulk.insert(env, "mail_tracking_value", STAGE, source, first=first, kind="<stage-%",
                stage_field=fields["stage_id"],
                stages=env["crm.stage"].search([], order="sequence").ids)
    bulk.insert(env, "mail_tracking_value", DEADLINE, f"{source} AND date_deadline IS NOT NULL",
                first=first, kind="<later-%", deadline_field=fields["date_deadline"])
