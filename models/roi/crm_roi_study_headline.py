from odoo import api, fields, models
from odoo.tools import format_amount


class CrmRoiStudy(models.Model):
    """The first lines of a study: its results as a manager reads them aloud."""

    _inherit = "crm.roi.study"

    roi_value_text = fields.Char("ROI Value", compute="_compute_headline")
    roi_range_text = fields.Char("ROI Range", compute="_compute_headline")
    npv_text = fields.Char("NPV Value", compute="_compute_headline")
    npv_range_text = fields.Char("NPV Range", compute="_compute_headline")
    gain_text = fields.Char("Gain Value", compute="_compute_headline")
    gain_range_text = fields.Char("Gain Range", compute="_compute_headline")
    cost_text = fields.Char("Cost Value", compute="_compute_headline")
    saving_text = fields.Char("Savings in Words", compute="_compute_headline")
    horizon_text = fields.Char("Horizon in Words", compute="_compute_headline")
    cost_count = fields.Integer("Cost Entries", compute="_compute_cost_count")

    @api.depends("state", "computed_at")
    @api.depends_context("lang")
    def _compute_headline(self):
        for study in self:
            study.update({
                "roi_value_text": study._roi_value_words(),
                "roi_range_text": study._roi_range_words(),
                "npv_text": study._round(study.npv_base),
                "npv_range_text": study._range(study._round, study.npv_low, study.npv_high),
                "gain_text": study._round(study.gain),
                "gain_range_text": study._range(study._round, study.gain_low, study.gain_high),
                "cost_text": study._round(study.total_cost),
                "saving_text": study._saving_words(),
                "horizon_text": study._horizon_words(),
            })

    @api.model
    def _share(self, value):
        """A fraction as a whole percentage; "n/a" when it is not defined."""
        return self.env._("n/a") if value is False else self._percent(value)

    def _round(self, amount):
        """An amount without cents, as a headline wants it; "–" when it is not known."""
        if amount is False:
            return "–"
        return format_amount(self.env, round(amount), self.currency_id, trailing_zeroes=False)

    def _range(self, text, low, high):
        """ "low to high" in words; says when the range is not known"""
        if self.state == "draft":
            return False
        if low is False or high is False:
            return self.env._("range not known")
        return self.env._("%(low)s to %(high)s", low=text(low), high=text(high))

    def _roi_is_open(self):
        """Whether both a loss and a return are compatible with the figures."""
        return (False not in (self.roi_low, self.roi_high, self.gain_low, self.gain_high)
                and self.roi_low < 0 < self.roi_high and self.gain_low <= 0 <= self.gain_high)

    def _roi_value_words(self):
        if self._roi_is_open():
            return self.env._("not certain")
        return self._share(self.roi_base)

    def _roi_range_words(self):
        words = self._range(self._share, self.roi_low, self.roi_high)
        if not self._roi_is_open():
            return words
        return self.env._(
            "%(range)s, best estimate %(base)s", range=words, base=self._share(self.roi_base),
        )

    def _saving_words(self):
        if not self.saving_cash and not self.saving_other:
            return False
        return self.env._(
            "%(cash)s of savings in cash are in the ROI; %(other)s of saved working time that "
            "nobody is paid less for is not.",
            cash=self._round(self.saving_cash or 0.0), other=self._round(self.saving_other or 0.0))

    def _horizon_words(self):
        if not self.projected_months:
            return self.env._("%s months, all observed", self.observed_months)
        return self.env._(
            "%(observed)s months observed, %(projected)s projected",
            observed=self.observed_months, projected=self.projected_months)

    # -- Where the figures come from --------------------------------------------------------

    def _entry_domain(self):
        """Entries of the ledger that the study counts."""
        [[costs]] = self._ledger()._read_group(
            self._counted_day_domain(), [], ["cost_id:array_agg_distinct"])
        return [("id", "in", costs or [])]

    @api.depends(
        "computed_at", "include_acquisition", "cost_scope", "cost_from", "date_to", "feature_id")
    def _compute_cost_count(self):
        for study in self:
            [(_field, _in, costs)] = study._entry_domain() if study.date_to else [("", "", [])]
            study.cost_count = len(costs)

    def action_open_costs(self):
        """Open the entries of the ledger that the study counts."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_roi.crm_roi_cost_action")
        return {**action, "domain": self._entry_domain(), "context": {"active_test": False}}

    def action_open_baseline(self):
        """Open the frozen figures the study compares with."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.roi.baseline",
            "res_id": self.baseline_id.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
