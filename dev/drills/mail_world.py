"""People who get a digest and a report kit, and the scheduled actions that send them."""

from datetime import datetime, timedelta

CRONS = ("crm_roi.ir_cron_crm_digest", "crm_roi.ir_cron_kpi_report",
         "digest.ir_cron_digest_scheduler_action", "mail.ir_cron_mail_scheduler_action")
KINDS = ("Drill digest", "Drill kit")
KPIS = ("won_count", "won_revenue", "win_rate", "open_revenue")


def prepare(env, people, port):
    """Recipients of a weekly digest and a weekly kit; our mail server; no other scheduled action.

    :param people: how many
    :param port: of the mail server
    """
    env["ir.cron"].search([]).active = False
    env["digest.digest"].search([]).state = "deactivated"
    env["crm.kpi.report.schedule"].search([]).active = False
    env["ir.mail_server"].search([]).active = False
    env["ir.mail_server"].create({
        "name": "Drill", "smtp_host": "127.0.0.1", "smtp_port": port, "smtp_encryption": "none",
    })
    env.company.email = "company@example.com"
    users = env["res.users"].with_context(no_reset_password=True).create([{
        "name": f"Recipient {number:05}", "login": f"recipient{number:05}@example.com",
        "email": f"recipient{number:05}@example.com", "tz": "UTC",
        "company_id": env.company.id, "company_ids": [(6, 0, env.company.ids)],
        "group_ids": [(6, 0, env.ref("sales_team.group_sale_salesman_all_leads").ids)],
    } for number in range(people)])
    kpis = env["crm.kpi"].search([("code", "in", KPIS)])
    env["digest.digest"].create({
        "name": KINDS[0], "periodicity": "weekly", "is_crm": True, "company_id": env.company.id,
        "crm_kpi_ids": kpis.ids, "user_ids": users.ids,
    })
    env["crm.kpi.report.schedule"].create({
        "name": KINDS[1], "company_id": env.company.id, "kpi_ids": kpis.ids, "with_xlsx": False,
        # Its latest moment is two or three days ago: none passes during a drill.
        "weekday": str((datetime.now() - timedelta(days=3)).weekday()),
        "recipient_ids": [(0, 0, {"user_id": user.id}) for user in users],
    })


def reset(env):
    """Nothing was ever sent, and everything is due."""
    env.cr.execute("DELETE FROM crm_digest_mail")
    env.cr.execute("DELETE FROM crm_kpi_report_log")
    env.cr.execute("DELETE FROM mail_mail")
    env.cr.execute(
        "UPDATE digest_digest SET next_run_date = current_date - 1 WHERE name ->> 'en_US' = %s",
        [KINDS[0]],
    )
    past = datetime.now() - timedelta(days=30)
    env.cr.execute("UPDATE crm_kpi_report_schedule SET since = %s", [past])
    env.cr.execute("UPDATE crm_kpi_report_recipient SET subscribed_at = %s", [past])
    time_passes(env)


def time_passes(env):
    """So much time that everything that waits is tried again."""
    env.cr.execute("UPDATE crm_digest_mail SET next_try = next_try - interval '3 days'")
    env.cr.execute("UPDATE crm_kpi_report_log SET next_try = next_try - interval '3 days'")
    env.cr.execute("DELETE FROM ir_cron_progress")
    env.cr.execute(
        """UPDATE ir_cron SET nextcall = now() AT TIME ZONE 'UTC' - interval '1 minute',
                  failure_count = 0, first_failure_date = NULL, active = TRUE WHERE id = ANY(%s)""",
        [[env.ref(name).id for name in CRONS]],
    )


def is_due(env):
    """Whether a cron worker would run one of the scheduled actions at once."""
    env.cr.execute(
        """SELECT FROM ir_cron WHERE active AND (nextcall <= now() AT TIME ZONE 'UTC' OR EXISTS (
               SELECT FROM ir_cron_trigger WHERE cron_id = ir_cron.id
                  AND call_at <= now() AT TIME ZONE 'UTC'))""")
    return bool(env.cr.rowcount)


def states(env):
    """:return: ``{kind: {state: number of rows of the ledger}}``"""
    found = {}
    for kind, table in zip(KINDS, ("crm_digest_mail", "crm_kpi_report_log"), strict=True):
        env.cr.execute(f"SELECT state, count(*) FROM {table} GROUP BY 1")
        found[kind] = dict(env.cr.fetchall())
    return found
