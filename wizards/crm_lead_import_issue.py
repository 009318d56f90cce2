from odoo import api, fields, models


class CrmLeadImportIssue(models.TransientModel):
    _name = "crm.lead.import.issue"
    _description = "Import: Problem in the File"
    _rec_name = "message"
    _order = "id"

    import_id = fields.Many2one("crm.lead.import", required=True, ondelete="cascade", index=True)
    row = fields.Integer()
    column = fields.Char()
    value = fields.Char()
    message = fields.Text(string="What to Do")

    @api.model
    def _message(self, code, params):
        """Return the sentence for a problem: what is wrong and what to do about it."""
        sentences = {
            **self._file_sentences(), **self._cell_sentences(), **self._deal_sentences(),
        }
        return sentences[code] % params

    @api.model
    def _file_sentences(self):
        _ = self.env._
        return {
            "empty": _("The file is empty. Choose the file with one row per deal."),
            "no_rows": _("The file has headings but no rows under them."),
            "too_large": _("The file has %(size)s MB, at most %(limit)s MB can be read at once. "
                           "Split it; external IDs keep the parts from doubling."),
            "too_many_rows": _("The file has more than %(limit)s rows. Split it; external IDs "
                               "keep the parts from doubling."),
            "too_many_columns": _("The file has %(count)s columns, at most %(limit)s can be read. "
                                  "Delete those that are not needed."),
            "old_excel": _("This is an old .xls file. Open it in a spreadsheet program and save "
                           "it as .xlsx or CSV."),
            "not_a_table": _("This is neither a CSV nor an XLSX file. Export the deals as CSV or "
                             "XLSX and choose that file."),
            "broken_xlsx": _("The XLSX file is damaged or protected by a password "
                             "(%(reason)s). Save it again without a password."),
            "broken_csv": _("The CSV file cannot be read from line %(line)s on: %(reason)s. Look "
                            "for a quotation mark that is never closed."),
            "encoding": _("The file is not written in the encoding %(encoding)s (byte "
                          "%(position)s). Choose another one or leave it empty."),
        }

    @api.model
    def _cell_sentences(self):
        _ = self.env._
        return {
            "nul": _("The text contains a NUL character: the export is damaged here. Type the "
                     "value again."),
            "too_long": _("The text is longer than 32,767 characters. Shorten it."),
            "formula": _("The cell holds a formula. Formulas are never calculated: paste its "
                         "value instead."),
            "error_value": _("The cell holds an error instead of a value. Correct it."),
            "not_a_number": _("This is not a number. Write digits and one decimal mark only."),
            "brackets": _("Brackets are not read as a minus sign. An amount cannot be negative: "
                          "write it without brackets."),
            "negative": _("An amount cannot be negative. Write 0 or more."),
            "too_big": _("This is more than 10 trillion. Correct the number."),
            "wrong_decimal": _("This does not fit the decimal mark “%(decimal)s”. Choose the "
                               "other one in the step Columns or correct the number."),
            "not_a_percentage": _("A probability lies between 0 and 100."),
            "not_a_date": _("This is not a date. Write it like 2024-03-31."),
            "no_such_day": _("There is no such day in the calendar. Correct it, or choose another "
                             "order of day and month in the step Columns."),
            "no_such_time": _("There is no such time of day. Correct it."),
            "unknown_order": _("Day and month cannot be told apart. Choose in the step Columns "
                               "which one comes first."),
            "far_year": _("The year is not between 1970 and 2200. Correct it."),
        }

    @api.model
    def _deal_sentences(self):
        _ = self.env._
        return {
            "surplus": _("The row has %(count)s values, the file has %(limit)s columns. Put "
                         "quotation marks around values that contain the delimiter."),
            "no_outcome": _("Neither stage nor outcome is given, so nobody can tell whether the "
                            "deal was won. Fill one in."),
            "contradiction": _("The outcome contradicts the stage “%(stage)s”: one says won, the "
                               "other lost. Correct one of them."),
            "no_created": _("A closed deal needs the day it was created, or its cycle is unknown. "
                            "Fill it in or take the row out."),
            "no_created_open": _("The deal has no creation date. Fill it in, or set a creation "
                                 "date for such deals in the step People & Stages."),
            "no_closed_won": _("The deal is won but has no close date. Fill in the day it was "
                               "won."),
            "no_closed_lost": _("The deal is lost but has no close date. Fill in the day it was "
                                "lost."),
            "future": _("This day has not come yet. Correct it; a deal expected to close in the "
                        "future is open."),
            "before_created": _("This is before the deal was created (%(created)s). Correct one "
                                "of the two dates."),
            "before_converted": _("This is before the lead was converted (%(converted)s). Correct "
                                  "one of the two dates."),
            "undecided_stage": _("The stage is not matched yet. In the step People & Stages use "
                                 "an existing one, create it or leave it empty; this settles all "
                                 "its rows."),
            "undecided_outcome": _("It is not said whether this means won, lost or open. Choose "
                                   "it in the step People & Stages; this settles all its rows."),
            "undecided_user": _("No user has this name. In the step People & Stages use another "
                                "user, create an archived one or leave it empty; this settles all "
                                "rows of this name."),
            "undecided_team": _("No sales team has this name. In the step People & Stages use "
                                "another team, create it or leave it empty; this settles all its "
                                "rows."),
            "no_name": _("The row has no title, product, account or contact to name the deal. "
                         "Fill one in."),
            "no_ref": _("The external ID is empty. Fill it in: it keeps a second import from "
                        "doubling the deal."),
            "double": _("The same external ID is in row %(first)s. Every deal needs its own: "
                        "correct it or delete one row."),
            "two_teams": _("%(user)s is already in the team “%(team)s” in this file. Keep one row "
                           "per salesperson."),
        }
