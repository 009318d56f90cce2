from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

BILLS = ("in_invoice", "in_refund", "in_receipt")
# Condition of a rule: where a bill line has it.
CONDITIONS = {
    "account_id": "account_id",
    "partner_id": "move_id.commercial_partner_id",
    "product_id": "product_id",
}
ALL_CONDITIONS = (*CONDITIONS, "product_categ_id", "analytic_account_id")
# What a rule writes on the costs it makes.
MAPPING = ("category_id", "team_id", "feature_id", "campaign_id", "source_id", "medium_id")


class CrmRoiBillRule(models.Model):
    """Which lines of vendor bills are costs of the ledger, and of what.

    The first rule that fits takes a line; a rule on an analytic account takes that account's
    share of it, and the next rule may take from the rest. So no bill counts twice.
    """

    _name = "crm.roi.bill.rule"
    _inherit = ["crm.roi.company.mixin"]
    _description = "Bill Rule"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10, help="Of several rules that fit, the first one counts.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company,
        ondelete="cascade",
    )
    date_from = fields.Date(
        "Bills From", default=fields.Date.context_today,
        help="Bills dated earlier are left alone. Empty: all bills count.",
    )
    account_id = fields.Many2one(
        "account.account", "Account", check_company=True, ondelete="restrict",
    )
    analytic_account_id = fields.Many2one(
        "account.analytic.account", "Analytic Account", check_company=True, ondelete="restrict",
        help="Only the part of a line that is distributed to this account is taken.",
    )
    partner_id = fields.Many2one(
        "res.partner", "Vendor", check_company=True, ondelete="restrict",
        help="All contacts of the vendor's company count.",
    )
    product_id = fields.Many2one(
        "product.product", "Product", check_company=True, ondelete="restrict"
    )
    product_categ_id = fields.Many2one(
        "product.category", "Product Category", ondelete="restrict",
        help="Products of categories below it count as well.",
    )
    category_id = fields.Many2one(
        "crm.roi.cost.category", "Cost Category", required=True, ondelete="restrict"
    )
    team_id = fields.Many2one("crm.team", "Sales Team", check_company=True, ondelete="set null")
    feature_id = fields.Many2one("crm.roi.feature", "Feature", ondelete="set null")
    campaign_id = fields.Many2one("utm.campaign", "Campaign", ondelete="set null")
    source_id = fields.Many2one("utm.source", "Source", ondelete="set null")
    medium_id = fields.Many2one("utm.medium", "Medium", ondelete="set null")
    cost_ids = fields.One2many("crm.roi.cost", "bill_rule_id", "Costs")
    cost_count = fields.Integer("Cost Entries", compute="_compute_cost_count")
    past_count = fields.Integer(
        "Earlier Bill Lines", compute="_compute_past_count",
        help="Posted lines of bills dated before “Bills From” to which the conditions apply.",
    )

    @api.constrains("name", *ALL_CONDITIONS)  # a new rule may have none of the conditions
    def _check_conditions(self):
        for rule in self:
            if not any(rule[name] for name in ALL_CONDITIONS):
                raise ValidationError(self.env._(
                    "The bill rule “%s” would take every bill. Choose an account, an analytic "
                    "account, a vendor, a product or a product category.", rule.name,
                ))

    @api.depends("cost_ids")
    def _compute_cost_count(self):
        counts = dict(self.env["crm.roi.cost"]._read_group(
            [("bill_rule_id", "in", self._origin.ids)], ["bill_rule_id"], ["__count"]
        ))
        for rule in self:
            rule.cost_count = counts.get(rule._origin, 0)

    @api.depends("company_id", "date_from", *ALL_CONDITIONS)
    def _compute_past_count(self):
        # Managers of sales may not read bills: they are told how many lines fit, nothing else.
        Line = self.env["account.move.line"].sudo()
        for rule in self:
            is_limited = rule.date_from and any(rule[name] for name in ALL_CONDITIONS)
            earlier = Domain("move_id.invoice_date", "<", rule.date_from)
            # A form shows one rule; lists do not have this field.
            rule.past_count = is_limited and Line.search_count(rule._line_domain() & earlier)

    # ------------------------------------------------------------------
    # Which lines
    # ------------------------------------------------------------------

    def _line_domain(self):
        """Domain of the posted bill lines to which the conditions apply, of any date."""
        self.ensure_one()
        domain = Domain([
            ("parent_state", "=", "posted"), ("move_id.move_type", "in", BILLS),
            ("display_type", "=", "product"), ("company_id", "=", self.company_id.id),
        ])
        for name, path in CONDITIONS.items():
            if self[name]:
                domain &= Domain(path, "=", self._condition(name).id)
        if self.product_categ_id:
            domain &= Domain("product_id.categ_id", "child_of", self.product_categ_id.id)
        if self.analytic_account_id:
            domain &= Domain(
                "distribution_analytic_account_ids", "in", self.analytic_account_id.ids
            )
        return domain

    def _condition(self, name):
        """The record a line must have, of the database when the form is still open."""
        record = self[name]
        return (record.commercial_partner_id if name == "partner_id" else record)._origin

    def _share(self, line):
        """:return: the part of a bill line this rule is for, 0 to 1; its date is not looked at"""
        self.ensure_one()
        if line.company_id != self.company_id or not self._fits(line):
            return 0.0
        if not self.analytic_account_id:
            return 1.0
        own = str(self.analytic_account_id.id)
        # A key names one account of each plan, the value is a percentage.
        percent = sum(
            value for key, value in (line.analytic_distribution or {}).items()
            if own in key.split(",")
        )
        return min(max(percent / 100, 0.0), 1.0)

    def _fits(self, line):
        for name, path in CONDITIONS.items():
            if self[name] and line.mapped(path) != self._condition(name):
                return False
        if not self.product_categ_id:
            return True
        path = line.product_id.categ_id.parent_path or ""
        return path.startswith(self.product_categ_id.parent_path)

    # ------------------------------------------------------------------
    # Screens
    # ------------------------------------------------------------------

    def action_apply_to_past(self):
        """Take the lines of all earlier bills as well."""
        self.ensure_one()
        self.check_access("write")
        self.date_from = False

    @api.readonly
    def action_open_costs(self):
        """:return: the costs this rule has made, as a window action"""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_roi.crm_roi_cost_action")
        return {**action, "domain": [("bill_rule_id", "=", self.id)], "context": {}}
