from odoo import models

from ...tools.fact import COUNT
from ..kpi.kpi_declaration import flow
from .kpi_ticket_facts import TICKET


class CrmKpiSnapshot(models.Model):
    """Support, whichever ticket app is installed; the columns stay empty without any."""

    _name = "crm.kpi.snapshot"
    # Before the snapshot: its facts are also a table of facts.
    _inherit = ["crm.kpi.ticket.facts", "crm.kpi.snapshot"]

    ticket_open_count = flow(
        "Open Tickets", "support", (TICKET, None, (("is_closed", "=", False),), COUNT),
        better="lower", aggregator="avg",
        help="Tickets open at the end of the day; average of the nights in a longer period.",
    )
