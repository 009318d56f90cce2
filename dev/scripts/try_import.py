"""Odoo shell script: import a real export, compare the KPIs with the file, keep nothing.

    IMPORT_FILE=deals.csv IMPORT_TEAMS=teams.csv python3 -m dev shell < dev/scripts/try_import.py

Prints seconds and figures of a first and a second import. The win rate and revenue that the
snapshot gives must be those that the check step showed; the script ends with an error otherwise.
"""

import base64
import os
import time
from pathlib import Path


def upload(name):
    return base64.b64encode(Path(name).read_bytes()) if name else False


def run(company):
    wizard = env["crm.lead.import"].create({
        "company_id": company.id, "refresh_kpis": False,
        "file": upload(os.environ["IMPORT_FILE"]), "filename": "deals",
        "team_file": upload(os.environ.get("IMPORT_TEAMS")), "team_filename": "teams",
    })
    started = time.monotonic()
    wizard.action_read()
    wizard.action_match()
    wizard.create_users = True
    wizard.action_check()
    print(f"check {time.monotonic() - started:.1f} s: {wizard.issue_count} problems, "
          f"{wizard.won_count} won, {wizard.lost_count} lost, {wizard.open_count} open, "
          f"win rate {wizard.win_rate}, revenue {wizard.won_revenue:,.2f}, "
          f"deal {wizard.average_deal}, cycle {wizard.average_cycle}")
    for issue in wizard.issue_ids[:20]:
        print("  ", issue.row, issue.column, issue.value, issue.message)
    started, busy = time.monotonic(), time.process_time()
    wizard.action_import()
    print(f"import {time.monotonic() - started:.1f} s (Python {time.process_time() - busy:.1f} s): "
          f"{wizard.created_count} created, {wizard.updated_count} updated, "
          f"{wizard.unchanged_count} unchanged")
    started = time.monotonic()
    wizard.action_refresh_kpis()
    print(f"KPIs {time.monotonic() - started:.1f} s")
    return wizard


def compare(wizard):
    measures = ["win_rate:avg", "won_count:sum", "lost_count:sum", "won_revenue:sum",
                "average_deal_size:avg", "average_cycle_days:avg"]
    row = env["crm.kpi.snapshot"]._read_group(wizard.action_open_kpis()["domain"] + [
        ("company_id", "=", wizard.company_id.id)], [], measures)[0]
    print("snapshot", dict(zip(measures, row, strict=True)))
    won, lost = wizard.won_count, wizard.lost_count
    assert (row[1], row[2]) == (won, lost)
    assert abs(row[0] - won / (won + lost)) < 1e-9
    assert abs(row[3] - wizard.won_revenue) < 0.005 * won
    assert f"{row[5]:.2f} days" == wizard.average_cycle


company = env["res.company"].create({"name": "Import trial"})
env.user.company_ids += company
env = env(context={**env.context, "allowed_company_ids": company.ids})
first = run(company)
compare(first)
second = run(company)
compare(second)
assert (second.created_count, second.updated_count) == (0, 0)
env.cr.rollback()
