from odoo import api, fields, models
from odoo.tools.misc import formatLang

from ..models.delivery.crm_kpi_report_schedule import PERIODS

DIMENSIONS = [("team_id", "Sales Team"), ("user_id", "Salesperson"), ("source_id", "Source")]
# Fields of a line and the KPIs they show.
SHOWN = {
    "expected": "first_response_expected_count",
    "unanswered": "first_response_unanswered_rate",
    "in_time": "first_response_service_level",
    "hours": "first_response_hours_average",
}
# And the KPIs whose leads they open: a share those that are in it.
OPENED = {
    "expected": "first_response_expected_count",
    "unanswered": "first_response_unanswered_count",
    "in_time": "first_response_in_time_count",
    "median": "first_response_expected_count",
    "hours": "first_response_count",
}


class CrmResponseReport(models.TransientModel):
    """How fast leads are answered: KPIs and medians, by team, salesperson or source."""

    _name = "crm.response.report"
    _description = "Response Report"
    _rec_name = "period"
    _transient_max_hours = 1.0

    period = fields.Selection(PERIODS, required=True, default="last_90")
    dimension = fields.Selection(DIMENSIONS, "By", required=True, default="team_id")
    line_ids = fields.One2many(
        "crm.response.report.line", "report_id", compute="_compute_lines", store=True,
        readonly=True, compute_sudo=False,  # a stored field would be computed for a superuser
    )

    @api.depends("period")
    def _compute_display_name(self):
        self.display_name = self.env._("Response")

    @api.depends("period", "dimension")
    def _compute_lines(self):
        for report in self:
            report.line_ids = [
                fields.Command.clear(),
                *(fields.Command.create(values) for values in report._lines()),
            ]

    def _lines(self):
        """:return: list of the values of the lines, the total last"""
        if not self.period or not self.dimension:
            return []
        Figures = self.env["crm.kpi.figures"]
        medians = self.env["crm.response.waits"]._medians(self.period, None, self.dimension)
        rows = Figures._by(list(SHOWN.values()), self.period, None, self.dimension)
        lines = [
            self._line(row["name"], row, medians.get(row["id"]), {self.dimension: row["id"]})
            for row in rows if row[SHOWN["expected"]]
        ]
        total = {f["code"]: f["value"] for f in Figures._figures(
            list(SHOWN.values()), self.period, compare=None
        )}
        if total.get(SHOWN["expected"]):
            lines.append(self._line(self.env._("All"), total, medians.get(None)))
        return lines

    def _line(self, name, figures, median, scope=None):
        middle, low, high = median or (None, None, None)
        return {
            "name": name,
            **{field: self._shown(figures.get(code)) for field, code in SHOWN.items()},
            "median": self._shown(middle),
            "interval": self._interval(low, high),
            "drills": {
                field: self.env["crm.kpi.figures"]._drill_request(code, self.period, scope)
                for field, code in OPENED.items()
            },
        }

    def _interval(self, low, high):
        """95 % interval of a median in words; without an upper end while too many still wait."""
        if low is None:
            return False
        low = formatLang(self.env, low, digits=1)
        if high is None:
            return self.env._("%s or more", low)
        return self.env._("%(low)s to %(high)s", low=low, high=formatLang(self.env, high, digits=1))

    @api.model
    def _shown(self, value):
        return False if value is None else value
