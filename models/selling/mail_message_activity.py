from odoo import api, fields, models
from odoo.tools import SQL

from ..base.optional_number import OptionalFloat
from .activity_source import OUTCOMES

# What decides whether a message is an activity, of what kind, whose and when.
COUNTED = {
    "author_id", "call_minutes", "call_outcome", "date", "is_internal", "mail_activity_type_id",
    "message_type", "model", "res_id", "subtype_id",
}
# What makes it count on another day or lead.
MOVING = {"date", "model", "res_id"}


class MailMessage(models.Model):
    """Calls know how long they took and whether somebody was reached; changes of what is counted
    on finished days mark those days."""

    _inherit = "mail.message"

    call_minutes = OptionalFloat("Minutes of Call", digits=(16, 1), copy=False)
    call_outcome = fields.Selection(OUTCOMES, "Outcome of Call", copy=False)

    # Days are read from a table of millions.
    _lead_date_idx = models.Index("(date) WHERE model = 'crm.lead'")

    @api.model_create_multi
    def create(self, vals_list):
        messages = super().create(vals_list)
        # One that is written now counts on a day that has not been built yet.
        if any(vals.get("model") == "crm.lead" and vals.get("date") for vals in vals_list):
            messages._activity_mark_days()
        return messages

    def write(self, vals):
        if not COUNTED & vals.keys():
            return super().write(vals)
        self._activity_mark_days()
        result = super().write(vals)
        if MOVING & vals.keys():
            self._activity_mark_days()
        return result

    def unlink(self):
        self._activity_mark_days()
        return super().unlink()

    def _activity_mark_days(self):
        """Mark the finished days on which these messages on leads count: at most one statement,
        none for messages of today."""
        if self.env.context.get("activity_days_marked"):
            return
        latest = max(start for _id, _zone, start in self.env["crm.lead"]._kpi_today_starts())
        past = self.filtered(
            lambda message: message.model == "crm.lead" and message.date and message.date < latest
        )
        if past:
            past.flush_recordset(["date", "res_id", "model"])
            self.env["crm.lead"]._activity_mark(SQL(
                """SELECT message.res_id AS lead_id, message.date AS moment
                   FROM mail_message message WHERE message.id = ANY(%s)""", past.ids,
            ))
