"""Customers and leads: every stored column as Odoo itself would have left it."""

from . import bulk

# One row a lead: what chance decided. People and sources are unequal, business grows, weekends
# are quiet, and one lead in fifty belongs to no company.
DRAW = """
    SELECT n, person.*, source.id AS source_id,
           n %% 50 = 7 AS is_shared, n %% 33 = 5 AS is_unassigned,
           day - CASE WHEN dice(n, 'weekend') < .85
                      THEN GREATEST(EXTRACT(isodow FROM day)::int - 5, 0) ELSE 0 END
               + interval '7 h' + dice(n, 'time') * interval '12 h' AS created,
           dice(n, 'type') < .75 AS is_opportunity, dice(n, 'verdict') AS verdict,
           dice(n, 'closed') < .95 AS is_decided,
           dice(n, 'conversion') < .6 AND day < %(today)s::date - 14 AS is_converted,
           dice(n, 'qualifying') * interval '9 days' AS qualifying,
           exp(3.2 + .8 * bell(n, 'cycle')) * interval '1 day' AS cycle,
           CASE WHEN dice(n, 'amount') < .06 THEN 0
                ELSE round(exp(8 + 1.1 * bell(n, 'size'))::numeric, -1) END AS amount,
           (1 + floor(%(customers)s * dice(n, 'customer') ^ 1.5))::int AS customer,
           floor(3 * dice(n, 'moves') ^ .8)::int AS moves,
           .1 + .4 * dice(n, 'first move') AS first_move,
           .55 + .35 * dice(n, 'second move') AS second_move,
           .5 * .6 + .3 * dice(person.person, 'skill') AS skill
    FROM generate_series(1, %(leads)s) n
    CROSS JOIN LATERAL (
        SELECT %(today)s::date - %(days)s
               + floor((%(days)s - 3) * dice(n, 'day') ^ .8)::int AS day
    ) calendar
    JOIN bench_person person ON person.person = floor(60 * dice(n, 'person') ^ 1.2)
    LEFT JOIN bench_source source
           ON dice(n, 'source?') < .92 AND source.number = floor(12 * dice(n, 'source') ^ 1.8)
"""

# What follows from it by Odoo's rules.
STORY = """
    SELECT *, verdict < skill AND is_opportunity AND is_closed AS is_won,
           verdict > .96 AND is_closed AS is_void,
           date_trunc('second', created + dice(n, 'assign') * interval '40 h') AS opened,
           CASE WHEN is_closed THEN date_trunc('second', closes) END AS closed,
           CASE WHEN is_opportunity AND moves > 0 AND moved < %(today)s THEN
                CASE WHEN moves > 1 AND moved_on < %(today)s THEN 2 ELSE 1 END
                ELSE 0 END AS place
    FROM (
        SELECT *, is_decided AND closes < %(today)s::date - 1 AS is_closed
        FROM (
            SELECT *, begun + cycle AS closes,
                   date_trunc('second', begun + first_move * cycle) AS moved,
                   date_trunc('second', begun + second_move * cycle) AS moved_on
            FROM (
                SELECT draw.*, is_opportunity AND is_converted AS was_lead,
                       created + CASE WHEN is_opportunity AND is_converted
                                      THEN qualifying ELSE interval '0' END AS begun
                FROM bench_draw draw
            ) born
        ) started
    ) decided
"""

CUSTOMER = {
    "id": "%(first)s + n", "name": "'Customer ' || n", "complete_name": "'Customer ' || n",
    "commercial_company_name": "'Customer ' || n",
    "commercial_partner_id": "%(first)s + n", "type": "'contact'", "lang": "'en_US'",
    "active": "TRUE", "is_company": "TRUE", "partner_share": "TRUE", "employee": "FALSE",
    "email": "'info@customer-' || n || '.example.com'",
    "email_normalized": "'info@customer-' || n || '.example.com'", "color": "0",
    "message_bounce": "0", "customer_rank": "0", "supplier_rank": "0", "autopost_bills": "'ask'",
    "create_uid": "1", "write_uid": "1", "create_date": "%(today)s", "write_date": "%(today)s",
}

PROBABILITY = """CASE WHEN is_won THEN 100 WHEN is_closed AND NOT is_void THEN 0
                 ELSE round((3 + 90 * dice(n, 'chance'))::numeric, 1) END"""

