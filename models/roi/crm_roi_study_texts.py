import math

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import format_amount, format_date
from odoo.tools.misc import formatLang

# A rate of return beyond it is a number without meaning.
LARGEST_RATE = 10.0


class CrmRoiStudyTexts(models.Model):
    """The results in words, in the language of whoever reads them."""

    _name = "crm.roi.study"
    _inherit = ["crm.roi.study", "crm.roi.words"]

    @api.depends("state", "computed_at")
    @api.depends_context("lang")
    def _compute_texts(self):
        for study in self:
            study.evidence = study._evidence_text(study.method_used)
            study.roi_text = study._roi_sentence()
            study.payback_text = study._payback_sentence()
            study.irr_text = study._irr_sentence()
            study.summary = study._summary_text()
            study.comparability = study._words_of(study.warning_data or [])

    def _percent(self, value):
        return self.env._("%s %%", formatLang(self.env, value * 100, digits=0))

    def _amount(self, value):
        """An amount without cents: in a sentence they would pretend a precision nobody has."""
        return format_amount(self.env, round(value), self.currency_id, trailing_zeroes=False)

    def _roi_sentence(self):
        if self.roi_base is False:
            return self.env._("n/a")
        return self.env._(
            "%(base)s (%(low)s to %(high)s)", base=self._percent(self.roi_base),
            low=self._percent(self.roi_low), high=self._percent(self.roi_high),
        )

    def _payback_sentence(self):
        if self.npv_base is False:
            return self.env._("n/a")
        if self.payback_month is False:
            return self.env._("not within %s months", len(self.month_ids))
        # The first month at whose end the gain so far is not less than the cost so far.
        month = self.month_ids[0].month + relativedelta(months=math.ceil(self.payback_month))
        return self.env._(
            "after %(months)s months, in %(month)s",
            months=formatLang(self.env, self.payback_month, digits=1),
            month=format_date(self.env, month, date_format="MMMM yyyy"),
        )

    def _paid_back_sentence(self):
        if self.payback_month is False:
            return self.env._("It is not paid back within %s months.", len(self.month_ids))
        return self.env._("It is paid back %s.", self._payback_sentence())

    def _irr_sentence(self):
        if not self.irr_state or (self.irr_state == "one" and self.irr is False):
            return self.env._("n/a")
        if self.irr_state == "none" and self.npv_base > 0:
            return self.env._("none: no month had to be paid for in advance")
        if self.irr_state == "none":
            return self.env._("none: no month brought more than it cost")
        if self.irr_state == "multiple":
            return self.env._("none: several rates are possible")
        if self.irr > LARGEST_RATE:
            return self.env._("more than %s per year", self._percent(LARGEST_RATE))
        return self.env._("%s per year", self._percent(self.irr))

    # ------------------------------------------------------------------
    # The summary
    # ------------------------------------------------------------------

    def _summary_text(self):
        if self.state == "draft":
            return self.env._("Not computed yet.")
        sentences = [self._gain_sentence(), self._cost_sentence()]
        if self.roi_base is not False:
            sentences.append(self.env._("The return on investment is %s.", self._roi_sentence()))
        if self.npv_base is not False:
            sentences.append(self._paid_back_sentence())
        return " ".join(filter(None, sentences))

    def _gain_sentence(self):
        if self.gain is False:
            reasons = self.effect_ids.filtered(
                lambda effect: self.method in ("auto", effect.method)
            )
            return self.env._(
                "What the change has brought is not known. %s",
                " ".join(filter(None, reasons.mapped("refused"))),
            )
        amounts = {"gain": self._amount(self.gain), "low": self._amount(self.gain_low),
                   "high": self._amount(self.gain_high), "months": self._gain_months()}
        if self.gain_low > 0:
            return self.env._(
                "In %(months)s months the change is associated with %(gain)s more margin "
                "(%(low)s to %(high)s) than would have been earned anyway.", **amounts)
        if self.gain_high < 0:
            return self.env._(
                "In %(months)s months the change is associated with less margin than would have "
                "been earned anyway: %(gain)s (%(low)s to %(high)s).", **amounts)
        return self.env._(
            "In %(months)s months no change of the margin is certain: the best estimate is "
            "%(gain)s, and anything from %(low)s to %(high)s is compatible with the figures.",
            **amounts)

    def _gain_months(self):
        return self.observed_months + self.projected_months

    def _cost_sentence(self):
        if self.total_cost is False:
            return self.env._("The cost is not known.")
        return self.env._("It cost %s.", self._amount(self.total_cost))
