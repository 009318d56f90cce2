from odoo import api, models
from odoo.exceptions import AccessError


class CustomerMachine(models.AbstractModel):
    """Rows that only the scheduled action writes, in SQL; not even the superuser by hand."""

    _name = "crm.customer.machine"
    _description = "Customer Figures Written by the Scheduled Action"

    def _refuse_manual_change(self):
        raise AccessError(self.env._(
            "“%s” is computed by the scheduled action and cannot be created, changed or deleted. "
            "Correct the order or invoice instead, or set a tier by hand: the figures follow.",
            self._description,
        ))

    @api.model_create_multi
    def create(self, vals_list):
        return self._refuse_manual_change() if vals_list else self.browse()

    def write(self, vals):
        return self._refuse_manual_change() if vals else True

    def unlink(self):
        return self._refuse_manual_change() if self else True
