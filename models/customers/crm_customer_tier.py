from odoo import api, fields, models

# Name, share of customers that belong to it or to a better one, amount per year, colour.
SEEDS = (("A", 0.1, 50_000, 10), ("B", 0.3, 10_000, 4), ("C", 0.6, 1_000, 3), ("D", 1.0, 0, 0))


class CrmCustomerTier(models.Model):
    """A class of customers by their value in the next twelve months, best first."""

    _name = "crm.customer.tier"
    _inherit = ["crm.roi.company.mixin"]
    _description = "Customer Tier"
    _order = "company_id, sequence, id"

    name = fields.Char(required=True, translate=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade",
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    method = fields.Selection(related="company_id.customer_tier_method", string="Tiers by")
    sequence = fields.Integer(default=10, help="The best tier comes first.")
    active = fields.Boolean(default=True)
    share = fields.Float(
        "Best Share of Customers", digits=(5, 4), default=1.0,
        help="This share of customers belongs to this tier or to a better one: 10 % for A and 30 % "
             "for B give B the next 20 %. The last tier takes all others.",
    )
    least_value = fields.Monetary(
        "From Amount per Year", groups="sales_team.group_sale_salesman",
        help="Customers whose value in the next twelve months is at least this amount belong to "
             "this tier or to a better one. The last tier takes all others.",
    )
    color = fields.Integer("Colour")
    note = fields.Text(translate=True, help="What customers of this tier may expect.")
    customer_count = fields.Integer(
        "Customers", compute="_compute_customer_count", groups="sales_team.group_sale_salesman",
    )

    _share_range = models.Constraint(
        "CHECK(share > 0 AND share <= 1)",
        "The share of customers of a tier must be above 0 % and at most 100 %.",
    )

    def _compute_customer_count(self):
        counts = dict(self.env["crm.customer.value"]._read_group(
            [("customer_tier_id", "in", self.ids)], ["customer_tier_id"], ["__count"],
        ))
        for tier in self:
            tier.customer_count = counts.get(tier, 0)

    @api.model
    def _seed(self, companies=None):
        """Give companies without tiers the usual four."""
        companies = companies or self.env["res.company"].with_context(active_test=False).search([])
        have = self.with_context(active_test=False).search([]).company_id
        self.create([
            {"name": name, "company_id": company.id, "sequence": 10 * (place + 1),
             "share": share, "least_value": amount, "color": color}
            for company in companies - have
            for place, (name, share, amount, color) in enumerate(SEEDS)
        ])

    @api.model_create_multi
    def create(self, vals_list):
        tiers = super().create(vals_list)
        tiers._set_forecast_stale()
        return tiers

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"sequence", "active", "share", "least_value"}:
            self._set_forecast_stale()
        return result

    def _set_forecast_stale(self):
        # Tiers are drawn anew in the next run; nobody may write forecasts by hand.
        self.env["crm.customer.forecast"].sudo()._set_stale(self.company_id)

    def unlink(self):
        self._set_forecast_stale()
        return super().unlink()

    def action_open_customers(self):
        """Customers of this tier."""
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_roi.crm_customer_value_action")
        action["domain"] = [("customer_tier_id", "in", self.ids)]
        return action
