from odoo import models


class MergePartnerAutomatic(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        # The merge rewrites foreign keys by SQL, which the ORM does not notice: two first orders
        # would remain.
        customers = self.env["res.partner"].browse(partner_ids).exists().commercial_partner_id
        result = super()._merge(partner_ids, dst_partner=dst_partner, extra_checks=extra_checks)
        merged = {*customers.ids, *partner_ids}
        self.env["sale.order"]._kpi_recompute_sql(partner_ids=merged)
        return result
