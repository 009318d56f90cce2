from odoo import fields, models

from ..base.optional_number import OptionalMonetary

STATUSES = [
    ("new", "New"), ("kept", "Kept"), ("reactivated", "Reactivated"), ("lapsed", "Lapsed"),
]


class CrmCustomerMonth(models.Model):
    """A customer in a month that is over: bought in it, or had bought in the one before.

    Written every night from the order days of customers. The running month is not in it: half a
    month would look like a loss.
    """

    _name = "crm.customer.month"
    _inherit = ["crm.customer.machine"]
    _description = "Month of a Customer"
    _order = "date desc, id desc"
    _rec_name = "partner_id"
    _log_access = False

    company_id = fields.Many2one("res.company", readonly=True, ondelete="cascade")
    partner_id = fields.Many2one(
        "res.partner", "Customer", readonly=True, index=True, ondelete="cascade"
    )
    date = fields.Date("Month", readonly=True, help="Last day of the month.")
    cohort_date = fields.Date(
        "First Bought in", readonly=True, help="First day of the month of the first purchase.",
    )
    months_since = fields.Integer(
        "Months Since First Purchase", readonly=True, aggregator=None,
        help="0 in the month of the first purchase.",
    )
    status = fields.Selection(
        STATUSES, readonly=True,
        help="New: first purchase. Kept: bought in the month before, too. Reactivated: had bought, "
             "but not in the month before. Lapsed: bought in the month before, not in this one.",
    )
    user_id = fields.Many2one(
        "res.users", "Salesperson", readonly=True, ondelete="set null", index=True,
        help="Salesperson of the latest purchase until then.",
    )
    team_id = fields.Many2one(
        "crm.team", "Sales Team", readonly=True, ondelete="set null", index=True,
        help="Sales team of the latest purchase until then.",
    )
    currency_id = fields.Many2one("res.currency", readonly=True)
    revenue = OptionalMonetary(
        readonly=True, help="Untaxed amount of the month, net of credit notes.",
    )
    order_day_count = fields.Integer("Order Days", readonly=True)

    # A constraint, no unique index: merging partners asks for constraints and then removes doubles.
    _company_partner_date_uniq = models.Constraint(
        "UNIQUE(company_id, partner_id, date)", "A customer has one row a month in each company.",
    )
    _company_date_idx = models.Index("(company_id, date)")
