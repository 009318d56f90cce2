from odoo import api, fields, models
from odoo.tools import SQL


class CrmKpiMailing(models.Model):
    """Mass mails that were sent, a row for each, with what the recipient did by now.

    Empty unless the app for mass mailing is installed. Test mails do not count.
    """

    _name = "crm.kpi.mailing"
    _description = "Mass Mail Sent"
    _auto = False
    _order = "sent_datetime desc, id desc"
    # Its records cannot mark the days they touch: the nightly action compares.
    _kpi_is_compared = True

    name = fields.Char("Mailing", readonly=True)
    mailing_id = fields.Integer("Mailing ID", readonly=True)
    subject = fields.Char(readonly=True)
    sent_datetime = fields.Datetime("Sent On", readonly=True)
    is_opened = fields.Boolean("Opened", readonly=True)
    is_clicked = fields.Boolean("Clicked", readonly=True)
    is_replied = fields.Boolean("Replied", readonly=True)
    user_id = fields.Many2one("res.users", "Responsible", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    company_id = fields.Many2one("res.company", "Company", readonly=True)
    source_id = fields.Many2one("utm.source", "Source", readonly=True)
    campaign_id = fields.Many2one("utm.campaign", "Campaign", readonly=True)

    _depends = {
        "crm.team.member": ["user_id", "crm_team_id"],
        "res.users": ["company_id"],
    }

    @api.model
    def _kpi_source_is_there(self):
        return "mailing.trace" in self.env

    @property
    def _table_query(self):
        if not self._kpi_source_is_there():
            return SQL(
                """SELECT NULL::int4 AS id, NULL AS name, NULL::int4 AS mailing_id,
                          NULL AS subject, NULL::timestamp AS sent_datetime,
                          FALSE AS is_opened, FALSE AS is_clicked, FALSE AS is_replied,
                          NULL::int4 AS user_id, NULL::int4 AS team_id, NULL::int4 AS company_id,
                          NULL::int4 AS source_id, NULL::int4 AS campaign_id WHERE FALSE"""
            )
        # A click and an answer mean that it was opened, also where pictures are not loaded.
        return SQL(
            """SELECT trace.id, source.name, mailing.id AS mailing_id, mailing.subject,
                      trace.sent_datetime,
                      COALESCE(trace.open_datetime, trace.links_click_datetime,
                               trace.reply_datetime) IS NOT NULL AS is_opened,
                      trace.links_click_datetime IS NOT NULL AS is_clicked,
                      trace.reply_datetime IS NOT NULL AS is_replied,
                      mailing.user_id, member.team_id, responsible.company_id,
                      mailing.source_id, mailing.campaign_id
               FROM mailing_trace trace
               JOIN mailing_mailing mailing ON mailing.id = trace.mass_mailing_id
               LEFT JOIN utm_source source ON source.id = mailing.source_id
               LEFT JOIN res_users responsible ON responsible.id = mailing.user_id
               LEFT JOIN %s AS member ON member.user_id = mailing.user_id
                    AND trace.sent_datetime >= member.since AND trace.sent_datetime < member.until
               WHERE trace.sent_datetime IS NOT NULL AND trace.is_test_trace IS NOT TRUE""",
            self.env["crm.activity.source"]._memberships_sql(),
        )

    def action_open(self):
        """:return: window action of the mail as the app for mass mailing keeps it, or of this row
            for who may not read there"""
        self.ensure_one()
        model = "mailing.trace"
        if not self.env[model].browse(self.id).has_access("read"):
            model = self._name
        return {
            "type": "ir.actions.act_window", "res_model": model, "res_id": self.id,
            "views": [(False, "form")],
        }
