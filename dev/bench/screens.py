"""The director's screens: the KPI board, and what each dashboard asks the server for."""

import json
import re
from datetime import timedelta
from pathlib import Path

from lxml import etree

from odoo.tools import SQL

from .clock import clock, interleave
from .reading import specifications

ROUNDS = 5
# As many nights hold levels; the screens look back twelve months at most, and a year before.
NIGHTS = 400
FOLDER = Path(__file__).resolve().parents[2] / "data" / "dashboards"
DASHBOARDS = ("crm_director", "roi", "customers", "my_sales", "support_value")
PERIODS = {"this_month": "this_month", "last_90_days": "last_90", "last_12_months": "last_365"}
CELL = re.compile(r'CRM\.KPI\("(\w+)",\s*"?(\w*)"?(?:,\s*"([\w, ]*)")?\)')
# What the board shows, from the records: the finished days of last month in Brussels and New York.
BY_HAND = """
    SELECT COUNT(*) FILTER (WHERE (active OR won_status <> 'pending') AND %(created)s),
           COUNT(*) FILTER (WHERE type = 'opportunity' AND won_status = 'won' AND %(closed)s)
               / COUNT(*) FILTER (WHERE type = 'opportunity' AND won_status <> 'pending'
                                        AND %(closed)s)::float8
    FROM crm_lead
"""
LOCAL = """date_trunc('month', {} AT TIME ZONE 'UTC' AT TIME ZONE (
    CASE WHEN company_id = %(other)s THEN 'America/New_York' ELSE 'Europe/Brussels' END))
    = date_trunc('month', current_date) - interval '1 month'"""


def compare(env):
    """:returns: ``({name: list of runs}, list of differences)``"""
    _copy_levels(env)
    director = env["res.users"].search([("login", "=", "bench_director")])
    env = env(user=director, context={
        "lang": "en_US", "tz": "Europe/Brussels", "allowed_company_ids": director.company_ids.ids,
    })
    works = {"board": lambda: _timed(env, _board, {}),
             "year": lambda: _timed(env, _board, {"kpi_period": "last_365"})}
    for name in DASHBOARDS:
        book = json.loads((FOLDER / f"{name}_dashboard.json").read_text())
        works[name] = lambda book=book: _timed(env, _dashboard, book)
    runs = dict(zip(works, interleave(ROUNDS, *works.values()), strict=True))
    return runs, _differences(env)


def _timed(env, work, what):
    env.invalidate_all()
    with clock(env.cr, memory=True) as run:
        work(env, what)
    return run


def _copy_levels(env):
    """Levels on each of the nights before, those of the one that was taken: rows, not history."""
    snapshot = env["crm.kpi.snapshot"]
    levels = [SQL.identifier(name) for name in (*snapshot._measurable(True), "has_stock")]
    flows = [SQL.identifier(name) for name in snapshot._measurable(False)]
    columns = SQL(", ").join(levels)
    env.cr.execute(SQL(
        """INSERT INTO crm_kpi_snapshot
                  (day, company_id, currency_id, team_id, user_id, source_id, %(flows)s, %(levels)s)
           SELECT night.day::date, company_id, currency_id, team_id, user_id, source_id,
                  %(zeros)s, %(levels)s
           FROM crm_kpi_snapshot, generate_series(
                    crm_kpi_snapshot.day - %(nights)s, crm_kpi_snapshot.day - 1, '1 day'
                ) AS night(day)
           WHERE has_stock AND crm_kpi_snapshot.day = (
               SELECT MAX(day) FROM crm_kpi_snapshot WHERE has_stock)
           ON CONFLICT (day, COALESCE(company_id, 0), COALESCE(team_id, 0),
                        COALESCE(user_id, 0), COALESCE(source_id, 0))
           DO UPDATE SET (%(levels)s) = ROW (%(new)s)""",
        flows=SQL(", ").join(flows), zeros=SQL(", ").join([SQL("0")] * len(flows)),
        levels=columns, nights=NIGHTS,
        new=SQL(", ").join(SQL("EXCLUDED.%s", name) for name in levels),
    ))
    env.cr.execute(SQL(
        """UPDATE crm_kpi_snapshot_day SET stocks_at = flows_at
           WHERE stocks_at IS NULL AND day >= current_date - 1 - %s""", NIGHTS))
    env.cr.commit()
    env.cr.execute("ANALYZE crm_kpi_snapshot")
    env.cr.execute("ANALYZE crm_kpi_snapshot_day")
    env.cr.commit()


