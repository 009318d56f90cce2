from odoo import api, fields, models


class CrmKpiTargetImportIssue(models.TransientModel):
    _name = "crm.kpi.target.import.issue"
    _inherit = ["crm.import.issue"]
    _description = "Target Import: Problem in the File"

    import_id = fields.Many2one(
        "crm.kpi.target.import", required=True, ondelete="cascade", index=True
    )

    @api.model
    def _row_sentences(self):
        _ = self.env._
        return {
            **super()._row_sentences(),
            "no_kpi": _("The row names no KPI. Fill in its name or code, or delete the row."),
            "no_period": _("The row has no period. Write 2026, Q1 2026 or 2026-03."),
            "no_amount": _("The row has no target. Fill it in, or delete the row."),
            "unknown_kpi": _("No KPI has this name or code. Look it up in the KPI dictionary."),
            "unknown_team": _("No sales team of the company has this name. Correct it, or leave "
                              "it empty for all teams."),
            "unknown_user": _("No salesperson of the company has this name or login, or several "
                              "have. Write the login, or leave it empty for everybody."),
            "unknown_length": _("This is no length of a period. Write month, quarter or year."),
            "unknown_spread": _("Write even or season."),
            "no_percentage": _("This KPI is no percentage. Write the number without “%%”."),
            "no_fraction": _("This KPI is a percentage. Write “32 %%” or 0.32."),
            "double_target": _("Row %(first)s has a target for the same months already. Delete "
                               "one of the two."),
            "overlap": _("“%(other)s” is a target for a part of these months. Change that one, "
                         "or correct the period."),
        }
