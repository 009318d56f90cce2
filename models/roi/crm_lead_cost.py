from odoo import models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def _merge_dependences(self, opportunities):
        result = super()._merge_dependences(opportunities)
        # Whoever merges leads need not see what they cost; the costs follow the lead that stays.
        costs = self.env["crm.roi.cost"].sudo().search([("lead_id", "in", opportunities.ids)])
        # A cost of another company keeps its company, so it cannot stay with this lead.
        theirs = costs.filtered(
            lambda cost: not self.company_id or cost.company_id == self.company_id
        )
        theirs.lead_id = self
        (costs - theirs).lead_id = False
        return result