def _board(env, context):
    """One load of the board as the web client asks for it."""
    kpis = env["crm.kpi"].with_context(**context)
    view = env["ir.model.data"]._xmlid_to_res_id("crm_roi.crm_kpi_board_view_kanban")
    arch = kpis.get_view(view, "kanban")["arch"]
    names = {node.get("name") for node in etree.fromstring(arch).iter("field")}
    answer = kpis.web_read_group(
        [("is_key", "=", True)], ["theme"], [], auto_unfold=True,
        unfold_read_specification={name: {} for name in names},
    )
    cards = [card for group in answer["groups"] for card in group.get("__records", ())]
    assert sum(card["value_text"] not in (False, "–") for card in cards) > 9, cards


def _dashboard(env, book):
    """All that the cells and pivots of a dashboard ask for when it is opened."""
    period = env["crm.kpi.figures"]._period(PERIODS[_default_period(book)])
    env["crm.kpi.figures"].spreadsheet_fetch_figures(list(_requests(env, book, period)))
    for pivot in book["pivots"].values():
        if pivot["model"] in env:
            _pivot(env, pivot, period)


def _default_period(book):
    return next(item["defaultValue"] for item in book["globalFilters"] if item["type"] == "date")


def _requests(env, book, period):
    texts = {cell for sheet in book["sheets"] for cell in sheet["cells"].values()}
    cells = {
        (code, "last" in options, "mine" in options, what.startswith("middle"))
        for text in texts if isinstance(text, str) for code, what, options in CELL.findall(text)
    }
    for code, is_last, is_mine, has_middle in sorted(cells):
        scope = {"company_ids": env.companies.ids, **({"user_id": [env.uid]} if is_mine else {})}
        yield {
            "code": code, "first": str(period.first), "stop": str(period.stop),
            "unit": period.unit, "scope": scope, **({"last": True} if is_last else {}),
            **({"middle": True} if has_middle else {}),
        }


def _pivot(env, pivot, period):
    records = env[pivot["model"]].with_context(**pivot["context"])
    rows = [
        f"{row['fieldName']}:{row['granularity']}" if row.get("granularity") else row["fieldName"]
        for row in pivot["rows"]
    ]
    domain = []
    if "day" in records._fields:
        year = env["crm.kpi.figures"]._today() - timedelta(days=365)
        first = year if any("day" in row for row in rows) else period.first
        domain = [("day", ">=", str(first)), ("day", "<", str(period.stop))]
    measures = [measure["fieldName"] for measure in pivot["measures"]]
    is_counted = measures == ["__count"]
    sums = measures if is_counted else specifications(records, measures)
    records.formatted_read_grouping_sets(domain, [[], rows], sums)


def _differences(env):
    """Two figures of the board against the records."""
    codes = ("lead_count", "win_rate")
    figures = env["crm.kpi.figures"]._figures(codes, "last_month", {
        "company_ids": env.companies.ids})
    shown = [figure["value"] for figure in figures]
    other = max(env.companies.ids)
    env.cr.execute(SQL(
        BY_HAND, created=SQL(LOCAL.format("create_date"), other=other),
        closed=SQL(LOCAL.format("date_closed"), other=other),
    ))
    return [
        f"board, {code}: {value} shown, {expected} by hand"
        for code, value, expected in zip(codes, shown, env.cr.fetchone(), strict=True)
        if abs(value - expected) > 1e-9
    ]
