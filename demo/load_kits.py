"""The report kits of the story: the weekly one is switched on and was sent once.

They read the measured KPIs, so they come after the first nightly run. Nothing leaves the house:
the mails are removed and the log says that they were sent.
"""

from datetime import datetime, time, timedelta

from odoo import SUPERUSER_ID, Command

from . import world

COMPANY = "eu"
RECIPIENTS = (world.DIRECTOR[0], "anna")


def load_kits(env, plan):
    """Switch the weekly kit on and note its last sending.

    :param plan: the `shapes.Plan` that was loaded and measured
    :return: the kit
    """
    env = env(user=SUPERUSER_ID, su=True, context={"lang": "en_US", "tracking_disable": True})
    company = env["res.company"].search([("name", "=", world.COMPANIES[COMPANY]["name"])])
    people = env["res.users"].search([("login", "in", RECIPIENTS)])
    weekly = env.ref("crm_roi.crm_kpi_report_weekly")
    for kit in (weekly, env.ref("crm_roi.crm_kpi_report_roi")):
        kit.company_id = company
    monday = plan.today - timedelta(days=plan.today.weekday() + 7)
    long_ago = datetime.combine(monday, time(0))
    weekly.write({
        "active": True, "since": long_ago, "owner_id": people.filtered(
            lambda person: person.login == world.DIRECTOR[0]).id,
        "recipient_ids": [Command.create({"user_id": person.id, "subscribed_at": long_ago})
                          for person in people],
        "with_slipping": True,
    })
    weekly._run_kits()
    for row in weekly.log_ids:
        row.mail_id.unlink()
        sent = datetime.combine(row.day, time(6, 2))
        row._put(state="sent", created_at=sent, sent_at=sent)
    return weekly
