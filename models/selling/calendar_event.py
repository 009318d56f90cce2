from odoo import api, fields, models
from odoo.tools import SQL

# What decides whether a meeting counts, for whom and when.
HELD = {"start", "opportunity_id", "active", "user_id"}


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    @api.model_create_multi
    def create(self, vals_list):
        events = super().create(vals_list)
        events._kpi_record_held()
        events._activity_mark_days()
        return events

    def write(self, vals):
        if not vals.keys() & HELD:
            return super().write(vals)
        self._activity_mark_days()
        result = super().write(vals)
        self._kpi_record_held()
        self._activity_mark_days()
        return result

    def unlink(self):
        self._activity_mark_days()
        return super().unlink()

    def _kpi_record_held(self):
        """A meeting entered after it took place; one that is still to come is counted at night."""
        now = fields.Datetime.now()
        held = self.filtered(lambda event: event.opportunity_id and event.start <= now)
        if held:
            self.env["crm.lead"]._kpi_try_record_responses(held.opportunity_id.ids)
            self.env["crm.lead"]._lead_score_note_event({"meeting"}, held.opportunity_id.ids)

    def _activity_mark_days(self):
        """Mark the finished days on which these meetings of leads count."""
        starts = {start for _id, _zone, start in self.env["crm.lead"]._kpi_today_starts()}
        past = self.filtered(
            lambda event: event.opportunity_id and event.start and event.start < max(starts)
        )
        if past:
            past.flush_recordset(list(HELD))
            self.env["crm.lead"]._activity_mark(SQL(
                """SELECT opportunity_id AS lead_id, start AS moment
                   FROM calendar_event WHERE id = ANY(%s)""", past.ids,
            ))
