"""What reminders say: read with the rights of whoever gets them."""

from odoo import api, models

# Activities a reminder names.
MOST = 20


class LeadReminderContent(models.AbstractModel):
    _name = "crm.lead.reminder.content"
    _inherit = ["crm.lead.responsible"]
    _description = "Content of Reminders"

    @api.model
    def _as(self, user, model):
        """A model as a user sees it in all his companies, in his language."""
        # Less rights than those of the scheduled action, never more.
        return self.env[model].with_user(user).with_context(
            allowed_company_ids=user.company_ids.ids, lang=user.lang,
        )

    @api.model
    def _content_overdue(self, user):
        """:return: ``(subject, body)``; body None when nothing is overdue that he may see"""
        today = self._local_today(user)
        activities = self._as(user, "mail.activity").search(
            [("res_model", "=", "crm.lead"), ("user_id", "=", user.id),
             ("date_deadline", "<", today)], order="date_deadline, id",
        )
        leads = self._as(user, "crm.lead").browse(activities.mapped("res_id"))
        readable = set(leads.exists()._filtered_access("read").ids)
        activities = activities.filtered(lambda activity: activity.res_id in readable)
        if not activities:
            return None, None
        return self._with_subject(
            self.env._("%(count)s overdue activities", count=len(activities)),
            "crm_roi.lead_reminder_overdue",
            {"user": user, "activities": activities[:MOST], "more": len(activities) - MOST,
             "today": today, "names": {lead.id: lead.name for lead in leads.browse(readable)}},
        )

    @api.model
    def _content_summary(self, user):
        """:return: ``(subject, body)``; body None when his teams have no open lead"""
        teams = self._as(user, "crm.team").search([("user_id", "=", user.id)])
        rows = self._summary_rows(user, teams)
        if not rows:
            return None, None
        return self._with_subject(
            self.env._("Follow-up in %(teams)s", teams=", ".join(teams.mapped("name"))),
            "crm_roi.lead_reminder_summary", {"user": user, "rows": rows},
        )

    @api.model
    def _summary_rows(self, user, teams):
        """:return: list of dicts, one a team and salesperson: team, user, open, hot, late, idle"""
        leads = self._as(user, "crm.lead")
        today = self._local_today(user)
        is_open = [("team_id", "in", teams.ids), ("won_status", "=", "pending")]
        kinds = {
            "open": [],
            "hot": [("is_hot", "=", True)],
            "late": [("activity_ids", "any", [("date_deadline", "<", today)])],
            "idle": [("activity_ids", "=", False)],
        }
        rows = {}
        for kind, domain in kinds.items():
            groups = leads._read_group(is_open + domain, ["team_id", "user_id"], ["__count"])
            for team, salesperson, count in groups:
                row = rows.setdefault((team, salesperson), dict.fromkeys(kinds, 0))
                row[kind] = count
        return [
            {"team": team, "user": salesperson, **row}
            for (team, salesperson), row in sorted(
                rows.items(), key=lambda item: (item[0][0].name, item[0][1].name or "")
            )
        ]

    @api.model
    def _with_subject(self, subject, template, values):
        base_url = self.env["ir.config_parameter"].get_param("web.base.url")
        return subject, self.env["ir.qweb"]._render(
            template, {**values, "base_url": base_url},
            minimal_qcontext=True,
        )
