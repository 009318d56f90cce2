from odoo import api, models

from .crm_lead_response import ANSWER_TYPES

# What a message can be for scoring.
MESSAGES = {"call", "mail_sent", "mail_received"}


class MailMessage(models.Model):
    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        messages = super().create(vals_list)
        answered = [
            vals["res_id"] for vals in vals_list
            if vals.get("model") == "crm.lead" and vals.get("res_id")
            and (vals.get("message_type") in ANSWER_TYPES or vals.get("mail_activity_type_id"))
        ]
        if answered:
            self.env["crm.lead"]._kpi_try_record_responses(answered)
            self.env["crm.lead"]._lead_score_note_event(MESSAGES, answered)
        return messages
