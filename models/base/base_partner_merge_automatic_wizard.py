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
        self._merge_customer_values(merged)
        self.env["crm.priority.rule"]._queue_customers(self.env["res.partner"].browse(merged))
        return result

    def _merge_customer_values(self, merged):
        """The rows of the merged are gone or doubled; tiers set by hand and history have moved."""
        customers = self.env["res.partner"].browse(merged).exists().commercial_partner_id
        # Whoever may merge partners need not be allowed to read what they are worth.
        Value = self.env["crm.customer.value"].sudo()
        for company in self.env["res.company"].sudo().search([]):
            Value._refresh_customers(company, customers)
