from odoo import api, fields, models


class CrmImportIssue(models.AbstractModel):
    """A problem in an imported file, and what to do about it."""

    _name = "crm.import.issue"
    _description = "Import: Problem"
    _rec_name = "message"
    _order = "id"

    row = fields.Integer()
    column = fields.Char()
    value = fields.Char()
    message = fields.Text(string="What to Do")

    @api.model
    def _message(self, code, params):
        """Return the sentence for a problem: what is wrong and what to do about it."""
        sentences = {
            **self._file_sentences(), **self._cell_sentences(), **self._row_sentences(),
        }
        return sentences[code] % params

    @api.model
    def _row_sentences(self):
        """Sentences about rows; each import adds its own."""
        _ = self.env._
        return {
            "surplus": _("The row has %(count)s values, the file has %(limit)s columns. Put "
                         "quotation marks around values that contain the delimiter."),
        }

    @api.model
    def _file_sentences(self):
        _ = self.env._
        return {
            "empty": _("The file is empty. Choose the file with the rows to import."),
            "no_rows": _("The file has headings but no rows under them."),
            "too_large": _("The file has %(size)s MB, at most %(limit)s MB can be read at once. "
                           "Split it; external IDs keep the parts from doubling."),
            "too_many_rows": _("The file has more than %(limit)s rows. Split it; external IDs "
                               "keep the parts from doubling."),
            "too_many_columns": _("The file has %(count)s columns, at most %(limit)s can be read. "
                                  "Delete those that are not needed."),
            "old_excel": _("This is an old .xls file. Open it in a spreadsheet program and save "
                           "it as .xlsx or CSV."),
            "not_a_table": _("This is neither a CSV nor an XLSX file. Export the rows as CSV or "
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
