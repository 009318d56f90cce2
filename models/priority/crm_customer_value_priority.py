from odoo import api, models


class CrmCustomerValue(models.Model):
    _inherit = "crm.customer.value"

    @api.model
    def _note_tier_changes(self, company, today):
        result = super()._note_tier_changes(company, today)
        # The statement that stores the new tiers has not run yet: both are there to be compared.
        self.env["crm.priority.rule"]._queue_changed_tiers(company)
        return result
