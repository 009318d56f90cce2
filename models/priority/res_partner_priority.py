from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"parent_id", "is_company"}:
            # The contact belongs to another customer now, and its tickets with it.
            self.env["crm.priority.rule"]._queue_customers(self)
        return result
