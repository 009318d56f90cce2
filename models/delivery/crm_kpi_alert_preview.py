from odoo import api, fields, models
from odoo.tools import format_date

from ...tools.chart import Chart, Series


class CrmKpiAlert(models.Model):
    """What an alert would have said in the last twelve months, with the rights of who looks."""

    _inherit = "crm.kpi.alert"

    preview = fields.Char("In the Last Twelve Months", compute="_compute_preview")
    preview_chart = fields.Json(compute="_compute_preview")

    @api.depends("kpi_id", "company_id", "team_id", "user_id", "condition", "value", "step",
                 "periods")
    @api.depends_context("uid", "lang")
    def _compute_preview(self):
        for alert in self:
            alert.preview, alert.preview_chart = alert._preview()

    def _preview(self):
        """:return: ``(sentence, chart or False)``"""
        if not self._is_complete():
            return False, False
        figures = self._figures_of(self.env.user)
        judged, positions = self._past_alarms(figures)
        if all(value is None for _day, value, *_rest in judged):
            return self.env._("There are no figures of the last twelve months."), False
        days = [format_date(self.env, judged[position][0]) for position in positions]
        if not days:
            text = self.env._("It would not have fired.")
        else:
            text = self.env._(
                "Would have fired, by the first day of the period: %(days)s.",
                days=", ".join(days),
            )
        return text, self._preview_chart(judged, text)

    def _is_complete(self):
        if not self.kpi_id or not self.company_id or not 1 <= self.periods <= 24:
            return False
        if self.condition in ("below", "above"):
            return self.value is not False
        return self.condition == "target" or bool(self._limit_of_kpi())

    def _preview_chart(self, judged, text):
        factor = 100 if self.unit == "percent" else 1
        unit = " (%)" if self.unit == "percent" else ""

        def line(position):
            return [
                None if row[position] is None else round(row[position] * factor, 2)
                for row in judged
            ]

        return Chart(
            "lines", [format_date(self.env, day) for day, *_rest in judged],
            [Series(f"{self.kpi_id.name}{unit}", line(1), "gain"),
             Series(f"{self.env._('Limit')}{unit}", line(2), "cost")],
            label_title=self.env._("Period from"), text=text,
        ).as_json(self.company_id.currency_id.id if "currency" in self.unit else False)
