from odoo import models
from odoo.exceptions import AccessError


class CustomerMachine(models.AbstractModel):
    """Rows about customers that only the scheduled action writes."""

    _name = "crm.customer.machine"
    _inherit = ["crm.machine.written"]
    _description = "Customer Figures Written by the Scheduled Action"

    def _refuse_manual_change(self):
        raise AccessError(self.env._(
            "“%s” is computed by the scheduled action and cannot be created, changed or deleted. "
            "Correct the order or invoice instead, or set a tier by hand: the figures follow.",
            self._description,
        ))
