from odoo import api, fields, models

from ...tools.panel import month_day, month_number

YEAR = 12


class CrmRoiBaselineTexts(models.Model):
    """How far later figures can be compared with a baseline."""

    _name = "crm.roi.baseline"
    _inherit = ["crm.roi.baseline", "crm.roi.words"]

    comparability = fields.Text(
        "To Bear in Mind", compute="_compute_comparability",
        help="What to bear in mind when later figures are compared with these.",
    )

    @api.depends("line_ids.month", "line_ids.value", "date_from", "date_to", "state")
    @api.depends_context("lang")
    def _compute_comparability(self):
        for baseline in self:
            known = bool(baseline.line_ids and baseline.date_from and baseline.date_to)
            baseline.comparability = known and baseline._words_of(
                baseline._warnings() + baseline._warnings_of_changes()
            )

    def _warnings(self):
        """What does not depend on the data of today, as a list of ``[code, data]``."""
        months = sorted({month_number(line.month) for line in self.line_ids})
        found = self._warnings_of_period()
        if len(months) < YEAR:
            found.append(["short", {"months": len(months)}])
        elif len(months) % YEAR:
            found.append(["uneven", {"months": len(months)}])
        if months:
            missing = sorted(set(range(months[0], months[-1])) - set(months))
            if missing:
                found.append(["baseline_gap", {
                    "months": [str(month_day(month)) for month in missing]}])
        changed = self._changed_definitions()
        if changed:
            found.append(["definition", {"codes": changed}])
        return found

    def _warnings_of_period(self):
        if self.kind == "imported":
            return []
        after = fields.Date.add(self.date_to, days=1)
        return [
            ["not_whole", {"day": str(day)}]
            for day, edge in ((self.date_from, self.date_from), (self.date_to, after))
            if edge.day > 1
        ]

    def _changed_definitions(self):
        """Codes of KPIs that count something else than when the baseline was frozen."""
        if self.state != "confirmed":
            return []
        now = {kpi.code: kpi.declaration for kpi in self.env["crm.kpi"].search([])}
        used = set(self.line_ids.mapped("code"))
        then = self.declarations or {}
        return sorted(code for code in used if code in now and then.get(code) != now[code])

    def _warnings_of_changes(self):
        """Whether the period, measured again, would give other figures than the frozen ones."""
        if self.kind != "period" or self.state != "confirmed":
            return []
        now, frozen = self._measured_figures().figures, self._figures().figures
        count = sum(now.get(key, 0.0) != value for key, value in frozen.items())
        return [["differs", {"count": count, "total": len(frozen)}]] if count else []
