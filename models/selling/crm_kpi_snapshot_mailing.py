from odoo import models

from ...tools.fact import COUNT
from ..kpi.kpi_declaration import flow, ratio


def sent(label, domain, help_text):
    """Mass mails on the day they were sent, with what became of them by now."""
    return flow(
        label, "activities", ("crm.kpi.mailing", "sent_datetime", domain, COUNT), help=help_text
    )


class CrmKpiSnapshot(models.Model):
    """Mass mailings, by who is responsible for them; empty without the app."""

    _inherit = "crm.kpi.snapshot"

    mailing_sent_count = sent(
        "Mass Mails Sent", (),
        "Mails of mass mailings sent in the period, one for each recipient; tests do not count.",
    )
    mailing_opened_count = sent(
        "Mass Mails Opened", (("is_opened", "=", True),),
        "Mass mails sent in the period that have been opened, clicked or answered by now. Mail "
        "programs that load no pictures hide openings, some load them without a reader.",
    )
    mailing_clicked_count = sent(
        "Mass Mails Clicked", (("is_clicked", "=", True),),
        "Mass mails sent in the period of which a link has been followed by now.",
    )
    mailing_replied_count = sent(
        "Mass Mails Answered", (("is_replied", "=", True),),
        "Mass mails sent in the period that have been answered by now.",
    )
    mailing_click_rate = ratio(
        "Click Rate of Mass Mails", "activities", "mailing_clicked_count / mailing_sent_count",
        interval="wilson",
        help="Share of the mass mails sent in the period of which a link has been followed by now.",
    )
    mailing_reply_rate = ratio(
        "Answer Rate of Mass Mails", "activities", "mailing_replied_count / mailing_sent_count",
        interval="wilson",
        help="Share of the mass mails sent in the period that have been answered by now.",
    )
