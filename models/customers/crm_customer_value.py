from odoo import api, fields, models

from ..base.optional_number import OptionalFloat, OptionalInteger, OptionalMonetary

STAGES = [
    ("prospect", "Prospect"), ("first", "First Purchase"), ("active", "Active"),
    ("at_risk", "At Risk"), ("lapsed", "Lapsed"), ("won_back", "Won Back"),
]
SEGMENTS = [
    ("champion", "Champions"), ("loyal", "Loyal"), ("new", "New"), ("promising", "Promising"),
    ("attention", "Need Attention"), ("cannot_lose", "Cannot Lose"), ("fading", "Fading"),
    ("hibernating", "Hibernating"),
]


class CrmCustomerValue(models.Model):
    """What a customer is worth to a company: one row for each of both, written every night.

    A customer is the company behind the contact (the commercial partner). Customers of several
    companies have a row in each.
    """

    _name = "crm.customer.value"
    _inherit = ["crm.customer.machine", "crm.customer.days", "crm.customer.engine",
                "crm.customer.nightly"]
    _description = "Customer Value"
    _order = "customer_value DESC NULLS LAST, id"
    _rec_name = "partner_id"
    _log_access = False

    company_id = fields.Many2one("res.company", readonly=True, ondelete="cascade")
    partner_id = fields.Many2one(
        "res.partner", "Customer", readonly=True, index=True, ondelete="cascade"
    )
    user_id = fields.Many2one(
        "res.users", "Salesperson", readonly=True, ondelete="set null", index=True,
        help="Salesperson of the latest purchase.",
    )
    team_id = fields.Many2one(
        "crm.team", "Sales Team", readonly=True, ondelete="set null", index=True,
        help="Sales team of the latest purchase.",
    )
    currency_id = fields.Many2one("res.currency", readonly=True)
    forecast_id = fields.Many2one(
        "crm.customer.forecast", "Forecast", readonly=True, ondelete="set null", index=True
    )
    date = fields.Date(related="forecast_id.day", string="Figures as of")

    first_order_date = fields.Date("First Purchase on", readonly=True)
    last_order_date = fields.Date("Latest Purchase on", readonly=True)
    order_day_count = fields.Integer(
        "Order Days", readonly=True,
        help="Days with a purchase whose amount, net of credit notes, is above zero.",
    )
    lifetime_revenue = OptionalMonetary(
        "Lifetime Revenue", readonly=True,
        help="Untaxed amount of all purchases, net of credit notes, at the rate of each day. "
             "Empty when a part of it has no exchange rate.",
    )
    lifetime_margin = OptionalMonetary(
        "Lifetime Margin", readonly=True,
        help="Margin of all purchases, net of credit notes. Empty when a part of it is unknown.",
    )
    year_revenue = OptionalMonetary(
        "Revenue in 12 Months", readonly=True,
        help="Untaxed amount of the purchases of the last 365 days, net of credit notes.",
    )
    customer_value = OptionalMonetary(
        "Customer Value", readonly=True,
        help="Margin to be expected in the next twelve months: expected order days × expected "
             "spend × margin rate. Not discounted.",
    )
    predicted_order_count = OptionalFloat(
        "Expected Order Days", readonly=True, digits=(16, 2),
        help="Order days to be expected in the next twelve months.",
    )
    prediction_error = OptionalFloat(
        "± Order Days", readonly=True, digits=(16, 2), aggregator=None,
        help="By how many order days a year the forecast was off on average, for customers with "
             "as many order days, when it was tried on days it had not seen.",
    )
    predicted_spend = OptionalMonetary(
        "Expected Spend per Order Day", readonly=True, aggregator=None,
    )
    margin_rate = OptionalFloat(
        "Margin Rate", readonly=True, aggregator=None,
        help="Margin as a share of revenue, drawn towards that of all customers where there is "
             "little history.",
    )
    probability_alive = OptionalFloat(
        "Still a Customer", readonly=True, digits=(4, 3), aggregator="avg",
        help="Chance that the customer still buys, by MBG/NBD. Empty where the history does not "
             "tell who is lost.",
    )
    rfm_recency = OptionalInteger(
        "Recency Score", readonly=True, aggregator="avg",
        help="1 to 5; 5 for the fifth of customers who bought most recently.",
    )
    rfm_frequency = OptionalInteger(
        "Frequency Score", readonly=True, aggregator="avg",
        help="1 to 5; 5 for the fifth of customers with most order days.",
    )
    rfm_monetary = OptionalInteger(
        "Money Score", readonly=True, aggregator="avg",
        help="1 to 5; 5 for the fifth of customers with the highest lifetime revenue.",
    )
    rfm_segment = fields.Selection(SEGMENTS, "RFM Segment", readonly=True)
    lifecycle_stage = fields.Selection(
        STAGES, "Lifecycle", readonly=True,
        help="At risk: silent for longer than usual, or more likely lost than not. Lapsed: silent "
             "for longer than 95 % of all intervals between purchases. Won back: the latest "
             "purchase ended such a silence.",
    )
    customer_tier_id = fields.Many2one(
        "crm.customer.tier", "Tier", readonly=True, ondelete="set null", index=True
    )
    is_tier_by_hand = fields.Boolean("Tier Set by Hand", readonly=True)
    usual_margin = OptionalMonetary(
        "Usual Yearly Margin", readonly=True,
        help="Margin of the 365 days that ended with the latest purchase: what the customer used "
             "to bring.",
    )
    value_at_stake = OptionalMonetary(
        "Value at Stake", readonly=True,
        help="Usual yearly margin of customers who are at risk or lapsed; empty for the others.",
    )

    # A constraint, no unique index: merging partners asks for constraints and then removes doubles.
    _company_partner_uniq = models.Constraint(
        "UNIQUE(company_id, partner_id)", "A customer has one row in each company.",
    )
    _company_value_idx = models.Index("(company_id, customer_value)")

    days_silent = fields.Integer("Days Silent", compute="_compute_days_silent")

    @api.depends("last_order_date", "date")
    def _compute_days_silent(self):
        for row in self:
            known = row.date and row.last_order_date
            row.days_silent = (row.date - row.last_order_date).days if known else 0
