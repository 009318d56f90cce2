"""The targets of the story: what the director asks of this year, from what last year brought.

They read the measured KPIs, so they come after the first nightly run. No benchmark is made up.
"""

from odoo import SUPERUSER_ID

from . import world

GROWTH = 1.12
# Of the company, for the year: what is summed grows, a rate has a value of its own.
YEAR_TOTALS = ("won_revenue", "order_revenue", "new_customer_count", "lead_count")
YEAR_RATES = {"win_rate": 0.32, "average_cycle_days": 45.0, "overdue_rate": 0.15,
              "margin_rate": 0.38}


def load_targets(env, plan):
    """Set the targets of the year of the story's last day, for every company of the story.

    :param plan: the `shapes.Plan` that was loaded and measured
    :return: the targets
    """
    env = env(user=SUPERUSER_ID, su=True, context={"lang": "en_US", "tracking_disable": True})
    targets = env["crm.kpi.target"]
    for values in world.COMPANIES.values():
        company = env["res.company"].search([("name", "=", values["name"])])
        targets |= _of_company(env, plan, company)
    return targets


def _of_company(env, plan, company):
    env = env(context={**env.context, "allowed_company_ids": company.ids})
    kpis = {kpi.code: kpi for kpi in env["crm.kpi"].search([])}
    rows = [_row(kpis[code], company, plan, amount) for code, amount in YEAR_RATES.items()]
    for code, by_holder in _last_year(env, plan, company).items():
        rows += [
            _row(kpis[code], company, plan, _ambition(amount), team_id=team.id, user_id=user.id)
            for (team, user), amount in by_holder.items() if amount
        ]
    return env["crm.kpi.target"].create(rows)


def _row(kpi, company, plan, amount, **holder):
    return {
        "kpi_id": kpi.id, "company_id": company.id, "amount": amount, "period_type": "year",
        "date_from": plan.today.replace(month=1, day=1), **holder,
        # The few deals of one person have no season.
        "spread": "season" if kpi.kind == "flow" and not holder.get("user_id") else "even",
    }


def _ambition(amount):
    """A rounder and larger number, as a director would write it."""
    grown = amount * GROWTH
    size = 10 ** max(len(str(int(grown))) - 2, 0)
    return float(max(round(grown / size), 1) * size)


def _last_year(env, plan, company):
    """:return: dict ``{code: {(team, salesperson): total of the year before}}``; nobody is empty"""
    year = plan.today.year - 1
    first, stop = (plan.today.replace(year=at, month=1, day=1) for at in (year, year + 1))
    domain = [("company_id", "=", company.id)]
    nobody = (env["crm.team"], env["res.users"])
    total = env["crm.kpi"]._values(list(YEAR_TOTALS), first, stop, domain)[()]
    found = {code: {nobody: total[code]["value"]} for code in YEAR_TOTALS}
    people = env["crm.kpi"]._values(
        ["won_revenue"], first, stop, domain, ["team_id", "user_id"])
    teams = env["crm.kpi"]._values(["won_revenue"], first, stop, domain, ["team_id"])
    for (team,), values in teams.items():
        if team:
            found["won_revenue"][team, nobody[1]] = values["won_revenue"]["value"]
    for (team, user), values in people.items():
        if team and user:
            found["won_revenue"][team, user] = values["won_revenue"]["value"]
    return found
