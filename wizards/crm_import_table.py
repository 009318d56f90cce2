from odoo import fields, models


class CrmImportTable(models.AbstractModel):
    """An import in two steps: the headings say what the columns are, so nobody is asked.

    Each step reads the file anew and nothing is written before the last one.
    """

    _name = "crm.import.table"
    _inherit = ["crm.import.file"]
    _description = "Import of a File With Known Headings"

    state = fields.Selection(
        [("upload", "Upload"), ("check", "Check"), ("done", "Done")],
        default="upload", required=True, readonly=True,
    )
    targets = fields.Json(readonly=True)
    preview = fields.Text("As They Were Read", readonly=True)
    left_out = fields.Char("Columns Left Out", readonly=True)

    def action_check(self):
        """Read the file and show what it holds as it was understood, or what is wrong where."""
        self.ensure_one()
        self._check_holder()
        sheet = self._sheet()
        targets = self._guess_targets(sheet.headers)
        self._check_headings(targets)
        self.targets = targets
        rows, issues = self._rows(sheet)
        self._show_issues(issues)
        self.write({
            "state": "check", "source_note": self._source_note(sheet), "row_count": len(rows),
            "preview": False if issues else self._preview(rows),
            "left_out": ", ".join(
                header for place, header in enumerate(sheet.headers) if place not in targets),
        })

    def action_import(self):
        """Write all rows in one transaction, or none and show what is wrong.

        What the file holds again is replaced: a second import doubles nothing.
        """
        self.ensure_one()
        self._check_holder()
        rows = self._rows_to_write()
        if rows is None:
            return None
        self._write_rows(rows)
        self.state = "done"
        return {"type": "ir.actions.act_window_close"}

    def _columns(self):
        return {int(place): target for place, target in (self.targets or {}).items()}

    # ------------------------------------------------------------------
    # What an import says itself
    # ------------------------------------------------------------------

    def _check_holder(self):
        """Raise a UserError when what the rows belong to takes none."""

    def _guess_targets(self, headers):
        """:return: dict ``{position: target}``, each target at most once"""
        raise NotImplementedError

    def _check_headings(self, targets):
        """Raise a UserError when the file lacks a column."""
        raise NotImplementedError

    def _preview(self, rows):
        """:return: text that says what was understood"""
        raise NotImplementedError

    def _write_rows(self, rows):
        raise NotImplementedError
