from odoo import fields, models

from ..base.optional_number import OptionalMonetary
from .crm_roi_cost_category import CALCULATIONS

RECURRENCES = [("none", "Once"), ("monthly", "Every month"), ("yearly", "Every year")]


class CrmRoiCost(models.Model):
    """An entry of the cost ledger: an amount in its own currency, spread over its own days."""

    _name = "crm.roi.cost"
    _inherit = ["mail.thread", "crm.roi.company.mixin"]
    _description = "Cost"
    _order = "date_from desc, id desc"
    _check_company_auto = True

    name = fields.Char("Description", required=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="restrict",
        default=lambda self: self.env.company,
    )
    date_from = fields.Date(
        "From", required=True, index=True, tracking=True, default=fields.Date.context_today,
        help="First day the cost belongs to. An amount in a foreign currency is converted at the "
             "rate of this day.",
    )
    date_to = fields.Date(
        "To", required=True, compute="_compute_date_to", store=True, readonly=False,
        precompute=True, tracking=True,
        help="Last day the cost belongs to. The amount is spread evenly over the days.",
    )
    category_id = fields.Many2one(
        "crm.roi.cost.category", "Category", required=True, index=True, ondelete="restrict",
        tracking=True,
    )
    kind = fields.Selection(related="category_id.kind", store=True)
    calculation = fields.Selection(
        CALCULATIONS, compute="_compute_calculation", store=True, readonly=False, precompute=True,
        required=True,
    )
    quantity = fields.Float(
        digits=(16, 2), default=1.0,
        help="Hours, licences or pieces for each person; weeks for time lost in learning.",
    )
    people = fields.Float("People", digits=(16, 2), default=1.0)
    hours_per_week = fields.Float("Hours per Week", digits=(16, 2), default=40.0)
    loss_rate = fields.Float(
        "Loss", digits=(16, 4), default=0.25,
        help="Share of their working time that people lose while they learn.",
    )
    has_ramp = fields.Boolean(
        "Loss Fades", default=True,
        help="The loss falls evenly from the given share to nothing at the end of the weeks; on "
             "average it is half of it.",
    )
    unit_cost = fields.Monetary(
        "Unit Cost", help="Cost of one unit: of one hour, licence or piece, for one person."
    )
    amount = fields.Monetary(
        compute="_compute_amount", store=True, readonly=False, precompute=True, tracking=True,
    )
    currency_id = fields.Many2one(
        "res.currency", required=True, default=lambda self: self.env.company.currency_id,
        ondelete="restrict",
    )
    is_credit = fields.Boolean(
        "Credit", help="A credit note or refund: a negative amount that reduces the cost."
    )
    company_currency_id = fields.Many2one(
        "res.currency", "Company Currency", compute="_compute_company_currency_id", store=True,
        precompute=True,
    )
    amount_company = OptionalMonetary(
        "Amount in Company Currency", compute="_compute_amount_company", store=True,
        currency_field="company_currency_id",
        help="Converted at the rate of the first day. Empty while there is no exchange rate.",
    )
    state = fields.Selection(
        [("ok", "Counted"), ("no_rate", "No exchange rate")], compute="_compute_amount_company",
        store=True,
    )
    days = fields.Integer(compute="_compute_daily_amount")
    daily_amount = OptionalMonetary(
        "Per Day", compute="_compute_daily_amount", currency_field="company_currency_id",
        help="What falls on each day, in the currency of the company. Single days differ by a "
             "cent, so that the days add up to the amount.",
    )
    team_id = fields.Many2one(
        "crm.team", "Sales Team", index="btree_not_null", check_company=True, ondelete="set null"
    )
    feature_id = fields.Many2one(
        "crm.roi.feature", "Feature", index="btree_not_null", ondelete="set null"
    )
    campaign_id = fields.Many2one(
        "utm.campaign", "Campaign", index="btree_not_null", ondelete="set null"
    )
    source_id = fields.Many2one(
        "utm.source", "Source", index="btree_not_null", ondelete="set null"
    )
    medium_id = fields.Many2one(
        "utm.medium", "Medium", index="btree_not_null", ondelete="set null"
    )
    lead_id = fields.Many2one(
        "crm.lead", "Lead or Opportunity", index="btree_not_null", check_company=True,
        ondelete="set null",
    )
    partner_id = fields.Many2one(
        "res.partner", "Vendor", index="btree_not_null", check_company=True, ondelete="set null"
    )
    note = fields.Text()
    deleted_labels = fields.Char(
        "Deleted", readonly=True, copy=False,
        help="Campaign, source, medium, team, feature or vendor of this cost that has been deleted "
             "since. The cost stays in all totals.",
    )
    recurrence = fields.Selection(RECURRENCES, required=True, default="none")
    recurrence_until = fields.Date("Repeat Until", help="Empty: until you stop it.")
    template_id = fields.Many2one(
        "crm.roi.cost", "Repeats", index="btree_not_null", ondelete="set null", readonly=True,
        copy=False, help="The recurring entry this period was generated from.",
    )
    import_ref = fields.Char("Imported ID", readonly=True, copy=False)
    move_line_id = fields.Many2one(
        "account.move.line", "Bill Line", readonly=True, copy=False, index="btree_not_null",
        ondelete="set null",
    )

    _import_ref_unique = models.UniqueIndex(
        "(company_id, import_ref) WHERE import_ref IS NOT NULL",
        "This imported ID is already used by another cost of the same company.",
    )
