from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        if not vals.keys() & {"parent_id", "is_company"}:
            return super().write(vals)
        # The company a contact leaves loses the contact's orders from its history. The company
        # it joins is recomputed by the ORM, which knows the new one.
        left = self.commercial_partner_id.ids
        result = super().write(vals)
        self.env["sale.order"]._kpi_recompute_history(left)
        return result
