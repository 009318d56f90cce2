from odoo import api, models


class CrmRoiStudyEffectTexts(models.Model):
    """A method's evidence, or the reason why it was refused, in the reader's language."""

    _name = "crm.roi.study.effect"
    _inherit = ["crm.roi.study.effect", "crm.roi.words"]

    @api.depends("method", "refused_code", "refused_data")
    @api.depends_context("lang")
    def _compute_texts(self):
        for line in self:
            line.evidence = line._evidence_text(line.method)
            line.refused = line.refused_code and line._words(
                line.refused_code, line.refused_data or {}
            )
