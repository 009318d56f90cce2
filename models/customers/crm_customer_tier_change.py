from odoo import fields, models

from ..base.optional_number import OptionalMonetary


class CrmCustomerTierChange(models.Model):
    """A customer moved from one tier to another; written by the scheduled action."""

    _name = "crm.customer.tier.change"
    _inherit = ["crm.customer.machine"]
    _description = "Change of Customer Tier"
    _order = "date desc, id desc"
    _rec_name = "partner_id"
    _log_access = False

    company_id = fields.Many2one("res.company", readonly=True, index=True, ondelete="cascade")
    partner_id = fields.Many2one(
        "res.partner", "Customer", readonly=True, index=True, ondelete="cascade"
    )
    date = fields.Date(readonly=True)
    tier_before_id = fields.Many2one("crm.customer.tier", "From", readonly=True, ondelete="cascade")
    tier_after_id = fields.Many2one("crm.customer.tier", "To", readonly=True, ondelete="cascade")
    cause = fields.Selection(
        [("value", "Value"), ("hand", "Set by Hand"), ("expired", "No Longer Set by Hand")],
        readonly=True,
    )
    currency_id = fields.Many2one("res.currency", readonly=True)
    customer_value = OptionalMonetary(
        "Customer Value", readonly=True, help="Value in the next twelve months on that day.",
    )
