from odoo import api, fields, models
from odoo.tools import SQL


class CrmLeadScoreQueue(models.Model):
    """What the scheduled action is to score: leads that were not scored when they were saved, and
    whole rule sets. Rows are only inserted, so that nobody waits for anybody."""

    _name = "crm.lead.score.queue"
    _description = "Leads to Score"
    _rec_name = "id"
    _log_access = False

    lead_id = fields.Many2one("crm.lead", index="btree_not_null", ondelete="cascade", readonly=True)
    set_id = fields.Many2one(
        "crm.lead.score.set", index="btree_not_null", ondelete="cascade", readonly=True,
        help="All leads of this rule set.",
    )

    @api.model
    def _put_leads(self, ids):
        """Have leads scored by the next run of the scheduled action."""
        self.env.execute_query(SQL(
            """INSERT INTO crm_lead_score_queue (lead_id)
               SELECT id FROM crm_lead WHERE id = ANY(%s)""", list(ids),
        ))

    @api.model
    def _put_sets(self, ids):
        """Have all leads of rule sets scored by the scheduled action, soon."""
        if not ids:
            return
        self.env.execute_query(SQL(
            "INSERT INTO crm_lead_score_queue (set_id) SELECT unnest(%s)", list(ids),
        ))
        self._wake()

    @api.model
    def _wake(self):
        """Have the scheduled action run as soon as this transaction is committed."""
        cron = self.env.ref("crm_roi.ir_cron_lead_score", raise_if_not_found=False)
        if cron:
            # Whoever saves a lead may have it scored; nothing else of the action is his.
            cron.sudo()._trigger()

    @api.model
    def _take_leads(self, limit):
        """:return: ids of leads to score, taken out of the queue; empty when there are none"""
        return list({lead_id for (lead_id,) in self.env.execute_query(SQL(
            """DELETE FROM crm_lead_score_queue WHERE id IN (
                   SELECT id FROM crm_lead_score_queue WHERE lead_id IS NOT NULL
                   ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED)
               RETURNING lead_id""", limit,
        ))})

    @api.model
    def _take_sets(self):
        """:return: ids of rule sets whose leads are to be scored, taken out of the queue"""
        return list({set_id for (set_id,) in self.env.execute_query(SQL(
            """DELETE FROM crm_lead_score_queue WHERE id IN (
                   SELECT id FROM crm_lead_score_queue WHERE set_id IS NOT NULL
                   FOR UPDATE SKIP LOCKED)
               RETURNING set_id"""
        ))})

    @api.model
    def _is_empty(self):
        return not self.search_count([], limit=1)
