"""The back-test of the story's scores, for the company that most of the story is about."""

from odoo import SUPERUSER_ID

from . import world

COMPANY = "eu"


def load_proof(env, plan):
    """Test the standard rules on all that was closed in the story.

    :param plan: the `shapes.Plan` that was loaded
    :return: the back-test
    """
    env = env(user=SUPERUSER_ID, su=True, context={"lang": "en_US", "tracking_disable": True})
    company = env["res.company"].search([("name", "=", world.COMPANIES[COMPANY]["name"])])
    env = env(context={**env.context, "allowed_company_ids": company.ids})
    proof = env["crm.lead.score.proof"].create({
        "company_id": company.id, "set_id": env["crm.lead.score.set"]._of_company(company).id,
        "date_from": plan.start, "date_to": plan.today,
    })
    proof.action_run()
    return proof
