from odoo import api, fields, models


class CrmRoiCostImportIssue(models.TransientModel):
    _name = "crm.roi.cost.import.issue"
    _inherit = ["crm.import.issue"]
    _description = "Cost Import: Problem in the File"

    import_id = fields.Many2one(
        "crm.roi.cost.import", required=True, ondelete="cascade", index=True
    )

    @api.model
    def _cell_sentences(self):
        _ = self.env._
        return {
            **super()._cell_sentences(),
            "brackets": _("Brackets are not read as a minus sign. Write a credit with a minus "
                          "sign and tick “Negative Amounts Are Credits” in the step Columns."),
            "negative": _("A cost cannot be negative. If this is a credit note or refund, tick "
                          "“Negative Amounts Are Credits” in the step Columns."),
            "too_big": _("This is a trillion or more. Correct the number."),
        }

    @api.model
    def _row_sentences(self):
        return {**super()._row_sentences(), **self._cost_sentences(), **self._label_sentences()}

    @api.model
    def _cost_sentences(self):
        _ = self.env._
        return {
            "no_date": _("The row has no date. Fill in the first day the cost belongs to."),
            "ends_before": _("The cost ends before it begins (%(start)s). Correct one of the two "
                             "dates."),
            "too_long_period": _("The cost lasts longer than ten years. Split it, or correct one "
                                 "of the two dates."),
            "no_amount": _("The row has neither an amount nor a unit cost. Fill one in, or delete "
                           "the row."),
            "no_ref": _("The external ID is empty. Fill it in: it keeps a second import from "
                        "doubling the cost."),
            "double": _("The same external ID is in row %(first)s. Every cost needs its own: "
                        "correct it or delete one row."),
        }

    @api.model
    def _label_sentences(self):
        _ = self.env._
        missing = _("Correct the name, or tick “Create What Is Missing” in the step Columns.")
        return {
            "no_category": _("The row has no cost category. Fill in its name or code."),
            "unknown_category": _("No cost category has this name or code. Correct it, or create "
                                  "it in ROI, Configuration, Cost Categories."),
            "unknown_currency": _("No active currency has this code. Write it like EUR, or "
                                  "activate the currency."),
            "unknown_company": _("None of your companies has this name. Correct it, or tick the "
                                 "company at the top right of the screen."),
            "unknown_team": _("No sales team of the company has this name. Correct it or leave "
                              "it empty."),
            "unknown_feature": _("No feature has this name or code. Correct it, or create it in "
                                 "ROI, Features."),
            "unknown_campaign": _("No campaign has this name. %s", missing),
            "unknown_source": _("No source has this name. %s", missing),
            "unknown_medium": _("No medium has this name. %s", missing),
            "unknown_vendor": _("No contact has this name. %s", missing),
        }
