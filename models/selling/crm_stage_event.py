from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools.sql import table_exists

from ..base.optional_number import OptionalFloat

SECONDS_PER_DAY = 86400.0
# A visit: the deal was open, so the clock ran. The others stop it.
VISITS = ("entered", "reopened")


class CrmStageEvent(models.Model):
    """What happened to an opportunity in its pipeline, row after row without gaps.

    A row begins when the opportunity enters a stage, is won, lost, archived or reopened, and ends
    when the next one begins. Written in SQL when a transaction ends: ``crm.stage.event.writer``.
    """

    _name = "crm.stage.event"
    _inherit = ["crm.machine.written"]
    _description = "Stage History"
    _order = "entered_at desc, id desc"
    _rec_name = "lead_id"
    _rec_names_search = ["lead_id", "stage_id"]
    _log_access = False
    _kpi_begins_with_leads = True  # nothing happens to a lead before it is there

    lead_id = fields.Many2one(
        "crm.lead", "Opportunity", required=True, readonly=True, ondelete="cascade",
    )
    kind = fields.Selection(
        [("entered", "Entered"), ("reopened", "Reopened"), ("won", "Won"), ("lost", "Lost"),
         ("archived", "Archived"), ("merged", "Merged Into It")],
        "What Happened", required=True, readonly=True,
    )
    stage_id = fields.Many2one("crm.stage", "Stage", readonly=True, index=True, ondelete="set null")
    stage_name = fields.Char(
        "Removed Stage", readonly=True, help="The name of a stage that was deleted.",
    )
    stage_sequence = fields.Integer(
        "Place of Removed Stage", readonly=True, aggregator=None,
        help="Where a stage that was deleted stood in the pipeline.",
    )
    entered_at = fields.Datetime("From", required=True, readonly=True, index=True)
    left_at = fields.Datetime("Until", readonly=True, help="Empty: this is how it still is.")
    outcome = fields.Selection(
        [("moved", "Other stage"), ("won", "Won"), ("lost", "Lost"), ("archived", "Archived"),
         ("reopened", "Reopened")],
        "Then", readonly=True,
    )
    is_first = fields.Boolean(
        "First Time", readonly=True, help="The opportunity had not been in this stage before.",
    )
    is_assumed = fields.Boolean(
        "Not Recorded", readonly=True,
        help="The way of the opportunity through the stages was not recorded, as with imported "
             "ones: it is assumed that it was here since it began. Left out of times in stage.",
    )
    days = OptionalFloat(
        compute="_compute_days", help="Days in the stage while open, until now if it still is.",
    )
    merged_number = fields.Integer(
        "Merged Record", readonly=True, aggregator=None,
        help="Database number of the lead that was merged into this one and is gone.",
    )
    merged_created_at = fields.Datetime(
        "Merged Record Created", readonly=True, help="When the lead that is gone was created.",
    )
    merged_source_id = fields.Many2one(
        "utm.source", "Source of Merged Record", readonly=True, ondelete="set null",
    )
    # Of the opportunity as it is now: whose it is decides who sees it.
    company_id = fields.Many2one(related="lead_id.company_id", related_sudo=True)
    team_id = fields.Many2one(related="lead_id.team_id", related_sudo=True)
    user_id = fields.Many2one(related="lead_id.user_id", related_sudo=True)
    source_id = fields.Many2one(related="lead_id.source_id", related_sudo=True)

    _lead_idx = models.Index("(lead_id, entered_at)")
    _present_uniq = models.UniqueIndex("(lead_id) WHERE left_at IS NULL AND kind <> 'merged'")

    @api.depends("kind", "entered_at", "left_at")
    def _compute_days(self):
        now = fields.Datetime.now()
        for event in self:
            is_visit = event.kind in VISITS and event.entered_at
            seconds = ((event.left_at or now) - event.entered_at).total_seconds() if is_visit else 0
            event.days = seconds / SECONDS_PER_DAY if is_visit else False

    def _auto_init(self):
        is_new = not table_exists(self.env.cr, self._table)
        super()._auto_init()
        if is_new:
            self.pool.post_init(self.env["crm.stage.event.writer"]._fill)

    def _refuse_manual_change(self):
        raise AccessError(self.env._(
            "“%s” is written by the program when an opportunity moves and cannot be created, "
            "changed or deleted. Move the opportunity instead.", self._description,
        ))

    @api.model
    def _run_nightly(self):
        return self.env["crm.stage.event.writer"]._run_nightly()
