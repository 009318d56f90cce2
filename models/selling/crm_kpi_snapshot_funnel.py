from odoo import models

from ...tools.fact import COUNT
from ..kpi.kpi_declaration import flow

EVENT = "crm.stage.event"


class CrmKpiSnapshot(models.Model):
    """What moved in the pipeline, on the day it moved."""

    _inherit = "crm.kpi.snapshot"

    stage_entry_count = flow(
        "Stage Entries", "deals",
        (EVENT, "entered_at", (("kind", "=", "entered"), ("is_first", "=", True)), COUNT),
        help="First entries of opportunities into a stage, the one they began in included. Moving "
             "back into a stage does not count again; being won is counted with won deals.",
    )
    reopened_count = flow(
        "Reopened Deals", "deals", (EVENT, "entered_at", (("kind", "=", "reopened"),), COUNT),
        better="none",
        help="Opportunities that were won, lost or archived and were opened again, on the day of "
             "the reopening. Whoever is reopened twice counts twice.",
    )
