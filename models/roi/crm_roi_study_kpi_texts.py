from odoo import api, models

from ..kpi.crm_kpi_text import NO_DATA


class CrmRoiStudyKpiTexts(models.Model):
    """A KPI's change in words, in the language of whoever reads it."""

    _inherit = "crm.roi.study.kpi"

    @api.depends("code", "before", "after", "change", "low", "high", "verdict")
    @api.depends_context("lang")
    def _compute_texts(self):
        codes = self.mapped("code")
        kpis = {
            kpi.code: kpi for kpi in
            self.env["crm.kpi"].with_context(active_test=False).search([("code", "in", codes)])
        }
        for line in self:
            kpi = kpis.get(line.code, self.env["crm.kpi"]).with_company(line.company_id)
            line.update(line._texts(kpi) if kpi else dict.fromkeys(
                ("name", "before_text", "after_text", "change_text", "interval_text"), NO_DATA
            ))
            line.verdict_text = line._verdict_words()

    def _texts(self, kpi):
        name = self.env._("%s per month", kpi.name) if self.is_monthly else kpi.name
        interval = NO_DATA
        if self.low is not False:
            interval = self.env._(
                "%(low)s to %(high)s", low=kpi._text(self.low, is_change=True),
                high=kpi._text(self.high, is_change=True),
            )
        return {
            "name": name, "before_text": kpi._text(self.before),
            "after_text": kpi._text(self.after),
            "change_text": kpi._text(self.change, is_change=True), "interval_text": interval,
        }

    def _verdict_words(self):
        return {
            "better": self.env._("Better, more than chance explains"),
            "worse": self.env._("Worse, more than chance explains"),
            "changed": self.env._("Changed, more than chance explains"),
            "unclear": self.env._("No change that is larger than chance"),
            "few": self.env._("Too few figures to tell a change from chance"),
            "early": self.env._("Too early to say: recent leads are still open"),
            "unknown": self.env._("Not known on both sides"),
        }.get(self.verdict, False)
