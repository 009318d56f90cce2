from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import float_compare

DIMENSIONS = [
    ("team_id", "Sales teams"), ("source_id", "Sources"), ("campaign_id", "Campaigns"),
    ("medium_id", "Media"), ("feature_id", "Features"),
]


class CrmRoiCostAllocation(models.Model):
    """How a common cost is shared out: by fixed percentages, or by what happened in its period."""

    _name = "crm.roi.cost.allocation"
    _inherit = ["crm.roi.company.mixin"]
    _description = "Cost Allocation"
    _order = "name, id"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade",
        default=lambda self: self.env.company,
    )
    dimension = fields.Selection(
        DIMENSIONS, "Share Among", required=True, default="team_id",
    )
    method = fields.Selection(
        [("fixed", "Fixed percentages"), ("driver", "In proportion to a figure")],
        required=True, default="fixed",
    )
    driver = fields.Selection(
        [("leads", "Leads created"), ("won", "Deals won"), ("revenue", "Net order revenue"),
         ("users", "Active salespeople")],
        default="leads",
        help="The figure is counted over the days of each cost itself, within the cost's own "
             "team, source, campaign and medium where it has one. Active salespeople are those "
             "with a lead created in the period. What belongs to no team, source, campaign or "
             "medium keeps its part as “not set”; when there is nothing to count, the whole cost "
             "is “not set”.",
    )
    line_ids = fields.One2many("crm.roi.cost.allocation.line", "allocation_id", copy=True)
    percent_total = fields.Float(
        "Total (%)", compute="_compute_percent_total", digits=(16, 2),
        help="Fixed percentages must add up to 100.",
    )

    @api.depends("line_ids.percent")
    def _compute_percent_total(self):
        for allocation in self:
            allocation.percent_total = sum(allocation.line_ids.mapped("percent"))

    @api.constrains("method", "line_ids", "dimension")
    def _check_lines(self):
        for allocation in self.filtered(lambda one: one.method == "fixed"):
            values = allocation.line_ids.mapped(allocation.dimension)
            if len(values) != len(allocation.line_ids):
                raise ValidationError(self.env._(
                    "Allocation “%(name)s”: each line needs one of the %(what)s of its own. Fill "
                    "in the empty lines and remove repeated ones.",
                    name=allocation.name, what=dict(DIMENSIONS)[allocation.dimension].lower(),
                ))
            if float_compare(allocation.percent_total, 100, precision_digits=2):
                raise ValidationError(self.env._(
                    "Allocation “%(name)s”: the percentages add up to %(total)g, not to 100. "
                    "Correct the lines.", name=allocation.name, total=allocation.percent_total,
                ))

    @api.constrains("method", "dimension", "driver")
    def _check_driver(self):
        for allocation in self.filtered(lambda one: one.method == "driver"):
            if allocation.dimension == "feature_id":
                raise ValidationError(self.env._(
                    "Allocation “%s”: leads and orders do not say which feature they used. Choose "
                    "fixed percentages to share a cost among features.", allocation.name,
                ))
            if not allocation.driver:
                raise ValidationError(self.env._(
                    "Allocation “%s”: choose the figure to share the cost by.", allocation.name,
                ))

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"dimension", "method", "driver", "line_ids"}:
            self._share_costs_out()
        return result

    def _share_costs_out(self):
        self.env["crm.roi.cost"].search([("allocation_id", "in", self.ids)])._share_anew()
