from odoo import api, models


class SaleOrder(models.Model):
    """Quotations of a lead count for its score."""

    _inherit = "sale.order"

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        orders._score_note_leads()
        return orders

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"state", "opportunity_id", "date_order"}:
            self._score_note_leads()
        return result

    def _score_note_leads(self):
        ids = self.opportunity_id.ids
        self.env["crm.lead"]._lead_score_note_event({"quotation"}, ids)
