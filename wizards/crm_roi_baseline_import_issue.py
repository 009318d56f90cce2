from odoo import api, fields, models


class CrmRoiBaselineImportIssue(models.TransientModel):
    _name = "crm.roi.baseline.import.issue"
    _inherit = ["crm.import.issue"]
    _description = "Baseline Import: Problem in the File"

    import_id = fields.Many2one(
        "crm.roi.baseline.import", required=True, ondelete="cascade", index=True
    )

    @api.model
    def _row_sentences(self):
        _ = self.env._
        return {
            **super()._row_sentences(),
            "no_month": _("The row has no month. Fill it in like 2024-03, or delete the row."),
            "unknown_team": _("No sales team of the company has this name. Correct it, or leave "
                              "it empty for the figures of all teams together."),
            "double_month": _("Row %(first)s has this month and team already. Delete one of the "
                              "two."),
            "no_figures": _("The row has no figures. Fill one in, or delete the row."),
        }
