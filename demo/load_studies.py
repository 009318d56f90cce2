"""The studies of the story: one of the team that got the CRM, one of a team that did not.

They read the measured KPIs, so they come after the first nightly run.
"""

from datetime import timedelta

from odoo import SUPERUSER_ID, Command

from . import world
from .clock import month_after

COMPANY = "eu"
# In use since the roll-out: what the licences pay for.
FEATURES = ("data_centralisation", "funnel_view", "lead_scoring", "email_marketing",
            "productivity_tracking", "custom_reports")
SAVINGS = (
    {"name": "Lists and forecasts no longer kept by hand", "hours": 5, "people": 5,
     "hourly_cost": 52},
    {"name": "Overtime at the end of the quarter", "hours": 6, "people": 2, "hourly_cost": 58,
     "is_cash": True},
)


def load_studies(env, plan):
    """Freeze the baseline, compute the study of the roll-out and the placebo.

    :param plan: the `shapes.Plan` that was loaded and measured
    :return: the two studies, the roll-out's first
    """
    env = env(user=SUPERUSER_ID, su=True, context={"lang": "en_US", "tracking_disable": True})
    company = env["res.company"].search([("name", "=", world.COMPANIES[COMPANY]["name"])])
    env = env(context={**env.context, "allowed_company_ids": company.ids})
    teams = {key: _team(env, company, team) for key, team in world.TEAMS.items()
             if team.company == COMPANY}
    baseline = _baseline(env, plan, company, list(teams.values()))
    studies = env["crm.roi.study"].create([
        _rollout(plan, company, baseline, teams), _placebo(plan, company, baseline, teams)])
    studies._recompute()
    features = env["crm.roi.feature"].search([("code", "in", FEATURES)])
    features.with_company(company).switched_on = plan.rollout
    return studies


def _team(env, company, team):
    return env["crm.team"].search([("name", "=", team.name), ("company_id", "=", company.id)])


def _baseline(env, plan, company, teams):
    baseline = env["crm.roi.baseline"].create({
        "name": "European teams before the roll-out", "company_id": company.id, "kind": "period",
        "date_from": month_after(plan.start.replace(day=1), 1),
        "date_to": plan.rollout.replace(day=1) - timedelta(days=1),
        "team_ids": [Command.set([team.id for team in teams])],
    })
    baseline.action_confirm()
    return baseline


def _common(plan, company, baseline):
    return {
        "company_id": company.id, "baseline_id": baseline.id, "switch_date": plan.rollout,
        "date_from": plan.rollout, "date_to": plan.today.replace(day=1) - timedelta(days=1),
        # Choosing the CRM began four months before it was used.
        "cost_scope": "teams", "cost_from": month_after(plan.rollout.replace(day=1), -4),
    }


def _rollout(plan, company, baseline, teams):
    return {
        **_common(plan, company, baseline),
        "name": f"CRM roll-out in {world.TEAMS['west'].name}",
        "treated_team_ids": [Command.set(teams["west"].ids)],
        "control_team_ids": [Command.set(teams["central"].ids)],
        "horizon": "projected", "horizon_months": 36,
        "saving_ids": [Command.create(saving) for saving in SAVINGS],
    }


def _placebo(plan, company, baseline, teams):
    """The other team changed nothing on that day: whatever is found there is chance."""
    return {
        **_common(plan, company, baseline),
        "name": f"Cross-check: nothing changed in {world.TEAMS['central'].name}",
        "treated_team_ids": [Command.set(teams["central"].ids)],
    }
