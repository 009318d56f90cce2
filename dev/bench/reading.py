"""Reading: the team × month pivot as the web client asks for it, on leads and on snapshots."""

from .clock import clock, interleave

ROUNDS = 7
LEAD_MEASURES = (
    "expected_revenue", "prorated_revenue", "probability", "day_open", "day_close", "__count",
)
KPI_MEASURES = (
    "lead_count", "won_count", "win_rate", "average_deal_size", "average_cycle_days",
    "won_revenue",
)
LEVEL_MEASURES = ("open_count", "open_revenue", "weighted_revenue", "overdue_count",
                  "overdue_rate", "sales_velocity")


def compare(env):
    """:returns: dictionary name -> list of runs."""
    director = env["res.users"].search([("login", "=", "bench_director")])
    works = {
        "leads": lambda: _pivot(env, director, "crm.lead", "create_date", LEAD_MEASURES),
        "kpis": lambda: _pivot(env, director, "crm.kpi.snapshot", "day", KPI_MEASURES),
        "levels": lambda: _pivot(env, director, "crm.kpi.snapshot", "day", LEVEL_MEASURES),
    }
    return dict(zip(works, interleave(ROUNDS, *works.values()), strict=True))


def _pivot(env, user, model, date, measures):
    """One load of a pivot whose rows are teams and whose columns are months."""
    env.invalidate_all()
    context = {"lang": "en_US", "tz": "Europe/Brussels", "active_test": False,
               "allowed_company_ids": user.company_ids.ids}
    records = env[model].with_user(user).with_context(context)
    month = f"{date}:month"
    sets = [[], [month], ["team_id"], ["team_id", month]]
    with clock(env.cr, memory=True) as run:
        answer = records.formatted_read_grouping_sets([], sets, specifications(records, measures))
    assert len(answer[3]) > 100, f"{model}: {len(answer[3])} cells"
    return run


def specifications(records, measures):
    """The aggregates that the pivot of the web client derives from its measures."""
    specs = []
    for name, field in records.fields_get(
        [name for name in measures if name != "__count"], ["aggregator", "currency_field"]
    ).items():
        specs.append(f"{name}:{field['aggregator']}")
        if field.get("currency_field"):
            specs += [f"{field['currency_field']}:array_agg_distinct", f"{name}:sum_currency"]
    return [*dict.fromkeys(specs), "__count"]
