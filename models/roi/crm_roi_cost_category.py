from odoo import fields, models

KINDS = [("crm", "CRM cost"), ("acquisition", "Acquisition cost")]
CALCULATIONS = [
    ("amount", "Amount"), ("quantity", "Quantity × unit cost"),
    ("productivity", "People × weeks × loss"),
]


class CrmRoiCostCategory(models.Model):
    """What money is spent on; the kind decides which figures an entry counts in."""

    _name = "crm.roi.cost.category"
    _description = "Cost Category"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True, help="Short name in imports and reports; it stays the same in all languages."
    )
    kind = fields.Selection(
        KINDS, required=True, default="crm",
        help="CRM cost is what the CRM itself costs; it is compared with what the CRM brought. "
             "Acquisition cost is spent to win leads and customers; it counts in the cost per lead "
             "and the cost of a new customer.",
    )
    calculation = fields.Selection(
        CALCULATIONS, required=True, default="amount",
        help="How the amount of a new entry is found: typed in; quantity × unit cost × people; or "
             "the hours people lose while they learn.",
    )
    sequence = fields.Integer(default=100)
    active = fields.Boolean(default=True)
    note = fields.Text("What Belongs Here", translate=True)

    def write(self, vals):
        costs = self.env["crm.roi.cost"]
        if "kind" in vals:
            changed = self.filtered(lambda category: category.kind != vals["kind"])
            # The costs of all companies move to the other kind, whoever changes the category.
            costs = costs.sudo().search([("category_id", "in", changed.ids)])
        result = super().write(vals)
        costs._mark_days()
        return result

    _code_uniq = models.Constraint(
        "UNIQUE(code)", "Another cost category has this code. Choose a different code."
    )
