from odoo import fields, models


class CrmRoiStudyResult(models.AbstractModel):
    """A line of a study's results: nobody has the right to write one, `_recompute` does."""

    _name = "crm.roi.study.result"
    _description = "ROI Study: Result"
    _log_access = False

    study_id = fields.Many2one(
        "crm.roi.study", "Study", required=True, readonly=True, index=True, ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", "Company", required=True, readonly=True, index=True, ondelete="cascade",
    )
    currency_id = fields.Many2one("res.currency", "Currency", readonly=True)
