from odoo import fields, models
from odoo.tools import SQL


class CrmDealEffort(models.Model):
    """Won and lost opportunities, with what was done on each until it was closed.

    The deals give the period, the salesperson and the team, so that results and effort are those
    of the same deals, the lost ones included.
    """

    _name = "crm.deal.effort"
    _description = "Effort of a Deal"
    _auto = False
    _order = "date_closed desc, id desc"
    _rec_name = "lead_id"
    # The deals are leads; finding the first here would count everything done on all of them.
    _kpi_begins_with_leads = True

    lead_id = fields.Many2one("crm.lead", "Opportunity", readonly=True)
    date_closed = fields.Datetime("Closed", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    company_id = fields.Many2one("res.company", "Company", readonly=True)
    source_id = fields.Many2one("utm.source", "Source", readonly=True)
    call_count = fields.Integer("Calls Connected", readonly=True)
    activity_count = fields.Integer("Activities", readonly=True)

    _depends = {
        "crm.activity.fact": ["kind", "moment", "lead_id"],
        "crm.lead": ["company_id", "date_closed", "source_id", "team_id", "type", "user_id",
                     "won_status"],
    }

    @property
    def _kpi_is_compared(self):
        """As for the activities that are counted here."""
        return self.env["crm.activity.source"]._activity_is_compared()

    @property
    def _table_query(self):
        # Lead by lead, through the indexes: a period's deals are few among all messages.
        done = self.env["crm.activity.source"]._activity_union(
            lambda column: SQL("%s = lead.id", column)
        )
        return SQL(
            """SELECT lead.id, lead.date_closed, lead.user_id, lead.team_id, lead.company_id,
                      lead.source_id, lead.id AS lead_id, done.call_count, done.activity_count
               FROM crm_lead lead
               CROSS JOIN LATERAL (
                   SELECT COUNT(*) FILTER (WHERE is_connected)::int4 AS call_count,
                          COUNT(*) FILTER (WHERE kind <> 'note')::int4 AS activity_count
                   FROM (%s) AS activity
                   WHERE activity.moment <= lead.date_closed
               ) AS done
               WHERE lead.type = 'opportunity' AND lead.won_status IN ('won', 'lost')""",
            done,
        )

    def action_open(self):
        """:return: window action of the opportunity"""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window", "res_model": "crm.lead", "res_id": self.lead_id.id,
            "views": [(False, "form")],
        }
