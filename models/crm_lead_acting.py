"""What follows from a lead moves with it when leads are merged."""

from odoo import models
from odoo.tools import SQL


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def _merge_dependences(self, opportunities):
        result = super()._merge_dependences(opportunities)
        self._move_followups(opportunities)
        return result

    def _move_followups(self, leads):
        """What was followed up on a merged lead is not followed up again on the survivor."""
        self.env["crm.lead.followup"].flush_model()
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
        self.env["crm.lead.followup"].invalidate_model(flush=False)
