"""New and changed leads are scored when their transaction ends, once, whatever was written."""

import logging

from odoo import api, models

from .lead_score_guard import TIMEOUT_SAVE

_logger = logging.getLogger(__name__)

PENDING = "crm_roi.lead_score"
# More leads than this in one transaction are left to the scheduled action.
BATCH_LIMIT = 200


class CrmLead(models.Model):
    _inherit = "crm.lead"

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        self._lead_score_note(leads.ids)
        return leads

    def _write_multi(self, vals_list):
        # Below write(): computed values (won status, team) pass here too.
        result = super()._write_multi(vals_list)
        columns = self.env["crm.lead.score.engine"]._read_columns()
        self._lead_score_note([
            lead_id for lead_id, vals in zip(self.ids, vals_list, strict=True)
            if not columns.isdisjoint(vals) and not _closes(vals)
        ])
        return result

    def _merge_dependences(self, opportunities):
        result = super()._merge_dependences(opportunities)
        self._lead_score_note(self.ids)
        return result

    def web_read(self, specification):
        # A form shows the score of what it has just saved.
        if not self.env.cr.readonly:
            self.env.flush_all()
            self._lead_score_run_pending()
        return super().web_read(specification)

    @api.model
    def _lead_score_note(self, ids):
        """Have leads scored when the transaction ends."""
        if not ids:
            return
        precommit = self.env.cr.precommit
        if PENDING not in precommit.data:
            precommit.data[PENDING] = {}
            # Scores are the same whoever saves the lead.
            precommit.add(self.env(su=True, context={})["crm.lead"]._lead_score_run_pending)
        precommit.data[PENDING].update(dict.fromkeys(ids))

    @api.model
    def _lead_score_note_event(self, events, ids):
        """The same when something has happened on leads, if live rules count it.

        :param events: set of names, see ``lead_score_event.EVENTS``
        """
        if ids and events & self.env["crm.lead.score.engine"]._read_events():
            self._lead_score_note(ids)

    @api.model
    def _lead_score_run_pending(self):
        """Score the leads noted in this transaction. Nothing that goes wrong here may keep a lead
        from being saved: what fails is left to the scheduled action."""
        pending = self.env.cr.precommit.data.get(PENDING)
        if not pending:
            return
        ids = list(pending)
        # The next change notes its leads anew, with a callback of its own.
        del self.env.cr.precommit.data[PENDING]
        if len(ids) > BATCH_LIMIT:
            self._lead_score_leave(ids)
            return
        # Outside of the savepoint: what others have pending must not be lost with it.
        self.env.flush_all()
        try:
            crossing = self.env["crm.lead.score.saving"]._score_saved(ids, TIMEOUT_SAVE)
        except Exception as error:
            _logger.warning(
                "Leads %s are left to the scheduled scoring: %s", ids, error, exc_info=True,
            )
            self._lead_score_leave(ids)
            return
        self.env["crm.lead.score.guard"]._tell(crossing)

    @api.model
    def _lead_score_leave(self, ids):
        self.env["crm.lead.score.queue"]._put_leads(ids)
        self.env["crm.lead.score.queue"]._wake()

    # ------------------------------------------------------------------
    # For follow-up
    # ------------------------------------------------------------------

    @api.model
    def _lead_score_crossed(self, leads):
        """Leads have just become hot; called once for each crossing."""

    @api.model
    def _lead_score_cooled(self, leads):
        """Leads have just ceased to be hot."""


def _closes(vals):
    """Whether a lead is closed by these values: its score stays as it is."""
    return vals.get("won_status", "pending") in ("won", "lost") or vals.get("active") is False
