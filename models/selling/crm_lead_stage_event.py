"""Opportunities write their stage history when their transaction ends, once, however often they
were written in it."""

from odoo import api, models
from odoo.tools import SQL

from .stage_event_writer import READ

PENDING = "crm_roi.stage_event"
WATCHED = {"stage_id", "active", "won_status", "type"}
# Why the history of a lead is written; the greatest counts.
MOVED, CONVERTED, CREATED = range(3)


class CrmLead(models.Model):
    _inherit = "crm.lead"

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        opportunities = leads.filtered(lambda lead: lead.type == "opportunity")
        self._stage_event_note(opportunities.ids, CREATED)
        return leads

    def _write_multi(self, vals_list):
        # Below write(): computed values (won status, stage) pass here too.
        result = super()._write_multi(vals_list)
        if any(not WATCHED.isdisjoint(vals) for vals in vals_list):
            is_new = any("type" in vals for vals in vals_list)
            self._stage_event_note(self.ids, CONVERTED if is_new else MOVED)
        return result

    def _merge_dependences(self, opportunities):
        result = super()._merge_dependences(opportunities)
        self._stage_event_merged(opportunities)
        return result

    @api.model
    def _stage_event_note(self, ids, why=MOVED):
        """Have the history of leads written when the transaction ends.

        :param why: what is ``CREATED`` has none yet, what is ``CONVERTED`` may have none; what else
            has none is left to the scheduled action
        """
        if not ids:
            return
        precommit = self.env.cr.precommit
        if PENDING not in precommit.data:
            precommit.data[PENDING] = {}
            # The history is the same whoever moves the lead.
            precommit.add(self.env(su=True, context={})["crm.lead"]._stage_event_run_pending)
        pending = precommit.data[PENDING]
        pending.update((lead_id, max(why, pending.get(lead_id, MOVED))) for lead_id in ids)

    @api.model
    def _stage_event_run_pending(self):
        pending = self.env.cr.precommit.data.pop(PENDING, None)
        if not pending:
            return
        writer = self.env["crm.stage.event.writer"]
        self.flush_model(READ)
        created = [lead_id for lead_id, why in pending.items() if why == CREATED]
        begun = set(writer._enter(created)) if created else set()
        rest = pending.keys() - begun
        if new := [lead_id for lead_id in rest if pending[lead_id] != MOVED]:
            writer._begin(new)
        if rest:
            writer._follow(rest)
        self.env["crm.stage.event"].invalidate_model(flush=False)

    def _kpi_moments_sql(self):
        """KPIs of stages stand on the days of the history, under the lead's team and person."""
        return [*super()._kpi_moments_sql(), SQL(
            """SELECT lead.company_id, event.entered_at
               FROM crm_stage_event event JOIN crm_lead lead ON lead.id = event.lead_id
               WHERE lead.id = ANY(%s)""", list(self.ids),
        )]

    def _stage_event_merged(self, opportunities):
        """Note which leads went into this one, before they are deleted with their histories."""
        self.env.execute_query(SQL(
            """INSERT INTO crm_stage_event
                      (lead_id, kind, stage_id, entered_at, left_at, is_first, is_assumed,
                       merged_number, merged_created_at, merged_source_id)
               SELECT %(survivor)s, 'merged', stage_id, %(now)s, %(now)s, FALSE, FALSE,
                      id, date_trunc('second', create_date), source_id
               FROM crm_lead WHERE id = ANY(%(merged)s)
               RETURNING id""",
            survivor=self.id, merged=opportunities.ids,
            now=self.env.cr.now().replace(microsecond=0),
        ))
