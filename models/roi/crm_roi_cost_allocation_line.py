from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmRoiCostAllocationLine(models.Model):
    """One part of an allocation by fixed percentages."""

    _name = "crm.roi.cost.allocation.line"
    _inherit = ["crm.roi.company.mixin"]
    _description = "Line of a Cost Allocation"
    _rec_name = "allocation_id"
    _order = "sequence, id"
    _check_company_auto = True

    allocation_id = fields.Many2one(
        "crm.roi.cost.allocation", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="allocation_id.company_id", store=True)
    dimension = fields.Selection(related="allocation_id.dimension")
    sequence = fields.Integer(default=10)
    team_id = fields.Many2one(
        "crm.team", "Sales Team", check_company=True, ondelete="set null", index="btree_not_null"
    )
    source_id = fields.Many2one(
        "utm.source", "Source", ondelete="set null", index="btree_not_null"
    )
    campaign_id = fields.Many2one(
        "utm.campaign", "Campaign", ondelete="set null", index="btree_not_null"
    )
    medium_id = fields.Many2one(
        "utm.medium", "Medium", ondelete="set null", index="btree_not_null"
    )
    feature_id = fields.Many2one(
        "crm.roi.feature", "Feature", ondelete="set null", index="btree_not_null"
    )
    percent = fields.Float("%", digits=(16, 2))

    @api.constrains("percent")
    def _check_percent(self):
        for line in self:
            if not 0 <= line.percent <= 100:  # false for a value that is no number, too
                raise ValidationError(self.env._(
                    "Allocation “%(name)s”: %(percent)s is no percentage from 0 to 100.",
                    name=line.allocation_id.name, percent=line.percent,
                ))

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.allocation_id._share_costs_out()
        return lines

    def write(self, vals):
        result = super().write(vals)
        self.allocation_id._share_costs_out()
        return result

    def unlink(self):
        allocations = self.allocation_id
        result = super().unlink()
        allocations._share_costs_out()
        return result
