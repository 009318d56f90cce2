"""What follows from a lead: it is told when it becomes hot, and moves with it in a merge."""

from odoo import api, models
from odoo.tools import SQL


class CrmLead(models.Model):
    _inherit = "crm.lead"

    @api.model
    def _lead_score_crossed(self, leads):
        self.env["crm.lead.hot"]._record_crossing(leads.ids)
        return super()._lead_score_crossed(leads)

    @api.model
    def _lead_score_cooled(self, leads):
        self.env["crm.lead.hot"]._record_cooling(leads.ids)
        return super()._lead_score_cooled(leads)

    def _merge_dependences(self, opportunities):
        result = super()._merge_dependences(opportunities)
        self._move_followups(opportunities)
        self._move_crossings(opportunities)
        return result

    def _move_followups(self, leads):
        """What was followed up on a merged lead is not followed up again on the survivor."""
        Followup = self.env["crm.lead.followup"]
        Followup.flush_model()
        self.env.execute_query(SQL(
            """UPDATE crm_lead_followup moved SET lead_id = %(lead)s
               WHERE moved.lead_id = ANY(%(leads)s) AND NOT EXISTS (
                   SELECT FROM crm_lead_followup kept
                   WHERE kept.rule_id = moved.rule_id AND kept.cause = moved.cause
                     AND (kept.lead_id = %(lead)s
                          OR kept.lead_id = ANY(%(leads)s) AND kept.id < moved.id))
               RETURNING id""",
            lead=self.id, leads=leads.ids,
        ))
        Followup.invalidate_model(flush=False)

    def _move_crossings(self, leads):
        """Who was told of a merged lead is not told again because of the survivor."""
        Hot = self.env["crm.lead.hot"]
        Hot.flush_model()
        self.env.execute_query(SQL(
            """UPDATE crm_lead_hot SET lead_id = %(lead)s
               WHERE lead_id = ANY(%(leads)s) AND state <> 'pending' RETURNING id""",
            lead=self.id, leads=leads.ids,
        ))
        Hot.invalidate_model(flush=False)
