from itertools import count

from odoo import api, fields, models

from ..base.optional_number import OptionalFloat, OptionalInteger, OptionalMonetary

# Methods that tell the gain from what would have happened anyway.
ATTRIBUTING = ("did", "its")


class CrmRoiFeature(models.Model):
    """A capability of the CRM that a company pays for and expects something of."""

    _name = "crm.roi.feature"
    _inherit = ["crm.roi.feature.verdict", "crm.roi.cost.dimension.mixin"]
    _description = "CRM Feature"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True, default=lambda self: next(self._free_codes()), copy=False,
        help="Short technical name, used when costs are imported.",
    )
    sequence = fields.Integer(default=100)
    active = fields.Boolean(default=True)
    description = fields.Text("What It Does", translate=True)
    expectation = fields.Text("How It Should Improve Results", translate=True)
    kpi_id = fields.Many2one(
        "crm.kpi", "KPI", ondelete="set null", help="The KPI that would show an improvement."
    )
    seed_kpi = fields.Char(
        copy=False, help="Code of the KPI a supplied feature starts with; emptied once it is set."
    )
    switched_on = fields.Date(
        "Switched On", company_dependent=True,
        help="The day your company started to use it. The KPI of the months after is compared "
             "with the same months of the year before.",
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    cost_total = OptionalMonetary(
        "Cost to Date", compute="_compute_cost_total", aggregator=None,
        help="Costs of the ledger that belong to this feature, up to today. Empty when there is "
             "no entry.",
    )

    study_ids = fields.One2many("crm.roi.study", "feature_id", "Studies")
    roi = OptionalFloat(
        "ROI", compute="_compute_roi", aggregator=None,
        help="Return of the latest study of this feature that could attribute a gain to it, by "
             "comparison with other teams or with its own trend. Empty without such a study.",
    )
    roi_low = OptionalFloat("ROI, Low", compute="_compute_roi", aggregator=None)
    roi_high = OptionalFloat("ROI, High", compute="_compute_roi", aggregator=None)
    roi_text = fields.Char("ROI (Range)", compute="_compute_roi")

    # The verdict, computed for the company one is working in -----------
    kpi_before = OptionalFloat("KPI Before", compute="_compute_verdict", aggregator=None)
    kpi_after = OptionalFloat("KPI After", compute="_compute_verdict", aggregator=None)
    kpi_low = OptionalFloat("Change, at Least", compute="_compute_verdict", aggregator=None)
    kpi_high = OptionalFloat("Change, at Most", compute="_compute_verdict", aggregator=None)
    kpi_before_text = fields.Char("Before", compute="_compute_verdict")
    kpi_after_text = fields.Char("After", compute="_compute_verdict")
    kpi_change_text = fields.Char("Change (95 % Interval)", compute="_compute_verdict")
    window_text = fields.Char("Compared Months", compute="_compute_verdict")
    verdict = fields.Char(compute="_compute_verdict")
    score = OptionalInteger(
        "Score out of Ten", compute="_compute_verdict", aggregator=None,
        help="5 is no measurable change. More or less needs a change that is larger than chance. "
             "Empty as long as nothing can be measured.",
    )
    score_reason = fields.Text("Reason for the Score", compute="_compute_verdict")

    _code_uniq = models.Constraint(
        "UNIQUE(code)", "Another feature has this code. Choose a different code."
    )

    @api.model_create_multi
    def create(self, vals_list):
        codes = self._free_codes()
        return super().create([
            vals if vals.get("code") else {**vals, "code": next(codes)} for vals in vals_list
        ])

    @api.model
    def _free_codes(self):
        """Codes for features that users add, one after the other."""
        known = set(self.with_context(active_test=False).search([]).mapped("code"))
        return (code for code in map("feature_{}".format, count(len(known) + 1))
                if code not in known)

    @api.depends_context("company")
    def _compute_currency_id(self):
        self.currency_id = self.env.company.currency_id

    @api.depends_context("company")
    def _compute_cost_total(self):
        today = self.env.company._kpi_today(self.env.company._kpi_timezone())
        totals = dict(self.env["crm.roi.cost.day"]._read_group(
            [("feature_id", "in", self.ids), ("company_id", "=", self.env.company.id),
             ("day", "<=", today)],
            ["feature_id"], ["amount:sum"],
        ))
        for feature in self:
            feature.cost_total = totals.get(feature, False)

    @api.depends("study_ids.state", "study_ids.computed_at")
    @api.depends_context("company", "lang")
    def _compute_roi(self):
        latest = {}
        for study in self.env["crm.roi.study"].search([
            ("feature_id", "in", self.ids), ("company_id", "=", self.env.company.id),
            ("state", "=", "computed"), ("method_used", "in", ATTRIBUTING),
            ("roi_base", "!=", False),
        ], order="date_to, id"):
            latest[study.feature_id] = study
        for feature in self:
            study = latest.get(feature)
            for name, found in (("roi", "roi_base"), ("roi_low", "roi_low"),
                                ("roi_high", "roi_high")):
                feature[name] = study[found] if study else False
            feature.roi_text = study.roi_text if study else "–"

    @api.model
    def _fill_seed_kpis(self):
        """Give supplied features their KPI once the dictionary knows it; never a second time."""
        waiting = self.with_context(active_test=False).search([("seed_kpi", "!=", False)])
        kpis = self.env["crm.kpi"].with_context(active_test=False).search(
            [("code", "in", waiting.mapped("seed_kpi"))])
        by_code = {kpi.code: kpi for kpi in kpis}
        for feature in waiting:
            kpi = by_code.get(feature.seed_kpi)
            if kpi:
                feature.write({"kpi_id": feature.kpi_id.id or kpi.id, "seed_kpi": False})

    def action_open_costs(self):
        """Open the entries of the ledger of which a share falls on this feature."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_roi.crm_roi_cost_action")
        return {
            **action,
            "domain": [("share_ids.feature_id", "=", self.id)],
            "context": {"default_feature_id": self.id},
        }
