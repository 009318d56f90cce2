"""Opportunities write their stage history when their transaction ends, once, however often they
were written in it."""

from odoo import api, models
from odoo.tools import SQL

from .stage_event_writer import READ

PENDING = "crm_roi.stage_event"
WATCHED = {"stage_id", "active", "won_status", "type"}


class CrmLead(models.Model):
    _inherit = "crm.lead"

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        self._stage_event_note(leads.ids, is_new=True)
        return leads

    def _write_multi(self, vals_list):
        # Below write(): computed values (won status, stage) pass here too.
        result = super()._write_multi(vals_list)
        if any(not WATCHED.isdisjoint(vals) for vals in vals_list):
            self._stage_event_note(self.ids, is_new=any("type" in vals for vals in vals_list))
        return result

    def _merge_dependences(self, opportunities):
        result = super()._merge_dependences(opportunities)
        self._stage_event_merged(opportunities)
        return result

    @api.model
    def _stage_event_note(self, ids, is_new=False):
        """Have the history of leads written when the transaction ends.

        :param is_new: they may have none yet; what else has none is left to the scheduled action
        """
        precommit = self.env.cr.precommit
        if PENDING not in precommit.data:
            precommit.data[PENDING] = {}
            # The history is the same whoever moves the lead.
            precommit.add(self.env(su=True, context={})["crm.lead"]._stage_event_run_pending)
        pending = precommit.data[PENDING]
        pending.update((lead_id, is_new or pending.get(lead_id, False)) for lead_id in ids)

    @api.model
    def _stage_event_run_pending(self):
        pending = self.env.cr.precommit.data.pop(PENDING, None)
        if pending:
            writer = self.env["crm.stage.event.writer"]
            self.env["crm.lead"].flush_model(READ)
            if any(pending.values()):
                writer._begin([lead_id for lead_id, is_new in pending.items() if is_new])
            writer._follow(pending)
            self.env["crm.stage.event"].invalidate_model(flush=False)

    def _kpi_mark_dirty(self):
        """KPIs of stages stand on the days of the history, under the lead's team and person."""
        result = super()._kpi_mark_dirty()
        if self.ids:
            self.env.execute_query(SQL(
                """INSERT INTO crm_kpi_dirty_day (company_id, day)
                   SELECT DISTINCT lead.company_id,
                          (event.entered_at AT TIME ZONE 'UTC' AT TIME ZONE unit.timezone)::date
                   FROM crm_stage_event event
                   JOIN crm_lead lead ON lead.id = event.lead_id
                   JOIN (VALUES %s) AS unit(company_id, timezone, today)
                     ON unit.company_id = COALESCE(lead.company_id, 0)
                   WHERE lead.id = ANY(%s) AND event.entered_at < unit.today RETURNING id""",
                self._kpi_units_sql(), self.ids,
            ))
        return result

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
