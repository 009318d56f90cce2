from odoo import api, fields, models

from ..base.optional_number import OptionalFloat, OptionalMonetary

METHODS = [
    ("did", "Difference-in-differences"), ("its", "Interrupted time series"),
    ("before_after", "Before and after"),
]


class CrmRoiStudy(models.Model):
    """Is the CRM worth it: a period compared with its baseline, the gain set against the cost.

    A manager edits the assumptions; `_recompute` fills in the results, always the same ones from
    the same data.
    """

    _name = "crm.roi.study"
    _description = "ROI Study"
    _inherit = ["mail.thread", "crm.run.results", "crm.roi.company.mixin"]
    _order = "date_to desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", "Company", required=True, index=True, ondelete="restrict",
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(
        "res.currency", "Currency", compute="_compute_currency_id", store=True, precompute=True,
        help="Currency of all amounts: the company's when the study was made.",
    )
    baseline_id = fields.Many2one(
        "crm.roi.baseline", "Baseline", required=True, check_company=True, index=True,
        ondelete="restrict", domain="[('state', '=', 'confirmed')]",
        help="The frozen figures from before the change.",
    )
    date_from = fields.Date(
        "First Day", required=True, help="First day of the period that is compared.",
    )
    date_to = fields.Date(
        "Last Day", required=True, help="The last day belongs to the period.",
    )
    switch_date = fields.Date(
        "Switched On", required=True, help="The day the CRM, or the change, went live.",
    )
    treated_team_ids = fields.Many2many(
        "crm.team", "crm_roi_study_treated_team_rel", string="Teams That Changed",
        check_company=True, help="Empty: all teams that are not for comparison.",
    )
    control_team_ids = fields.Many2many(
        "crm.team", "crm_roi_study_control_team_rel", string="Teams for Comparison",
        check_company=True,
        help="Teams that did not change: what happened to them would have happened anyway.",
    )
    method = fields.Selection(
        [("auto", "Best evidence available"), *METHODS], required=True, default="auto",
        help="How the gain is separated from what would have happened anyway.",
    )
    margin_basis = fields.Selection(
        [("orders", "Margin rate of the orders"), ("stated", "Stated rate")], "Margin From",
        required=True, default="orders",
    )
    margin_rate_stated = fields.Float(
        "Stated Margin Rate", digits=(16, 4),
        help="Margin per unit of won revenue: 30 for 30 %.",
    )
    discount_rate = fields.Float(
        "Discount Rate per Year", digits=(16, 4), default=0.08, required=True,
        help="What money costs your company in a year. The first month is not discounted.",
    )
    horizon = fields.Selection(
        [("observed", "What was observed"), ("projected", "Observed, then projected")],
        required=True, default="observed",
        help="Projected months repeat the average gain, saving and running cost of the observed "
             "ones. They are an assumption, not a measurement.",
    )
    horizon_months = fields.Integer(
        "Months in Total", default=36, help="Observed and projected months together.",
    )
    cost_scope = fields.Selection(
        [("company", "The whole company"), ("teams", "The teams that changed")], "Cost Of",
        required=True, default="company",
        help="“The teams that changed” leaves out costs that carry another team or none.",
    )
    cost_from = fields.Date(
        "Cost Counted From",
        help="Empty: all cost entered so far counts, also what was spent before the change, such "
             "as training and set-up.",
    )
    include_acquisition = fields.Boolean(
        "With Acquisition Cost",
        help="Also count media, events and sales pay, not only what the CRM itself costs.",
    )
    saving_ids = fields.One2many("crm.roi.study.saving", "study_id", "Savings", copy=True)
    note = fields.Html()

    # Results: written by _recompute() alone ---------------------------
    state = fields.Selection(
        [("draft", "Not computed"), ("computed", "Computed"), ("outdated", "To recompute")],
        required=True, default="draft", readonly=True, copy=False, tracking=True,
    )
    computed_by_id = fields.Many2one("res.users", "Computed By", readonly=True, copy=False)
    computed_at = fields.Datetime("Computed On", readonly=True, copy=False)
    method_used = fields.Selection(METHODS, readonly=True, copy=False)
    margin_rate_before = OptionalFloat(readonly=True, copy=False, digits=(16, 6))
    margin_rate_after = OptionalFloat(readonly=True, copy=False, digits=(16, 6))
    observed_months = fields.Integer(readonly=True, copy=False)
    projected_months = fields.Integer(readonly=True, copy=False)
    gain = OptionalMonetary(
        "Gain", readonly=True, copy=False,
        help="Margin earned beyond what would have been earned anyway, in the whole horizon.",
    )
    gain_low = OptionalMonetary("Gain, Low", readonly=True, copy=False)
    gain_high = OptionalMonetary("Gain, High", readonly=True, copy=False)
    saving_cash = OptionalMonetary("Savings in Cash", readonly=True, copy=False)
    saving_other = OptionalMonetary(
        "Savings Not in Cash", readonly=True, copy=False,
        help="Hours saved that nobody is paid less for: shown, but in no total.",
    )
    crm_cost = OptionalMonetary("CRM Cost", readonly=True, copy=False)
    acquisition_cost = OptionalMonetary("Acquisition Cost", readonly=True, copy=False)
    total_cost = OptionalMonetary("Total Cost", readonly=True, copy=False)
    roi_low = OptionalFloat("ROI, Low", readonly=True, copy=False, digits=(16, 6))
    roi_base = OptionalFloat(
        "ROI", readonly=True, copy=False, digits=(16, 6),
        help="(Gain and cash savings, minus cost) divided by cost. 0.5 is 50 %.",
    )
    roi_high = OptionalFloat("ROI, High", readonly=True, copy=False, digits=(16, 6))
    npv_low = OptionalMonetary("NPV, Low", readonly=True, copy=False)
    npv_base = OptionalMonetary(
        "NPV", readonly=True, copy=False,
        help="Net present value of the monthly flows; the first month is not discounted.",
    )
    npv_high = OptionalMonetary("NPV, High", readonly=True, copy=False)
    payback_month = OptionalFloat(
        "Payback (months)", readonly=True, copy=False, digits=(16, 6),
        help="Months from the first flow until gains have covered the cost for the first time.",
    )
    payback_discounted = OptionalFloat(
        "Discounted Payback (months)", readonly=True, copy=False, digits=(16, 6),
    )
    irr = OptionalFloat("IRR per Year", readonly=True, copy=False, digits=(16, 6))
    irr_state = fields.Selection(
        [("one", "One rate"), ("none", "None"), ("multiple", "Several rates")],
        readonly=True, copy=False,
    )
    warning_data = fields.Json(readonly=True, copy=False)
    kpi_ids = fields.One2many("crm.roi.study.kpi", "study_id", "KPIs", readonly=True)
    effect_ids = fields.One2many("crm.roi.study.effect", "study_id", "Methods", readonly=True)
    part_ids = fields.One2many("crm.roi.study.part", "study_id", "Margin Split", readonly=True)
    month_ids = fields.One2many("crm.roi.study.month", "study_id", "Months", readonly=True)

    # Words, in the language of the reader -----------------------------
    summary = fields.Text("In Words", compute="_compute_texts")
    evidence = fields.Char("Evidence", compute="_compute_texts")
    roi_text = fields.Char("ROI in Words", compute="_compute_texts")
    payback_text = fields.Char("Payback in Words", compute="_compute_texts")
    irr_text = fields.Char("IRR in Words", compute="_compute_texts")
    comparability = fields.Text(
        "To Bear in Mind", compute="_compute_texts",
        help="What to bear in mind when the period is compared with its baseline.",
    )

    _period_check = models.Constraint(
        "CHECK(date_to >= date_from)", "The last day of a study cannot be before its first day.",
    )
    _switch_check = models.Constraint(
        "CHECK(switch_date <= date_to)",
        "The change must have gone live before the last day of the study.",
    )
    _discount_check = models.Constraint(
        "CHECK(discount_rate BETWEEN 0 AND 10)",
        "The discount rate must be between 0 % and 1000 % per year.",
    )
    _horizon_check = models.Constraint(
        "CHECK(horizon_months BETWEEN 1 AND 240)",
        "The horizon of a study is 1 to 240 months in total.",
    )

    @api.depends("company_id")
    def _compute_currency_id(self):
        # Not of the company's currency: results computed in the old one stay what they are.
        for study in self:
            study.currency_id = study.company_id.currency_id
