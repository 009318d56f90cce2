from odoo import api, fields, models

# A change of these changes what every customer of the company is worth.
CUSTOMER_SETTINGS = {
    "customer_basis", "customer_lapse_days", "customer_tier_method", "customer_tier_slack",
}


class ResCompany(models.Model):
    _inherit = "res.company"

    customer_basis = fields.Selection(
        [("orders", "Confirmed sales orders"), ("invoices", "Posted invoices")],
        "Customer Value Based on", default="orders", required=True,
        help="What counts as a purchase. A credit note reduces the order or invoice it belongs "
             "to, on the day of that order or invoice.",
    )
    customer_lapse_days = fields.Integer(
        "Lapsed After (Days)",
        help="Days without a purchase after which a customer counts as lapsed. 0: the interval "
             "that 95 % of all intervals between purchases do not exceed.",
    )
    customer_tier_method = fields.Selection(
        [("share", "Best share of customers"), ("amount", "Amount per year")],
        "Customer Tiers by", default="share", required=True,
    )
    customer_tier_slack = fields.Float(
        "Tier Slack", default=0.1, digits=(4, 3),
        help="A customer changes tier only when the value is beyond the limit by this share, so "
             "that customers on the border stay where they are.",
    )
    _customer_lapse_days_positive = models.Constraint(
        "CHECK(customer_lapse_days >= 0)",
        "Days until a customer counts as lapsed cannot be negative. Enter 0 to let them be found "
        "from the history.",
    )
    _customer_tier_slack_range = models.Constraint(
        "CHECK(customer_tier_slack >= 0 AND customer_tier_slack < 1)",
        "The slack of customer tiers must be from 0 % to less than 100 %.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        # Whoever may create a company gets its tiers, whatever else they may do.
        self.env["crm.customer.tier"].sudo()._seed(companies)
        self.env["crm.priority.rule"]._make_ready(companies)
        return companies

    def write(self, vals):
        result = super().write(vals)
        if CUSTOMER_SETTINGS & vals.keys():
            # Whoever may change the settings need not be allowed to read forecasts.
            self.env["crm.customer.forecast"].sudo()._set_stale(self)
        return result
