from odoo import api, fields, models


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    @api.model_create_multi
    def create(self, vals_list):
        events = super().create(vals_list)
        events._kpi_record_held()
        return events

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"start", "opportunity_id", "active", "user_id"}:
            self._kpi_record_held()
        return result

    def _kpi_record_held(self):
        """A meeting entered after it took place; one that is still to come is counted at night."""
        now = fields.Datetime.now()
        held = self.filtered(lambda event: event.opportunity_id and event.start <= now)
        if held:
            self.env["crm.lead"]._kpi_try_record_responses(held.opportunity_id.ids)
            self.env["crm.lead"]._lead_score_note_event({"meeting"}, held.opportunity_id.ids)
