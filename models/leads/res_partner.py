from odoo import models


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "crm.roi.cost.dimension.mixin"]

    def write(self, vals):
        if not vals.keys() & {"parent_id", "is_company"}:
            return super().write(vals)
        # The company a contact leaves loses the contact's orders from its history. The company
        # it joins is recomputed by the ORM, which knows the new one.
        left = self.commercial_partner_id.ids
        result = super().write(vals)
        self.env["sale.order"]._kpi_recompute_history(left)
        return result

    def _cost_label(self, field):
        # The name of a person who is deleted must not live on in a cost.
        if self.is_company:
            return super()._cost_label(field)
        return self.env._("%s: a deleted person", field._description_string(self.env))
