from odoo import fields, models
from odoo.tools import SQL

from ..models.base.optional_number import OptionalFloat
from ..models.selling.activity_source import DIRECTIONS, KINDS

WEEKDAYS = [
    ("1", "Monday"), ("2", "Tuesday"), ("3", "Wednesday"), ("4", "Thursday"), ("5", "Friday"),
    ("6", "Saturday"), ("7", "Sunday"),
]


class CrmActivityFact(models.Model):
    """What salespeople did: a row for each call, e-mail, meeting, task and note.

    Credited to who did it and to the team that person was in, not to who owns the lead today.
    Days, hours and weekdays are those of the company.
    """

    _name = "crm.activity.fact"
    _description = "Activity"
    _auto = False
    _order = "moment desc, id desc"
    _rec_name = "kind"
    # Nothing is done before there are leads; finding the first of millions would take long.
    _kpi_begins_with_leads = True
    # The kinds are computed: PostgreSQL would expect next to nothing and loop over millions. The
    # engine therefore picks them among the sums, not among the rows.
    _kpi_counts_most = True

    kind = fields.Selection(KINDS, "Type", readonly=True)
    direction = fields.Selection(DIRECTIONS, readonly=True, help="Of calls, where it is known.")
    moment = fields.Datetime("Done At", readonly=True)
    day = fields.Date(readonly=True, help="In the time zone of the company.")
    hour = fields.Char("Hour of the Day", readonly=True, help="In the time zone of the company.")
    weekday = fields.Selection(WEEKDAYS, readonly=True)
    minutes = OptionalFloat("Minutes of Calls", digits=(16, 1), readonly=True)
    connected = fields.Integer("Calls Connected", readonly=True)
    user_id = fields.Many2one("res.users", "Done By", readonly=True)
    team_id = fields.Many2one(
        "crm.team", "Sales Team", readonly=True, help="Of who did it, at that time.",
    )
    company_id = fields.Many2one("res.company", "Company", readonly=True)
    source_id = fields.Many2one("utm.source", "Source of Lead", readonly=True)
    lead_id = fields.Many2one("crm.lead", "Lead/Opportunity", readonly=True)
    lead_user_id = fields.Many2one("res.users", "Salesperson Now", readonly=True)
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference("Record", model_field="res_model", readonly=True)

    _depends = {
        "mail.message": ["model", "res_id", "date", "author_id", "message_type", "subtype_id",
                         "mail_activity_type_id", "is_internal", "call_minutes", "call_outcome"],
        "mail.activity": ["calendar_event_id", "date_done", "res_id", "res_model"],
        "mail.activity.type": ["category", "call_direction"],
        "calendar.event": ["active", "opportunity_id", "start", "user_id"],
        "crm.lead": ["company_id", "source_id", "user_id"],
        "crm.team.member": ["user_id", "crm_team_id"],
        "res.partner": ["had_internal_user"],
        "res.users": ["partner_id", "share", "company_id"],
    }

    @property
    def _kpi_is_compared(self):
        """Records of optional apps cannot mark the days they touch: the nightly action compares."""
        return self.env["crm.activity.source"]._activity_is_compared()

    @property
    def _table_query(self):
        sources = self.env["crm.activity.source"]
        company = SQL("CASE WHEN lead.id IS NULL THEN done.company_id ELSE lead.company_id END")
        return SQL(
            """SELECT done.id, done.kind, done.direction, done.moment, done.minutes,
                      done.is_connected::int4 AS connected, done.user_id, member.team_id,
                      %(company)s AS company_id, lead.source_id, lead.id AS lead_id,
                      lead.user_id AS lead_user_id, done.res_model, done.res_id,
                      local.moment::date AS day, to_char(local.moment, 'HH24:00') AS hour,
                      EXTRACT(ISODOW FROM local.moment)::int4::varchar AS weekday
               FROM (%(done)s) AS done
               LEFT JOIN crm_lead lead ON lead.id = done.lead_id
               LEFT JOIN %(members)s AS member ON member.user_id = done.user_id
                    AND done.moment >= member.since AND done.moment < member.until
               LEFT JOIN (VALUES %(zones)s) AS zone(company_id, name)
                    ON zone.company_id = COALESCE(%(company)s, 0)
               CROSS JOIN LATERAL (
                   SELECT done.moment AT TIME ZONE 'UTC' AT TIME ZONE COALESCE(zone.name, 'UTC')
                          AS moment
               ) AS local""",
            company=company, done=sources._activity_union(), members=sources._memberships_sql(),
            zones=SQL(", ").join(
                SQL("(%s, %s)", company_id or 0, timezone)
                for company_id, timezone in self.env["res.company"]._kpi_timezones()
            ),
        )

    def action_open(self):
        """:return: window action of the meeting, call or task, of the lead that a message is on,
            or of the lead where only that may be read"""
        self.ensure_one()
        record = self.env[self.res_model].browse(self.res_id)
        if self.lead_id and not record.exists().has_access("read"):
            record = self.lead_id
        return {
            "type": "ir.actions.act_window", "res_model": record._name, "res_id": record.id,
            "views": [(False, "form")],
        }
