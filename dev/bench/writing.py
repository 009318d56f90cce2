"""Writing: what a salesperson does with leads, on the same data with and without the addon."""

import odoo
from odoo.modules.registry import Registry

from .clock import clock, interleave, median

ROUNDS = 40


def compare(with_addon, without_addon):
    """Each work in turn on both databases, each in a transaction that is rolled back.

    :param with_addon: name of a database; :param without_addon: likewise
    :returns: dictionary work -> (runs with, runs without).
    """
    registries = [Registry(with_addon), Registry(without_addon)]
    results = {}
    for name, work in WORKS.items():
        rounds = ROUNDS // 4 if name == "create 100" else ROUNDS
        works = [lambda registry=registry, work=work: _timed(registry, work)
                 for registry in registries]
        results[name] = interleave(rounds, *works)
    return results


def slower(pair):
    """How much longer it takes with the addon, as a share."""
    with_addon, without_addon = pair
    return median(with_addon) / median(without_addon) - 1


def _timed(registry, work):
    with registry.cursor() as cr:
        env = odoo.api.Environment(cr, odoo.SUPERUSER_ID, {})
        lead = _open_lead(env)
        user = lead.user_id
        env = env(user=user.id, context={
            "lang": "en_US", "tz": "Europe/Brussels", "allowed_company_ids": user.company_id.ids,
        })
        lead = lead.with_env(env)
        # The rights and caches of a user at work.
        lead.read(["name", "stage_id", "expected_revenue", "user_id", "team_id"])
        with clock(cr) as run:
            work(env, lead)
            cr.flush()
        cr.rollback()
    return run


def _open_lead(env):
    return env["crm.lead"].search([
        ("type", "=", "opportunity"), ("won_status", "=", "pending"), ("company_id", "=", 1),
        ("user_id", "!=", False), ("date_deadline", "!=", False),
        ("stage_id", "=", env["crm.stage"].search([], limit=1).id),
    ], order="id", limit=1)


def _values(env, lead, number):
    return {
        "name": f"Inquiry of somebody {number}", "contact_name": "Somebody New",
        "partner_name": "A New Company", "email_from": f"new.{number}@new.example.com",
        "phone": "+32 470 12 34 56", "expected_revenue": 1000.0, "type": "opportunity",
        "user_id": env.uid, "source_id": lead.source_id.id, "date_deadline": "2099-01-31",
    }


def _create(env, lead, count):
    env["crm.lead"].create([_values(env, lead, number) for number in range(count)])


def _change_stage(env, lead):
    lead.stage_id = env["crm.stage"].search([], limit=2)[1]


def _change_amount(env, lead):
    lead.expected_revenue += 500


def _change_salesperson(env, lead):
    lead.user_id = (lead.team_id.member_ids - lead.user_id)[0]


def _postpone(env, lead):
    lead.date_deadline = "2099-02-28"


def _win(env, lead):
    lead.action_set_won()


WORKS = {
    "create 1": lambda env, lead: _create(env, lead, 1),
    "create 100": lambda env, lead: _create(env, lead, 100),
    "write stage": _change_stage,
    "write amount": _change_amount,
    "write salesperson": _change_salesperson,
    "write deadline": _postpone,
    "win": _win,
}
