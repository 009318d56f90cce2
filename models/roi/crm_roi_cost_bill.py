from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmRoiCost(models.Model):
    _inherit = "crm.roi.cost"

    bill_rule_id = fields.Many2one(
        "crm.roi.bill.rule", "Bill Rule", readonly=True, copy=False, index="btree_not_null",
        ondelete="restrict",
        help="The rule that made this entry from a vendor bill. Its amount follows the bill.",
    )

    _bill_line_unique = models.UniqueIndex(
        "(move_line_id, bill_rule_id) WHERE move_line_id IS NOT NULL AND bill_rule_id IS NOT NULL",
        "This bill line is already in the cost ledger.",
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_without_bill(self):
        if self.env.su:
            return  # the program itself, following the bill
        for cost in self:
            if cost.bill_rule_id:
                raise UserError(self.env._(
                    "The cost “%(cost)s” comes from a vendor bill and would come back at night. "
                    "Change the conditions of the bill rule “%(rule)s” instead.",
                    cost=cost.name, rule=cost.bill_rule_id.name,
                ))
