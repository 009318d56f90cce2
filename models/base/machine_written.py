from odoo import api, models


class MachineWritten(models.AbstractModel):
    """Rows that only the program writes, in SQL; nobody by hand, not even the superuser."""

    _name = "crm.machine.written"
    _description = "Rows Written by the Program"

    def _refuse_manual_change(self):
        """Raise an AccessError that names what to correct instead."""
        raise NotImplementedError

    @api.model_create_multi
    def create(self, vals_list):
        return self._refuse_manual_change() if vals_list else self.browse()

    def write(self, vals):
        return self._refuse_manual_change() if vals else True

    def unlink(self):
        return self._refuse_manual_change() if self else True
