"""Priority rules of the story: ready-made ones switched on, and one for leads to look at."""

from odoo import SUPERUSER_ID

from . import world

COMPANY = "eu"
# Tier and the value of the lead's priority: very high, high.
LINES = (("A", "3"), ("B", "2"))


def load_priority(env):
    """Switch on the rules of the ticket apps that are there, and make one for leads, switched off:
    its form shows which open deals of the best customers it would raise.

    :return: the rule for leads
    """
    env = env(user=SUPERUSER_ID, su=True, context={"lang": "en_US"})
    company = env["res.company"].search([("name", "=", world.COMPANIES[COMPANY]["name"])])
    Rule = env["crm.priority.rule"].with_context(active_test=False)
    Rule.search([("company_id", "=", company.id)]).active = True
    tiers = env["crm.customer.tier"].search([("company_id", "=", company.id)]).grouped("name")
    return Rule.create({
        "name": "Deals of the best customers first", "company_id": company.id, "active": False,
        "model_name": "crm.lead", "open_domain": "[('won_status', '=', 'pending')]",
        "line_ids": [
            (0, 0, {"tier_id": tiers[tier].id, "choice": f"crm.lead,priority,{value}"})
            for tier, value in LINES
        ],
    })
