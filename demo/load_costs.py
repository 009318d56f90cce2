"""The cost ledger of the story."""

from odoo import Command, fields

# How licences are shared among the features they pay for, in percent.
FEATURES = {
    "data_centralisation": 35, "funnel_view": 20, "lead_scoring": 15, "email_marketing": 10,
    "productivity_tracking": 10, "custom_reports": 10,
}


def load_costs(loading):
    """Write the costs; recurring ones generate their periods up to the day of the story."""
    env, plan = loading.env, loading.plan
    allocations = {
        key: {"features": _by_feature(env, company), "leads": _by_leads(env, company)}
        for key, company in loading.companies.items()
    }
    categories = {each.code: each for each in env["crm.roi.cost.category"].search([])}
    for chunk in loading.in_chunks(plan.costs, 100):
        env["crm.roi.cost"].create([
            _values(loading, cost, categories, allocations[cost.company]) for cost in chunk
        ])


def _values(loading, cost, categories, allocations):
    plan, company = loading.plan, loading.companies[cost.company]
    # A story told in the past ends there.
    is_past = plan.today < fields.Date.today()
    return {
        "name": cost.name, "company_id": company.id, "currency_id": company.currency_id.id,
        "category_id": categories[cost.category].id, "date_from": cost.start, "date_to": cost.end,
        "team_id": loading.teams[cost.team].id if cost.team else False,
        "source_id": loading.sources[cost.source].id if cost.source else False,
        "medium_id": loading.media[cost.medium].id if cost.medium else False,
        "campaign_id": _campaign(loading, cost.campaign).id if cost.campaign else False,
        "allocation_id": allocations[cost.allocation].id if cost.allocation else False,
        "recurrence": cost.recurrence,
        "recurrence_until": plan.today if is_past and cost.recurrence != "none" else False,
        **(cost.work or {"amount": cost.amount}),
    }


def _campaign(loading, name):
    """A campaign that was paid for, though perhaps nobody answered it."""
    if name not in loading.campaigns:
        loading.campaigns[name] = loading.env["utm.campaign"].create({"title": name})
    return loading.campaigns[name]


def _by_feature(env, company):
    features = {each.code: each for each in env["crm.roi.feature"].search([])}
    return env["crm.roi.cost.allocation"].create({
        "name": "Licences by feature", "company_id": company.id, "dimension": "feature_id",
        "line_ids": [Command.create({"feature_id": features[code].id, "percent": percent})
                     for code, percent in FEATURES.items()],
    })


def _by_leads(env, company):
    return env["crm.roi.cost.allocation"].create({
        "name": "Teams by their leads", "company_id": company.id, "dimension": "team_id",
        "method": "driver", "driver": "leads",
    })
