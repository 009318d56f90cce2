from odoo import api, fields, models
from odoo.tools import format_amount, format_date

from ...tools.chart import Chart, Series


class CrmRoiStudy(models.Model):
    """The charts of a study: described here once, drawn on screen and on paper."""

    _inherit = "crm.roi.study"

    chart_cumulative = fields.Json("Gain and Cost over Time", compute="_compute_charts")
    chart_costs = fields.Json("Cost by Month and Kind", compute="_compute_charts")
    chart_parts = fields.Json("What Changed the Margin", compute="_compute_charts")

    @api.depends("state", "computed_at")
    @api.depends_context("lang")
    def _compute_charts(self):
        for study in self:
            currency = study.currency_id.id
            for name, chart in study._charts().items():
                study[name] = chart.as_json(currency) if chart else False

    def _charts(self):
        """:return: dict ``{field name: tools.chart.Chart, or None without figures}``"""
        self.ensure_one()
        return {
            "chart_cumulative": self._cumulative_chart(),
            "chart_costs": self._cost_chart(),
            "chart_parts": self._part_chart(),
        }

    def _money(self, amount):
        """An amount in the study's currency, "–" when it is not known."""
        if amount is None or amount is False:
            return "–"
        return format_amount(self.env, amount, self.currency_id)

    @api.model
    def _month_labels(self, months):
        return [format_date(self.env, month.month, date_format="MMM yyyy") for month in months]

    def _cumulative_chart(self):
        months = self.month_ids
        if not months or all(month.cumulative_gain is False for month in months):
            return None
        gain = Series(
            self.env._("Gain so far"), known(months, "cumulative_gain"), "gain",
            known(months, "cumulative_gain_low"), known(months, "cumulative_gain_high"))
        cost = Series(self.env._("Cost so far"), known(months, "cumulative_cost"), "cost")
        return Chart(
            "lines", self._month_labels(months), [gain, cost], self.env._("Month"),
            text=self._cumulative_text(months[-1]), mark=self._payback_mark(),
            shade=self._projected_shade(months),
            limit_labels=(self.env._("low"), self.env._("high")))

    def _payback_mark(self):
        """Where gain and cost cross: both are drawn as they stand when their month is over."""
        if not self.payback_month:
            return None
        return self.payback_month, self.env._("Payback")

    def _projected_shade(self, months):
        places = [place for place, month in enumerate(months) if month.kind == "projected"]
        return (places[0], self.env._("projected")) if places else None

    def _cumulative_text(self, last):
        return self.env._(
            "By %(month)s, gain and cash savings of %(gain)s (%(low)s to %(high)s) stand against "
            "costs of %(cost)s.",
            month=format_date(self.env, last.month, date_format="MMMM yyyy"),
            gain=self._money(last.cumulative_gain), low=self._money(last.cumulative_gain_low),
            high=self._money(last.cumulative_gain_high), cost=self._money(last.cumulative_cost))

    def _part_chart(self):
        parts = self.part_ids
        if not parts:
            return None
        labels = dict(parts._fields["code"]._description_selection(self.env))
        margin = Series(
            self.env._("Margin per month"), parts.mapped("amount"), totals=parts.mapped("is_total"))
        return Chart(
            "steps", [labels[part.code] for part in parts], [margin], self.env._("Part"),
            text=self._part_text(parts, labels))

    def _part_text(self, parts, labels):
        totals = [part for part in parts if part.is_total]
        steps = "; ".join(
            f"{labels[part.code]} {_sign(part.amount)}{self._money(abs(part.amount))}"
            for part in parts if not part.is_total)
        return self.env._(
            "An average month earned a margin of %(before)s before and %(after)s after. %(steps)s.",
            before=self._money(totals[0].amount), after=self._money(totals[-1].amount),
            steps=steps)


def known(months, name):
    """Figures of months, None where there is none."""
    return [None if month[name] is False else month[name] for month in months]


def _sign(number):
    return "+" if number > 0 else "−" if number < 0 else ""
