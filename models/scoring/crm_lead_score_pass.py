"""The scheduled scoring: waiting leads first, then whole rule sets, batch by batch."""

import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .lead_score_guard import TRANSIENT

_logger = logging.getLogger(__name__)

QUEUE_BATCH = 2_000
PASS_BATCH = 10_000
NEWEST = 2**31 - 1
ATTEMPTS = 5
# The action runs hourly; what a longer break leaves out, the pass of the night scores.
MEETINGS_BACK = timedelta(hours=2)


class CrmLeadScoreSet(models.Model):
    _inherit = "crm.lead.score.set"

    pass_lead_id = fields.Integer(
        "Scored Down To", readonly=True, copy=False,
        help="Leads are scored from the newest to the oldest. 0: all are scored.",
    )
    pass_done = fields.Integer("Leads Scored", readonly=True, copy=False)
    pass_total = fields.Integer("Leads to Score", readonly=True, copy=False)
    pass_day = fields.Date("Last Full Scoring", readonly=True, copy=False)
    pass_progress = fields.Float("Progress", compute="_compute_pass_progress")

    @api.depends("pass_lead_id", "pass_done", "pass_total")
    def _compute_pass_progress(self):
        for record in self:
            share = record.pass_done / record.pass_total if record.pass_total else 0.0
            record.pass_progress = 100.0 * min(share, 1.0) if record.pass_lead_id else 100.0

    @api.model
    def _run_scoring(self):
        """Score what waits. Interrupted anywhere, the next run goes on.

        :return: number of leads scored
        """
        progress = self.env["ir.cron"]._commit_progress
        self.env["crm.lead.score.guard"]._switch_off_uncompiled()
        self._start_passes()
        self._queue_meetings()
        progress(remaining=1)
        total, failures = 0, 0
        while failures < ATTEMPTS:
            try:
                done = self._score_next()
            except TRANSIENT as error:
                # Somebody has just saved one of these leads.
                _logger.info("Scoring tries the batch again: %s", error)
                self.env.cr.rollback()
                failures += 1
                continue
            if done is None or not progress(processed=done, remaining=1):
                break
            total, failures = total + done, 0
        progress(remaining=int(self._is_scoring()))
        return total

    @api.model
    def _score_next(self):
        """One batch: leads that wait, else the next of a pass.

        :return: number of leads scored; None when nothing is left
        """
        Queue = self.env["crm.lead.score.queue"]
        ids = Queue._take_leads(QUEUE_BATCH)
        changed = self.browse() if ids else self.browse(Queue._take_sets()).exists()
        if changed:
            changed.filtered(
                lambda record: record.state == "live" and record.active
            )._start_pass()
            return 0
        if not ids:
            running = self.search([("pass_lead_id", ">", 0), ("state", "=", "live")], limit=1)
            if not running:
                return None
            ids = running._next_of_pass()
        if ids:
            guard = self.env["crm.lead.score.guard"]
            guard._tell(guard._score_batch(ids))
        return len(ids)

    @api.model
    def _start_passes(self):
        """Begin a pass of each live set at the company's midnight, for what fades with time."""
        companies = self.env["res.company"]
        for record in self.search([("state", "=", "live")]):
            company = record.company_id or companies._kpi_main_company()
            today = companies._kpi_today(company._kpi_timezone())
            if record.pass_day != today:
                record._start_pass()
                record.pass_day = today

    @api.model
    def _queue_meetings(self):
        """Nobody writes anything when a planned meeting takes place."""
        if "meeting" not in self.env["crm.lead.score.engine"]._read_events():
            return
        now = self.env.cr.now()
        events = self.env["calendar.event"].search([
            ("opportunity_id", "!=", False), ("start", "<=", now),
            ("start", ">=", now - MEETINGS_BACK),
        ])
        if events:
            self.env["crm.lead.score.queue"]._put_leads(events.opportunity_id.ids)

    def _start_pass(self):
        for record in self:
            record.write({
                "pass_lead_id": NEWEST, "pass_done": 0, "pass_total": record._count_open(),
            })

    def _count_open(self):
        is_scored = self.env["crm.lead.score.engine"]._is_scored(self.id)
        return self.env.execute_query(SQL(
            "SELECT COUNT(*) FROM crm_lead lead WHERE %s", is_scored,
        ))[0][0]

    def _next_of_pass(self):
        """:return: ids of the next leads of a pass; empty when it is over"""
        self.ensure_one()
        is_scored = self.env["crm.lead.score.engine"]._is_scored(self.id)
        ids = [lead_id for (lead_id,) in self.env.execute_query(SQL(
            "SELECT id FROM crm_lead lead WHERE id < %s AND %s ORDER BY id DESC LIMIT %s",
            self.pass_lead_id, is_scored, PASS_BATCH,
        ))]
        self.write({
            "pass_lead_id": ids[-1] if ids else 0, "pass_done": self.pass_done + len(ids),
        })
        return ids

    @api.model
    def _is_scoring(self):
        running = self.search_count([("pass_lead_id", ">", 0), ("state", "=", "live")], limit=1)
        return bool(running) or not self.env["crm.lead.score.queue"]._is_empty()
