import base64

from odoo import models
from odoo.exceptions import UserError

from ..tools.columns import REPEATABLE, guess_columns, missing_columns
from ..tools.history import MOMENTS
from ..tools.parsing import guess_decimal, guess_order
from ..tools.reader import UnreadableFile, read_file

SAMPLES = 3


class CrmLeadImport(models.TransientModel):
    """Steps Upload and Columns: what is in the file."""

    _inherit = "crm.lead.import"

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

    def _sheet(self):
        """Return the deals file as a ``Sheet``; raises a UserError that says what to do."""
        if not self.file:
            raise UserError(self.env._("Choose the file with the deals first."))
        return self._read("file", self.filename)

    def _team_sheet(self):
        return self._read("team_file", self.team_filename) if self.team_file else None

    def _read(self, field, filename):
        try:
            data = base64.b64decode(self.with_context(bin_size=False)[field])
            return read_file(data, self.encoding or None, self.delimiter or None)
        except UnreadableFile as error:
            reason = self.env["crm.lead.import.issue"]._message(error.code, error.params)
            raise UserError(f"{filename or self.env._('File')}: {reason}") from error

    def _source_note(self, sheet):
        origin = sheet.origin
        if "sheet" in origin:
            if origin["others"]:
                return self.env._(
                    "%(rows)s rows in the sheet “%(sheet)s”; %(others)s other sheets are left out",
                    rows=len(sheet.rows), sheet=origin["sheet"], others=origin["others"],
                )
            return self.env._(
                "%(rows)s rows in the sheet “%(sheet)s”",
                rows=len(sheet.rows), sheet=origin["sheet"],
            )
        names = dict(self._fields["delimiter"]._description_selection(self.env))
        return self.env._(
            "%(rows)s rows, encoding %(encoding)s, delimiter %(delimiter)s",
            rows=len(sheet.rows), encoding=origin["encoding"],
            delimiter=names.get(origin["delimiter"], origin["delimiter"]).lower(),
        )

    def _column_values(self, file_kind, sheet, remembered):
        guessed = guess_columns(sheet.headers)
        if file_kind == "teams":
            guessed = {place: name for place, name in guessed.items() if name in ("user", "team")}
        known = dict(self.env["crm.lead.import.column"]._fields["target"].selection)
        values = []
        for position, header in enumerate(sheet.headers):
            target = guessed.get(position)
            if remembered is not None:
                target = remembered.get(header)
            values.append({
                "import_id": self.id, "file_kind": file_kind, "position": position,
                "header": header, "samples": _samples(sheet, position),
                "target": target if target in known else False,
            })
        return values

    def _columns(self, file_kind="deals"):
        """Return ``{position: target}`` of the columns that are imported."""
        return {
            column.position: column.target for column in self.column_ids
            if column.file_kind == file_kind and column.target
        }

    def _check_columns(self):
        """Raise a UserError when the chosen columns do not make deals."""
        names = dict(
            self.env["crm.lead.import.column"]._fields["target"]._description_selection(self.env))
        targets = list(self._columns().values())
        double = {name for name in targets if targets.count(name) > 1 and name not in REPEATABLE}
        if double:
            raise UserError(self.env._(
                "Two columns are imported as “%s”. Choose one of them and leave the other empty.",
                names[min(double)],
            ))
        for group in missing_columns(targets):
            raise UserError(self.env._(
                "No column is imported as %(names)s. Choose it in the list. If the file has none, "
                "add it to the export of the other system.",
                names=self.env._(" or ").join(f"“{names[target]}”" for target in group),
            ))
        if self.team_file and set(self._columns("teams").values()) != {"user", "team"}:
            raise UserError(self.env._(
                "Choose one column of the sales teams file as “Salesperson” and one as “Sales "
                "team”, and no other."
            ))

    def _reading_options(self, sheet):
        """Return ``(decimal mark, date order)``; a UserError asks for what the file leaves open."""
        columns = self._columns()
        decimal = self.decimal or guess_decimal(_cells(sheet, columns, ("amount", "probability")))
        if not decimal:
            raise UserError(self.env._(
                "Amounts such as “1,234” can be read two ways. Choose the decimal mark."))
        order = self.date_order or guess_order(_cells(sheet, columns, MOMENTS))
        if not order:
            raise UserError(self.env._(
                "Dates such as “03/04/2024” can be read two ways. Choose whether the day or the "
                "month comes first."))
        return decimal, order


def _samples(sheet, position):
    found = {}
    for _number, values in sheet.rows:
        if values[position] is not None:
            found[str(values[position])[:40]] = True
        if len(found) == SAMPLES:
            break
    return " · ".join(found)


def _cells(sheet, columns, targets):
    places = [place for place, target in columns.items() if target in targets]
    return [values[place] for _number, values in sheet.rows for place in places]
