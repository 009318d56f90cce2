from datetime import timedelta

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ...tools.period import day_start
from ..base.optional_number import OptionalMonetary

ONE_DAY = timedelta(days=1)
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

    def action_open(self):
        """The orders or invoices behind it; of who lapsed those of the month before.

        :return: dict of an ``ir.actions.act_window``
        """
        self.ensure_one()
        last = self.date.replace(day=1) - ONE_DAY if self.status == "lapsed" else self.date
        by_basis = {"orders": self._orders_domain, "invoices": self._invoices_domain}
        model, domain = by_basis[self.company_id.customer_basis](last.replace(day=1), last)
        return {
            "type": "ir.actions.act_window", "res_model": model, "domain": list(domain),
            "name": self.env._("%(customer)s, %(month)s", customer=self.partner_id.display_name,
                               month=format_date(self.env, last, date_format="MMMM yyyy")),
            "views": [(False, "list"), (False, "form")], "context": {"create": False},
        }

    def _orders_domain(self, first, last):
        timezone = self.company_id._kpi_timezone()
        return "sale.order", (
            Domain("state", "=", "sale") & Domain("company_id", "=", self.company_id.id)
            & Domain("partner_id.commercial_partner_id", "=", self.partner_id.id)
            & Domain("date_order", ">=", day_start(first, timezone))
            & Domain("date_order", "<", day_start(last + ONE_DAY, timezone))
        )

    def _invoices_domain(self, first, last):
        """A credit note counts on the day of the invoice that it corrects."""
        partner = self.partner_id.id
        origin = "reversed_entry_id"
        corrects = (
            Domain("move_type", "=", "out_refund")
            & Domain(f"{origin}.commercial_partner_id", "=", partner)
            & Domain(f"{origin}.invoice_date", "!=", False)
        )
        return "account.move", (
            Domain("state", "=", "posted") & Domain("company_id", "=", self.company_id.id)
            & Domain("move_type", "in", ("out_invoice", "out_receipt", "out_refund"))
            & Domain("commercial_partner_id", "=", partner)
            & ((corrects & Domain(f"{origin}.invoice_date", ">=", first)
                & Domain(f"{origin}.invoice_date", "<=", last))
               | (~corrects & Domain("invoice_date", ">=", first)
                  & Domain("invoice_date", "<=", last)))
        )
