from odoo import models
from odoo.exceptions import UserError

from ..tools.columns import REPEATABLE, guess_columns
from ..tools.history import MOMENTS


class CrmLeadImport(models.TransientModel):
    """Steps Upload and Columns: what is in the file."""

    _inherit = "crm.lead.import"
    _number_targets = ("amount", "probability")
    _moment_targets = MOMENTS

    def action_read(self):
        """Read the uploaded files and propose what each column is."""
        self.ensure_one()
        sheet = self._sheet()
        remembered = self.env["crm.lead.import.mapping"]._recall(self.company_id, sheet.headers)
        columns = self._column_values("deals", sheet, remembered.get("columns"))
        teams = self._team_sheet()
        if teams:
            columns += self._column_values("teams", teams, remembered.get("team_columns"))
        self.column_ids.unlink()
        self.env["crm.lead.import.column"].create(columns)
        # What was entered for this file goes before what was chosen for an earlier one.
        options = {
            name: value for name, value in remembered.get("options", {}).items()
            if value and (not self[name] or name == "product_as")
        }
        self.write({
            "state": "columns", "row_count": len(sheet.rows),
            "source_note": self._source_note(sheet), **options,
        })

    def _no_file_text(self):
        return self.env._("Choose the file with the deals first.")

    def _team_sheet(self):
        return self._read("team_file", self.team_filename) if self.team_file else None

    def _column_values(self, file_kind, sheet, remembered):
        guessed = guess_columns(sheet.headers)
        if file_kind == "teams":
            guessed = {place: name for place, name in guessed.items() if name in ("user", "team")}
        return [
            {"file_kind": file_kind, **values}
            for values in self._proposed_columns(sheet, guessed, remembered)
        ]

    def _columns(self, file_kind="deals"):
        return {
            column.position: column.target for column in self.column_ids
            if column.file_kind == file_kind and column.target
        }

    def _check_columns(self):
        """Raise a UserError when the chosen columns do not make deals."""
        self._check_targets(repeatable=REPEATABLE)
        if self.team_file and set(self._columns("teams").values()) != {"user", "team"}:
            raise UserError(self.env._(
                "Choose one column of the sales teams file as “Salesperson” and one as “Sales "
                "team”, and no other."
            ))
