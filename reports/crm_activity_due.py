from odoo import api, fields, models
from odoo.tools import SQL


class CrmActivityDue(models.Model):
    """Activities still to do on leads that are not archived, a row for each, with its assignee."""

    _name = "crm.activity.due"
    _description = "Activity to Do"
    _auto = False
    _order = "date_deadline, id"
    _rec_name = "lead_id"

    date_deadline = fields.Date("Due Date", readonly=True)
    user_id = fields.Many2one("res.users", "Assigned To", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    company_id = fields.Many2one("res.company", "Company", readonly=True)
    source_id = fields.Many2one("utm.source", "Source of Lead", readonly=True)
    lead_id = fields.Many2one("crm.lead", "Lead/Opportunity", readonly=True)

    _depends = {
        "mail.activity": ["active", "date_deadline", "res_id", "res_model", "user_id"],
        "crm.lead": ["active", "company_id", "source_id"],
        "crm.team.member": ["user_id", "crm_team_id"],
    }

    @property
    def _table_query(self):
        return SQL(
            """SELECT activity.id, activity.date_deadline, activity.user_id, member.team_id,
                      lead.company_id, lead.source_id, lead.id AS lead_id
               FROM mail_activity activity
               JOIN crm_lead lead ON lead.id = activity.res_id AND lead.active
               LEFT JOIN %s AS member
                    ON member.user_id = activity.user_id AND member.until = 'infinity'
               WHERE activity.res_model = 'crm.lead' AND activity.active""",
            self.env["crm.activity.source"]._memberships_sql(),
        )

    @api.model
    def _drill_target(self, records):
        return "mail.activity", [("id", "in", self._search(records))]
