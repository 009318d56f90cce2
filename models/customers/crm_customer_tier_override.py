from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmCustomerTierOverride(models.Model):
    """Somebody's decision that a customer belongs to a tier, whatever the figures say."""

    _name = "crm.customer.tier.override"
    _inherit = ["crm.roi.company.mixin"]
    _description = "Customer Tier Set by Hand"
    _order = "id desc"
    _rec_name = "partner_id"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade",
        default=lambda self: self.env.company,
    )
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, ondelete="cascade",
        help="A contact stands for the company behind it.",
    )
    tier_id = fields.Many2one(
        "crm.customer.tier", required=True, ondelete="restrict", check_company=True, index=True,
    )
    reason = fields.Char(required=True, help="Why the tier is set by hand, for whoever reads it.")
    date_until = fields.Date(
        "Until", help="Last day on which it holds. Empty: until it is archived.",
    )
    user_id = fields.Many2one(
        "res.users", "Decided by", readonly=True, default=lambda self: self.env.user,
        ondelete="set null",
    )
    active = fields.Boolean(default=True)

    @api.constrains("date_until")
    def _check_date_until(self):
        for override in self:
            if override.date_until and override.date_until < override.create_date.date():
                raise ValidationError(self.env._(
                    "The tier of “%(customer)s” set by hand would end on %(day)s, before it "
                    "begins. Choose a later day in “Until” or leave it empty.",
                    customer=override.partner_id.display_name, day=override.date_until,
                ))

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            partner = self.env["res.partner"].browse(vals.get("partner_id"))
            vals["partner_id"] = partner.commercial_partner_id.id
        overrides = super().create(vals_list)
        overrides._apply()
        return overrides

    def write(self, vals):
        before = self._customers()
        result = super().write(vals)
        self._apply(before)
        return result

    def unlink(self):
        before = self._customers()
        result = super().unlink()
        self._apply(before)
        return result

    def _customers(self):
        """Pairs of a company and its customers concerned."""
        return [
            (company, overrides.partner_id.commercial_partner_id)
            for company, overrides in self.grouped("company_id").items()
        ]

    def _apply(self, before=()):
        """Show the tier at once; figures are those of the last run."""
        Value = self.env["crm.customer.value"]
        for company, partners in (*before, *self.exists()._customers()):
            Value._refresh_customers(company, partners)
