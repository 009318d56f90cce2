"""The pipeline as it stood on each past night, which only the story still knows.

Levels of a past night cannot be measured from today's records, so KPI snapshots never restate
them. The story was there: it knows which deals were open, at which stage, with which expected
closing date. The nights are logged as late, as any history that is brought in afterwards.
"""

from collections import defaultdict
from datetime import timedelta

from odoo.tools import SQL

from . import world
from .clock import local_day

COLUMNS = ("open_count", "open_revenue", "weighted_revenue", "overdue_count",
           "active_customer_count", "dated_count", "due_revenue", "due_next_revenue")
PROBABILITY = {"new": 0.30, "qualified": 0.38, "proposition": 0.48, "negotiation": 0.62}
YEAR = timedelta(days=365)
DAY = timedelta(days=1)


def load_past_stocks(loading):
    """Write the levels of all nights of the story but the last; that one is measured."""
    if "crm.kpi.snapshot" not in loading.env:
        return
    plan = loading.plan
    rows = nights(plan, plan.start, plan.today - DAY)
    for key, company in loading.companies.items():
        own = [(day, *_ids(loading, dims), *values)
               for (owner, day, *dims), values in rows.items() if owner == key]
        if own:
            _store(loading.env["crm.kpi.snapshot"], company, own)
            loading.env["crm.kpi.snapshot.day"]._log(
                company.id, world.COMPANIES[key]["tz"], plan.start, plan.today - DAY, "stocks", [])


def _ids(loading, dims):
    team, rep, source = dims
    return (loading.teams[team].id, loading.users[rep].id if rep else None,
            loading.sources[source].id if source else None)


def _store(snapshot, company, rows):
    """Add the rows through the engine's own statement, flows of new rows being 0."""
    stocks = snapshot._measurable(is_stock=True)
    facts = {name: stocks[name] for name in COLUMNS if name in stocks}
    constants = {
        "company_id": SQL("%s::integer", company.id),
        "currency_id": SQL("%s::integer", company.currency_id.id),
        "has_stock": SQL("TRUE"),
        **dict.fromkeys(snapshot._measurable(is_stock=False), SQL("0")),
    }
    fresh = SQL(
        """SELECT * FROM unnest(%s::date[], %s::int[], %s::int[], %s::int[],
                                %s::int[], %s::numeric[], %s::numeric[], %s::int[], %s::int[],
                                %s::int[], %s::numeric[], %s::numeric[])
                    AS night(day, team_id, user_id, source_id, %s)""",
        *(list(column) for column in zip(*rows, strict=True)),
        SQL(", ").join(SQL.identifier(name) for name in COLUMNS))
    update = [SQL.identifier(name) for name in (*facts, "has_stock")]
    snapshot.env.execute_query(SQL(
        "WITH fresh AS MATERIALIZED (%s) %s", fresh, snapshot._upsert(facts, constants, update)))
    snapshot.invalidate_model()


def nights(plan, first, stop):
    """Levels at the end of each local day of a half-open range.

    :return: dict ``{(company, day, team, rep, source): [values of COLUMNS]}``
    """
    rows = defaultdict(lambda: [0, 0.0, 0.0, 0, 0, 0, 0.0, 0.0])
    for deal in plan.deals:
        if deal.kind == "opportunity":
            _add_deal(rows, plan, deal, first, stop)
    by_customer = defaultdict(list)
    for order in plan.orders:
        if order.state == "sale":
            by_customer[order.customer.key].append(order)
    for orders in by_customer.values():
        _add_customer(rows, orders, first, stop)
    return rows


def _add_deal(rows, plan, deal, first, stop):
    company = world.TEAMS[deal.team].company
    stages, spans = _stages(deal), _open_spans(plan, deal)
    deadlines = _deadlines(plan, deal)
    for opened, closed in spans:
        day = max(opened, first)
        while day < min(closed, stop):
            values = rows[company, day, deal.team, deal.rep, deal.source]
            stage = next(name for since, name in reversed(stages) if since <= day)
            deadline = next(date for since, date in reversed(deadlines) if since <= day)
            weighted = round(deal.estimate * PROBABILITY[stage], 2)
            values[0] += 1
            values[1] += deal.estimate
            values[2] += weighted
            values[3] += deadline < day
            values[5] += 1
            months = (deadline.year - day.year) * 12 + deadline.month - day.month
            if months in (0, 1):
                values[6 + months] += weighted
            day += DAY


def _local(deal_or_order, moment):
    """The day of a UTC moment in the time zone of the company."""
    zone = world.COMPANIES[world.TEAMS[deal_or_order.team].company]["tz"]
    return local_day(moment, zone)


def _stages(deal):
    """[(first local day, stage)] by time."""
    moves = [move for move in deal.moves if move.what == "stage"]
    start = deal.converted or deal.created
    before = next((move.old for move in deal.moves if move.what in ("stage", "won")), deal.stage)
    return [(_local(deal, start), before),
            *((_local(deal, move.at), move.new) for move in moves)]


def _open_spans(plan, deal):
    """[(first day open at its end, day of closing)]; a deal given up and reopened has two."""
    spans, since = [], _local(deal, deal.converted or deal.created)
    for move in deal.moves:
        if move.what in ("lost", "won") and since:
            spans.append((since, _local(deal, move.at)))
            since = None
        elif move.what == "reopened":
            since = _local(deal, move.at)
    return [*spans, (since, plan.today)] if since else spans


def _deadlines(plan, deal):
    """[(in force since, deadline)]: moved some days after the one before had passed."""
    last = (_local(deal, deal.closed) if deal.closed else plan.today) - DAY
    start = _local(deal, deal.converted or deal.created)
    found = [(start, deal.deadlines[0])]
    for step, deadline in enumerate(deal.deadlines[1:], 1):
        passed = deal.deadlines[step - 1] + timedelta(days=1 + (deal.key * 7 + step * 3) % 9)
        found.append((max(start, min(passed, last)), deadline))
    return found


def _add_customer(rows, orders, first, stop):
    """Active for a year after each order, with the people of the latest one."""
    company = world.TEAMS[orders[0].team].company
    orders = sorted(orders, key=lambda order: order.at)
    days = [_local(order, order.at) for order in orders]
    active = first
    for order, day, following in zip(orders, days, [*days[1:], stop], strict=True):
        end = order.refunded_at if order.refund == "all" else day + YEAR
        active = max(active, end)
        day = max(day, first)
        while day < min(following, active, stop):
            rows[company, day, order.team, order.rep, order.source][4] += 1
            day += DAY
