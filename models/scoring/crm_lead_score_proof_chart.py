from odoo import api, fields, models

from ...tools.chart import Chart, Series


class CrmLeadScoreProof(models.Model):
    _inherit = "crm.lead.score.proof"

    chart_deciles = fields.Json("Win Rate by Tenth of the Score", compute="_compute_charts")
    chart_bins = fields.Json("Told Chance and What Came", compute="_compute_charts")

    @api.depends("slice_ids")
    @api.depends_context("lang")
    def _compute_charts(self):
        for proof in self:
            proof.chart_deciles = proof._chart_deciles()
            proof.chart_bins = proof._chart_bins()

    def _slices_of(self, part):
        return self.slice_ids.filtered(
            lambda line: line.kind == "score" and line.part == part
        ).sorted("position")

    def _chart_deciles(self):
        lines = self._slices_of("decile")
        if not lines:
            return False
        base = sum(lines.mapped("won")) / sum(lines.mapped("size"))
        return self._chart(
            lines, self.env._("Tenth of the leads, best score first"),
            Series(self.env._("All leads, won %"), [round(100 * base, 1)] * len(lines), "cost"),
            self.env._("Win rate of each tenth of the leads, from the best score to the worst."),
        )

    def _chart_bins(self):
        lines = self._slices_of("bin")
        if not lines:
            return False
        told = [round(100 * line.predicted, 1) for line in lines]
        return self._chart(
            lines, self.env._("Told chance"),
            Series(self.env._("Told chance, %"), told, "cost"),
            self.env._("Chance that the score told, and the share that was won."),
        )

    def _chart(self, lines, label_title, reference, text):
        won = Series(
            self.env._("Won, %"), [round(100 * line.rate, 1) for line in lines], "gain",
            [round(100 * line.low, 1) for line in lines],
            [round(100 * line.high, 1) for line in lines],
        )
        return Chart(
            "lines", lines.mapped("label"), [won, reference], label_title=label_title, text=text,
            limit_labels=(self.env._("at least"), self.env._("at most")),
        ).as_json(False)
