from odoo import api, models
from odoo.tools import SQL


class CrmLead(models.Model):
    """Activities belong to the company and the source of their lead, and follow it in a merge."""

    _inherit = "crm.lead"

    def action_log_call(self):
        """:return: window action of the dialog that logs a call on this lead"""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window", "name": self.env._("Log a Call"),
            "res_model": "crm.lead.call", "views": [(False, "form")], "target": "new",
            "context": {"default_lead_id": self.id},
        }

    @api.model
    def _activity_mark(self, rows):
        """Mark finished days of activities for a rebuild.

        :param rows: SQL query with the columns ``lead_id, moment`` (naive UTC)
        """
        self.env.execute_query(SQL(
            """INSERT INTO crm_kpi_dirty_day (company_id, day)
               SELECT DISTINCT lead.company_id,
                      (done.moment AT TIME ZONE 'UTC' AT TIME ZONE unit.timezone)::date
               FROM (%(rows)s) AS done
               JOIN crm_lead lead ON lead.id = done.lead_id
               JOIN (VALUES %(units)s) AS unit(company_id, timezone, today)
                 ON unit.company_id = COALESCE(lead.company_id, 0)
               WHERE done.moment < unit.today""",
            rows=rows, units=self._kpi_units_sql(),
        ))

    def write(self, vals):
        if not {"company_id", "source_id"} & vals.keys():
            return super().write(vals)
        self._activity_mark_all()
        result = super().write(vals)
        self.flush_recordset(["company_id", "source_id"])
        self._activity_mark_all()
        return result

    def _activity_mark_all(self):
        """Mark all finished days on which something was done on these leads."""
        if self.ids:
            self._activity_mark(SQL(
                """SELECT res_id AS lead_id, date AS moment FROM mail_message
                   WHERE model = 'crm.lead' AND res_id = ANY(%(ids)s)
                   UNION ALL
                   SELECT opportunity_id, start FROM calendar_event
                   WHERE opportunity_id = ANY(%(ids)s)""", ids=self.ids,
            ))

    def _merge_dependences_history(self, opportunities):
        # Odoo moves the messages one by one; their days are marked once for all.
        opportunities._activity_mark_all()
        result = super()._merge_dependences_history(
            opportunities.with_context(activity_days_marked=True)
        )
        self._activity_mark_all()
        return result

    def _merge_dependences(self, opportunities):
        result = super()._merge_dependences(opportunities)
        if "crm.phonecall" in self.env:
            # The merge itself is allowed; calls of colleagues must not be lost by it.
            calls = self.env["crm.phonecall"].sudo().with_context(active_test=False)
            calls.search([("opportunity_id", "in", opportunities.ids)]).opportunity_id = self.id
        return result
