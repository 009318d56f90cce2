"""What tells the director of figures in the story: alerts, the weekly digest, a KPI of her own."""

from odoo import SUPERUSER_ID

from . import world

DIRECTOR = world.DIRECTOR[0]


def load_telling(env, plan):
    """Make a custom KPI with its history, alerts that have looked once, and a digest.

    :param plan: the `shapes.Plan` that was loaded and measured
    :return: ``(custom KPIs, alerts, digest)``
    """
    env = env(user=SUPERUSER_ID, su=True, context={"lang": "en_US", "tracking_disable": True})
    names = [company["name"] for company in world.COMPANIES.values()]
    companies = env["res.company"].search([("name", "in", names)], order="id")
    director = env["res.users"].search([("login", "=", DIRECTOR)])
    as_director = env(user=director.id, su=False, context={
        **env.context, "allowed_company_ids": companies.ids,
    })
    customs = _custom_kpis(as_director)
    env["crm.kpi.snapshot"]._refresh(plan.start, plan.start.replace(year=plan.start.year + 5))
    alerts = _alerts(as_director, companies[:1])
    for alert in alerts.with_env(env):
        alert._check()
    digest = env.ref("crm_roi.digest_crm_weekly")
    digest.write({
        "company_id": companies[:1].id, "user_ids": director.ids, "state": "activated",
    })
    return customs, alerts, digest


def _custom_kpis(env):
    return env["crm.kpi.custom"].create([{
        "name": "Share of Large Deals", "kind": "ratio", "unit": "percent", "theme": "deals",
        "description": "Won deals of 20,000 or more as a share of all won deals, by closing date.",
        "a_model": "crm.lead", "a_date": "date_closed",
        "a_domain": "[('won_status', '=', 'won'), ('expected_revenue', '>=', 20000)]",
        "b_model": "crm.lead", "b_date": "date_closed",
        "b_domain": "[('won_status', '=', 'won')]", "visibility": "all",
    }])


def _alerts(env, company):
    kpis = {kpi.code: kpi.id for kpi in env["crm.kpi"].search([])}
    common = {"company_id": company.id, "owner_id": env.uid}
    return env["crm.kpi.alert"].create([
        {**common, "kpi_id": kpis["win_rate"], "condition": "below", "value": 0.9,
         "step": "month", "periods": 2, "name": "Win rate below 90 %, two months in a row"},
        {**common, "kpi_id": kpis["overdue_rate"], "condition": "above", "value": 0.5,
         "step": "week", "name": "More than half of the pipeline is overdue"},
        {**common, "kpi_id": kpis["new_customer_count"], "condition": "target",
         "step": "month", "name": "New customers behind the target"},
    ])