LEAD = {
    "id": "n",
    "name": "'Inquiry ' || n || ' of customer ' || customer",
    "type": "CASE WHEN is_opportunity THEN 'opportunity' ELSE 'lead' END",
    "company_id": "CASE WHEN NOT is_shared THEN company_id END",
    "team_id": "CASE WHEN NOT is_shared THEN team_id END",
    "user_id": "CASE WHEN NOT is_shared AND NOT is_unassigned THEN user_id END",
    "source_id": "source_id",
    "partner_id": "CASE WHEN is_opportunity THEN %(partner)s + customer END",
    "stage_id": "CASE WHEN is_won THEN %(won)s ELSE (%(stages)s::int[])[1 + place] END",
    "active": "NOT is_closed OR (is_won AND n %% 40 <> 0)",
    "probability": PROBABILITY,
    "automated_probability": PROBABILITY,
    "won_status": """CASE WHEN is_won THEN 'won' WHEN is_closed AND NOT is_void THEN 'lost'
                     ELSE 'pending' END""",
    "lost_reason_id": "CASE WHEN is_closed AND NOT is_won AND NOT is_void THEN %(reason)s END",
    "expected_revenue": "amount",
    "prorated_revenue": f"round(amount * ({PROBABILITY}) / 100, 2)",
    "recurring_revenue": "0", "recurring_revenue_monthly": "0",
    "recurring_revenue_monthly_prorated": "0", "recurring_revenue_prorated": "0",
    "create_date": "created",
    "write_date": "GREATEST(created, closed)",
    "date_conversion": "CASE WHEN was_lead THEN date_trunc('second', created + qualifying) END",
    "date_open": "CASE WHEN NOT is_shared AND NOT is_unassigned THEN opened END",
    "date_closed": "closed",
    "date_last_stage_update": """CASE WHEN is_won THEN closed WHEN place = 2 THEN moved_on
                                 WHEN place = 1 THEN moved
                                 ELSE date_trunc('second', created) END""",
    "date_deadline": """CASE WHEN is_opportunity AND dice(n, 'deadline?') < .8
                        THEN (created + (20 + 70 * dice(n, 'deadline')) * interval '1 day')::date
                        END""",
    "day_open": """CASE WHEN NOT is_shared AND NOT is_unassigned THEN
                   EXTRACT(day FROM opened - date_trunc('second', created)) END""",
    "day_close": "EXTRACT(day FROM closed - created)",
    "contact_name": "'Contact ' || n",
    "partner_name": "'Customer ' || customer",
    "email_from": "'contact.' || n || '@customer-' || customer || '.example.com'",
    "email_normalized": "'contact.' || n || '@customer-' || customer || '.example.com'",
    "email_domain_criterion": "'@customer-' || customer || '.example.com'",
    "email_state": "'correct'",
    "phone": "'+32 470 ' || to_char(n %% 1000000, 'FM00 00 00')",
    "phone_sanitized": "'+32470' || to_char(n %% 1000000, 'FM000000')",
    "phone_state": "'correct'",
    "country_id": "%(country)s", "lang_id": "%(lang)s", "city": "'Brussels'",
    "description": """CASE WHEN n %% 2 = 0 THEN '<p>' || repeat('We would like an offer. ', 6)
                      || '</p>' END""",
    "priority": "(n %% 4)::text", "color": "0", "message_bounce": "0",
    "create_uid": "user_id", "write_uid": "user_id",
}


def fill(env, count, today, years):
    """Customers and ``count`` leads; leaves the temporary table bench_story behind.

    :returns: id of the partner before the first customer.
    """
    customers = max(count // 20, 10)
    partner = env["res.partner"].search([], order="id desc", limit=1).id
    bulk.insert(env, "res_partner", CUSTOMER, "generate_series(1, %(customers)s) n",
                first=partner, today=today, customers=customers)
    bulk.temporary(env, "bench_draw", DRAW, leads=count, customers=customers, today=today,
                   days=365 * years)
    bulk.temporary(env, "bench_story", STORY, today=today)
    bulk.insert(env, "crm_lead", LEAD, "bench_story", partner=partner, **_references(env))
    return partner


def _references(env):
    stages = env["crm.stage"].search([], order="sequence")
    return {
        "won": stages.filtered("is_won")[0].id,
        "stages": stages.filtered(lambda stage: not stage.is_won).ids[:3],
        "reason": env["crm.lost.reason"].search([], limit=1).id,
        "country": env.ref("base.be").id,
        "lang": env["res.lang"].search([("code", "=", "en_US")]).id,
    }
