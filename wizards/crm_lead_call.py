from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..models.base.optional_number import OptionalFloat
from ..models.selling.activity_source import DIRECTIONS, OUTCOMES

LONGEST = 24 * 60


class CrmLeadCall(models.TransientModel):
    """A phone call that has just taken place, logged on a lead as a done activity."""

    _name = "crm.lead.call"
    _description = "Log a Call"
    _rec_name = "lead_id"

    lead_id = fields.Many2one("crm.lead", "Lead/Opportunity", required=True, readonly=True,
                              ondelete="cascade")
    direction = fields.Selection(DIRECTIONS, required=True, default="out")
    outcome = fields.Selection(OUTCOMES, required=True, default="reached")
    minutes = OptionalFloat(digits=(16, 1), help="How long the call took; empty when unknown.")
    moment = fields.Datetime("When", required=True, default=fields.Datetime.now)
    note = fields.Text("What Was Said")
    next_type_id = fields.Many2one(
        "mail.activity.type", "Next Activity",
        domain=[("res_model", "in", (False, "crm.lead"))],
    )
    next_date = fields.Date(
        "Due On", compute="_compute_next_date", store=True, readonly=False, precompute=True,
    )
    next_summary = fields.Char("Summary of Next Activity")

    @api.depends("next_type_id")
    def _compute_next_date(self):
        for call in self:
            call.next_date = call.next_type_id and call.next_type_id._get_date_deadline()

    @api.constrains("minutes", "moment")
    def _check_call(self):
        for call in self:
            if call.minutes is not False and not 0 <= call.minutes <= LONGEST:
                raise ValidationError(self.env._(
                    "“%(minutes)s” can not be the minutes of a call with %(lead)s. Enter 0 to "
                    "%(longest)s, or nothing.",
                    minutes=call.minutes, lead=call.lead_id.display_name, longest=LONGEST,
                ))
            if call.moment > fields.Datetime.now():
                raise ValidationError(self.env._(
                    "The call with %s lies in the future. Schedule an activity instead, or correct "
                    "when it took place.", call.lead_id.display_name,
                ))

    def action_log(self):
        """Log the call on its lead with the rights of the caller, schedule what comes next.

        :return: window action that closes the dialog
        """
        self.ensure_one()
        activity = self.env["mail.activity"].create({
            "res_model_id": self.env["ir.model"]._get_id("crm.lead"), "res_id": self.lead_id.id,
            "activity_type_id": self._activity_type().id, "user_id": self.env.uid,
        })
        messages, _next_activities = activity._action_done(feedback=self.note)
        # The message is the caller's own, posted above; a message's author may not edit it.
        self._complete(messages.sudo())
        if self.next_type_id:
            self.lead_id.activity_schedule(
                activity_type_id=self.next_type_id.id, date_deadline=self.next_date,
                summary=self.next_summary, user_id=self.env.uid,
            )
        return {"type": "ir.actions.act_window_close"}

    def _complete(self, message):
        """Note on the message of the call what an activity does not know."""
        values = {"call_outcome": self.outcome, "call_minutes": self.minutes}
        is_earlier = self.moment < message.date.replace(second=0)
        message.write({**values, "date": self.moment} if is_earlier else values)
        if is_earlier:
            # It may have been the first answer to the lead.
            message.flush_recordset()
            self.env["crm.lead"]._kpi_recompute_sql(self.lead_id.ids)

    def _activity_type(self):
        """The type of calls in this direction; any type of calls when somebody removed it."""
        types = self.env["mail.activity.type"].search([
            ("category", "=", "phonecall"), ("res_model", "in", (False, "crm.lead")),
        ])
        return (
            types.filtered(lambda kind: kind.call_direction == self.direction)
            or types.filtered(lambda kind: not kind.call_direction)
            or self.env.ref("mail.mail_activity_data_call")
        )[:1]
