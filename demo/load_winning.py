"""What goes with winning in the story: one comparison of everybody, one of the larger company."""

from odoo import SUPERUSER_ID

from . import world

DIRECTOR = world.DIRECTOR[0]


def load_winning(env, plan):
    """Compare the habits of the story's salespeople with their results.

    :param plan: the `shapes.Plan` that was loaded
    :return: the comparisons
    """
    env = env(user=SUPERUSER_ID, su=True, context={"lang": "en_US", "tracking_disable": True})
    names = [company["name"] for company in world.COMPANIES.values()]
    companies = env["res.company"].search([("name", "in", names)], order="id")
    # A comparison of companies is its maker's alone: the director makes it.
    director = env["res.users"].search([("login", "=", DIRECTOR)])
    Analysis = env["crm.winning.analysis"].with_user(director).with_context(
        allowed_company_ids=companies.ids,
    )
    few = env["crm.kpi"].search([("code", "in", ("call_count", "email_count", "meeting_count"))])
    rate = env["crm.kpi"].search([("code", "=", "win_rate")])
    made = Analysis.create([
        {"name": "Do those who call more win more?", "company_id": companies[:1].id,
         "all_companies": True, "per": "lead", "question": "team", "habit_ids": few.ids,
         "outcome_ids": rate.ids},
        {"name": "Habits, quarter by quarter", "company_id": companies[:1].id,
         "question": "within"},
    ])
    made.write({"date_from": plan.start})
    made.action_run()
    return made
