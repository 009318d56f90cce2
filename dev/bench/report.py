"""The figures as a table: what was measured, compared with what, the goal and the verdict."""

LINE = "{:<44} {:>11}  {:<34} {:>8} {:>9}  {:<6} {:>8} {:>8}"


def show(result):
    """Print all figures; 1 when totals disagree, since a fast wrong number is no result."""
    rows = f"{result['nightly']['rows']:,} snapshot rows. " if "nightly" in result else ""
    print(f"\n{result['leads']:,} leads, {result['leads'] // 4:,} orders. {rows}"
          "Times are medians of one run; memory is the peak of Odoo's and of PostgreSQL's "
          "process.\n")
    print(LINE.format("what", "time", "compared with", "ratio", "goal", "", "Odoo", "database"))
    for part, lines in PARTS.items():
        for row in lines(result) if part in result else ():
            print(LINE.format(*row))
    print()
    for difference in result["differences"]:
        print(f"WRONG  {difference}")
    if not result["differences"]:
        print("Totals equal those of the hand-written SQL and of the records themselves.")
    return 1 if result["differences"] else 0


def _reading(result):
    kpis, leads, levels = (result["read"][name] for name in ("kpis", "leads", "levels"))
    against = f"Odoo's lead pivot {_time(leads)}"
    yield _row("KPI pivot, team × month, six measures", kpis, against, _ratio(kpis, leads), 0.1)
    yield _row("  the same of the pipeline's levels", levels, against, _ratio(levels, leads))
    yield _row("  Odoo's lead pivot", leads)


def _building(result):
    build, hand, again, day = (result["build"][name] for name in ("build", "hand", "again", "day"))
    against = f"hand-written SQL {_time(hand)}"
    yield _row("whole history, first time", build, against, _ratio(build, hand), 2)
    yield _row("whole history, nothing has changed", again, against, _ratio(again, hand), 2)
    yield _row("one day", day, f"whole history {_time(again)}", _ratio(day, again))
    night = result["nightly"]
    yield _row("scheduled action from nothing, in steps", night,
               f"longest step {night['longest']:.2f} s")


def _activities(result):
    part = result["activity"]
    history, day, hand = (part[name] for name in ("history", "day", "hand"))
    against = f"two of them by hand {_time(hand)}"
    yield _row(f"activities, {part['messages']:,} messages", history, against,
               _ratio(history, hand))
    a_goal = f"for 4 million messages {4e6 * history['seconds'] / part['messages']:.0f} s"
    yield _row("  of a minute", history, a_goal,
               4e6 * history["seconds"] / part["messages"] / 60, 1)
    yield _row("activities, one day", day, "a second", day["seconds"], 1)


def _stage_history(result):
    part = result["stages"]
    fill, hand, funnel, pair = (part[name] for name in ("fill", "hand", "funnel", "pair"))
    yield _row(f"stage history, {part['tracked']:,} tracked values", fill,
               f"hand-written SQL {_time(hand)}", _ratio(fill, hand))
    two_million = 2e6 * fill["seconds"] / part["tracked"]
    yield _row("  of two minutes", fill, f"for 2 million values {two_million:.0f} s",
               two_million / 120, 1)
    yield _row("funnel of a quarter", funnel, "a second", funnel["seconds"], 1)
    yield _row("  with the quarter before", pair, "two seconds", pair["seconds"] / 2, 1)
    yield _row("sales cycles of a night", part["cycles"])


def _screens(result):
    names = {"board": "KPI board, this month", "year": "KPI board, a year"}
    for name, run in result["screens"].items():
        yield _row(names.get(name, f"dashboard {name}"), run,
                   f"a second, {run['queries']:.0f} queries", run["seconds"], 1)


def _scoring(result):
    first, again, odoo = (result["score"][name] for name in ("first", "again", "odoo"))
    count, rules = result["score"]["leads"], result["score"]["rules"]
    against = f"Odoo's predictive job {_time(odoo)}"
    yield _row(f"scoring {count:,} open leads, {rules} rules", first, against,
               _ratio(first, odoo), 0.2)
    yield _row("  the same again, as every night", again, against, _ratio(again, odoo), 0.2)
    yield _row("  Odoo's predictive job", odoo)


def _customers(result):
    found = result["customers"]
    whom = f"{found['partners']:,} partners, {found['orders']:,} orders"
    minute = {name: found[name]["seconds"] / 60 for name in ("first", "again")}
    yield _row("customers of a night with a new fit", found["first"], whom, minute["first"], 1)
    yield _row("  as most nights", found["again"], f"{found['customers']:,} customers",
               minute["again"], 1)


def _writing(result):
    for name, pair in result["write"].items():
        queries = f"{pair['with']['queries']:.0f} : {pair['without']['queries']:.0f} queries"
        yield _row(f"{name} with the addon", pair["with"],
                   f"without {_time(pair['without'])}, {queries}", 1 + pair["slower"], 1.05)


def _installing(result):
    full, empty = result["install"], result["install_empty"]
    filling = {"seconds": max(full["seconds"] - empty["seconds"], 0), "memory": full["memory"]}
    a_million = filling["seconds"] * 1e6 / result["leads"]
    yield _row("install, empty database", empty)
    yield _row("install, filling the fields of all leads", filling,
               f"a million leads {a_million:.0f} s", a_million / 60, 1)


PARTS = {
    "read": _reading, "build": _building, "stages": _stage_history, "activity": _activities,
    "screens": _screens, "score": _scoring, "customers": _customers, "write": _writing,
    "install": _installing,
}


def _row(what, figures, against="", ratio=None, goal=None):
    verdict = "" if goal is None else "OK" if ratio <= goal else "MISSED"
    return (
        what, _time(figures), against, "" if ratio is None else f"{ratio:.3f}",
        "" if goal is None else f"≤ {goal:g}", verdict,
        _memory(figures.get("memory")), _memory(figures.get("backend")),
    )


def _ratio(one, other):
    return one["seconds"] / other["seconds"]


def _time(figures):
    seconds = figures["seconds"]
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.1f} ms"


def _memory(megabytes):
    return f"{megabytes:.0f} MB" if megabytes else ""
