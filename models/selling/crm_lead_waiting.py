from odoo import api, fields, models

from ..base.optional_number import OptionalFloat
from ..leads.crm_lead import SECONDS_PER_HOUR

HOURS_PER_DAY = 24


class CrmLead(models.Model):
    """Leads that wait for their first answer now, and how long they have."""

    _inherit = "crm.lead"

    waiting_hours = OptionalFloat(
        "Waiting (Hours)", compute="_compute_waiting", digits=(16, 1),
        help="Hours since the lead came in, while it is open and nobody has answered; working "
             "hours when the team has a response calendar.",
    )
    waiting_text = fields.Char("Waiting", compute="_compute_waiting")
    is_waiting_late = fields.Boolean(
        "Waiting Too Long", compute="_compute_waiting",
        help="The time in which the team should answer has passed.",
    )

    @api.depends("active", "won_status", "response_status", "create_date", "team_id", "company_id")
    def _compute_waiting(self):
        waiting = self.filtered(
            lambda lead: lead.active and lead.won_status == "pending"
            and not lead.response_status and lead.create_date
        )
        hours = waiting._waiting_hours()
        # Only the time to answer is read, which everybody has to know.
        main = self.env["res.company"]._kpi_main_company()
        for lead in self:
            value = hours.get(lead.id)
            known = lead.sudo()  # for the terms of its team and company
            allowed = known.team_id.response_hours or (known.company_id or main).response_hours
            lead.waiting_hours = False if value is None else value
            lead.waiting_text = False if value is None else lead._waiting_words()
            lead.is_waiting_late = bool(value is not None and allowed and value > allowed)

    def _waiting_hours(self):
        """:return: dict ``{lead id: hours}``; one reading of each calendar"""
        now = fields.Datetime.now()
        hours = {
            lead.id: max((now - lead.create_date).total_seconds(), 0) / SECONDS_PER_HOUR
            for lead in self
        }
        # The calendar of a team is read to count hours, nothing of it is shown.
        for team, leads in self.sudo().grouped("team_id").items():
            if calendar := team.response_calendar_id:
                hours.update(self._response_work(
                    calendar.id, [(lead.id, min(lead.create_date, now), now) for lead in leads]
                ))
        return hours

    def _waiting_words(self):
        """Time since the lead came in, as one says it."""
        seconds = (fields.Datetime.now() - self.create_date).total_seconds()
        minutes = int(max(seconds, 0) // 60)
        days, hours = minutes // (60 * HOURS_PER_DAY), minutes // 60
        if days > 1:
            return self.env._("%s days", days)
        if days == 1:
            return self.env._("1 day")
        if hours > 1:
            return self.env._("%s hours", hours)
        if hours == 1:
            return self.env._("1 hour")
        return self.env._("%s minutes", minutes)

    def action_write_answer(self):
        """:return: window action of the composer, for a message to the customer"""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window", "name": self.env._("Answer"),
            "res_model": "mail.compose.message", "views": [(False, "form")], "target": "new",
            "context": {
                "default_composition_mode": "comment", "default_model": self._name,
                "default_res_ids": self.ids, "default_partner_ids": self.partner_id.ids,
                "default_subject": self.name,
            },
        }
