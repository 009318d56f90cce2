"""The activities of follow-up rules: texts in the language of whoever gets them."""

from markupsafe import Markup, escape

from odoo import fields, models

from ...tools.period import local_day
from ...tools.placeholder import fill

# One notice an activity would bury people on the day a rule starts: the list of activities and
# the reminder of overdue ones tell them.
QUIET = {"mail_activity_quick_update": True}


class LeadFollowupActivity(models.AbstractModel):
    _name = "crm.lead.followup.activity"
    _inherit = ["crm.lead.responsible"]
    _description = "Activities of Follow-ups"

    def _schedule(self, followups):
        """Create the activities of follow-ups that were just claimed."""
        readable = self._readable(followups)
        (followups - readable).result = "no_access"
        values = [(followup, vals) for followup in readable for vals in self._values_of(followup)]
        activities = self.env["mail.activity"].with_context(**QUIET).create(
            [vals for _followup, vals in values]
        )
        for (followup, _vals), activity in zip(values, activities, strict=True):
            followup.activity_id = followup.activity_id or activity

    def _values_of(self, followup):
        """:return: list of values of activities, one or those of the plan"""
        common = {
            "res_model_id": self.env["ir.model"]._get_id("crm.lead"),
            "res_id": followup.lead_id.id, "automated": True,
        }
        today = self._local_today(followup.user_id)
        if self.plan_id:
            return [{**common, **vals} for vals in self._values_of_plan(followup, today)]
        rule = self.with_context(lang=followup.user_id.lang)
        words = rule._words(followup)
        return [{
            **common,
            "activity_type_id": rule.activity_type_id.id,
            "user_id": followup.user_id.id,
            "date_deadline": fields.Date.add(today, days=rule.delay_days),
            "summary": fill(rule.summary, words),
            "note": Markup(fill(
                rule.note, {name: str(escape(text)) for name, text in words.items()}
            )),
        }]

    def _values_of_plan(self, followup, today):
        for template in self.plan_id.template_ids:
            found = template._determine_responsible(followup.user_id, followup.lead_id)
            yield {
                "activity_type_id": template.activity_type_id.id,
                "user_id": (found["responsible"] or followup.user_id).id,
                "date_deadline": template._get_date_deadline(today),
                "summary": template.summary,
                "note": template.note,
            }

    def _words(self, followup):
        """What may stand in braces in the texts of a rule."""
        lead = followup.lead_id
        return {
            "lead": lead.name or "",
            "customer": lead.partner_id.display_name or lead.partner_name or lead.contact_name
            or lead.email_from or lead.name or "",
            "salesperson": lead.user_id.name or "",
            "days": str(self._days_between(followup)),
        }

    def _days_between(self, followup):
        """Days of the lead's company between the cause and today, so that the number is the same
        whatever the hour is and wherever the reader."""
        company = followup.company_id or followup.company_id._kpi_main_company()
        timezone = company._kpi_timezone()
        since = followup.since.date()
        if self.cause != "deadline":  # that is a day already
            since = local_day(followup.since, timezone)
        return abs((local_day(self.env.cr.now(), timezone) - since).days)
