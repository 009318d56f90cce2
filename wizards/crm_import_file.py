import base64

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..reports import xlsx
from ..tools.columns import missing_columns
from ..tools.parsing import guess_decimal, guess_order
from ..tools.reader import UnreadableFile, read_file
from ..tools.table import Column, Table

SAMPLES = 3
SHOWN_ISSUES = 100


class CrmImportFile(models.AbstractModel):
    """What the imports share: a file, how it is read, its columns and its problems.

    An import has a ``state`` whose values are its steps in their order, ``issue_ids`` of a model
    that inherits ``crm.import.issue``, and ``_rows``, which reads a sheet. Where people say what
    the columns are, it has ``column_ids`` of a model that inherits ``crm.import.column``.
    """

    _name = "crm.import.file"
    _description = "Import of a File"
    # Which targets hold numbers and days: from their cells the way of writing is guessed.
    _number_targets = ("amount",)
    _moment_targets = ()

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company,
        domain=lambda self: [("id", "in", self.env.companies.ids)],
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    file = fields.Binary(attachment=False)
    filename = fields.Char()
    encoding = fields.Selection(
        [("utf-8", "UTF-8"), ("cp1252", "Windows (cp1252)"), ("latin-1", "Latin 1")],
        help="Of a CSV file. Empty: detected.",
    )
    delimiter = fields.Selection(
        [(",", "Comma"), (";", "Semicolon"), ("\t", "Tab"), ("|", "Vertical bar")],
        help="Between the values of a CSV file. Empty: detected.",
    )
    source_note = fields.Char(string="Read", readonly=True)
    row_count = fields.Integer(string="Rows", readonly=True)
    decimal = fields.Selection(
        [(".", "Point: 1,234.56"), (",", "Comma: 1.234,56")], string="Decimal Mark",
        help="Empty: detected from the amounts.",
    )
    date_order = fields.Selection(
        [
            ("ymd", "Year first: 2024-03-31"), ("dmy", "Day first: 31/03/2024"),
            ("mdy", "Month first: 03/31/2024"),
        ],
        string="Dates", help="Empty: detected from the dates.",
    )
    issue_count = fields.Integer(readonly=True)
    issue_file = fields.Binary(attachment=False, readonly=True)
    issue_filename = fields.Char(readonly=True)

    @api.constrains("company_id")
    def _check_company_id(self):
        for wizard in self:
            if wizard.company_id not in self.env.user.company_ids:
                raise AccessError(self.env._("You can import into your own companies only."))

    def action_back(self):
        """Go one step back; what was entered stays."""
        self.ensure_one()
        if self.state == "done":
            raise UserError(self.env._("This import is done. Start a new one to import again."))
        steps = list(self._fields["state"].get_values(self.env))
        self.state = steps[max(steps.index(self.state) - 1, 0)]

    def action_download_issues(self):
        """Download all problems as a sheet."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url", "target": "download",
            "url": f"/web/content/{self._name}/{self.id}/issue_file?download=true"
                   "&filename_field=issue_filename",
        }

    def _today(self):
        return self.company_id._kpi_today(self.company_id._kpi_timezone())

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------

    def _read(self, field, filename):
        """Return a file as a ``Sheet``; raises a UserError that says what to do."""
        try:
            data = base64.b64decode(self.with_context(bin_size=False)[field])
            return read_file(data, self.encoding or None, self.delimiter or None)
        except UnreadableFile as error:
            reason = self.issue_ids._message(error.code, error.params)
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

    def _sheet(self):
        """Return the file with the rows as a ``Sheet``."""
        if not self.file:
            raise UserError(self._no_file_text())
        return self._read("file", self.filename)

    def _no_file_text(self):
        """:return: text that says which file to choose"""
        raise NotImplementedError

    def _rows(self, sheet):
        """:return: ``(rows, issues)``"""
        raise NotImplementedError

    def _rows_to_write(self):
        """:return: the rows of the file; None when some of them are wrong, which is shown"""
        if self.state != "check":
            raise UserError(self.env._("Check the file first."))
        rows, issues = self._rows(self._sheet())
        if issues:
            self._show_issues(issues)
            return None
        return rows

    # ------------------------------------------------------------------
    # Columns
    # ------------------------------------------------------------------

    def _proposed_columns(self, sheet, guessed, remembered):
        """Return values of the columns of a sheet.

        :param guessed: ``{position: target}``
        :param remembered: ``{heading: target}`` of an earlier file, None without one
        """
        known = dict(self.column_ids._fields["target"].selection)
        values = []
        for position, header in enumerate(sheet.headers):
            target = guessed.get(position) if remembered is None else remembered.get(header)
            values.append({
                "import_id": self.id, "position": position, "header": header,
                "samples": _samples(sheet, position),
                "target": target if target in known else False,
            })
        return values

    def _columns(self):
        """Return ``{position: target}`` of the columns that are imported."""
        return {column.position: column.target for column in self.column_ids if column.target}

    def _target_names(self):
        return dict(self.column_ids._fields["target"]._description_selection(self.env))

    def _check_targets(self, groups=None, repeatable=()):
        """Raise a UserError when a target is chosen twice or missing.

        :param groups: of each group of targets the file must have one
        """
        names, targets = self._target_names(), list(self._columns().values())
        double = {name for name in targets if targets.count(name) > 1 and name not in repeatable}
        if double:
            raise UserError(self.env._(
                "Two columns are imported as “%s”. Choose one of them and leave the other empty.",
                names[min(double)],
            ))
        for group in missing_columns(targets, groups):
            raise UserError(self.env._(
                "No column is imported as %(names)s. Choose it in the list. If the file has none, "
                "add it to the export of the other system.",
                names=self.env._(" or ").join(f"“{names[target]}”" for target in group),
            ))

    def _reading_options(self, sheet):
        """Return ``(decimal mark, date order)``; a UserError asks for what the file leaves open."""
        columns = self._columns()
        decimal = self.decimal or guess_decimal(_cells(sheet, columns, self._number_targets))
        if not decimal:
            raise UserError(self.env._(
                "Amounts such as “1,234” can be read two ways. Choose the decimal mark."))
        order = self.date_order or guess_order(_cells(sheet, columns, self._moment_targets))
        if not order:
            raise UserError(self.env._(
                "Dates such as “03/04/2024” can be read two ways. Choose whether the day or the "
                "month comes first."))
        return decimal, order

    # ------------------------------------------------------------------
    # Problems
    # ------------------------------------------------------------------

    def _show_issues(self, issues):
        """Keep the first problems to look at, and all of them to download."""
        rows = [
            [issue.row, issue.column, issue.value,
             self.issue_ids._message(issue.code, issue.params)]
            for issue in issues
        ]
        names = ("row", "column", "value", "message")
        self.issue_ids.unlink()
        self.issue_ids.create([
            {"import_id": self.id, **dict(zip(names, row, strict=True))}
            for row in rows[:SHOWN_ISSUES]
        ])
        content = False
        if rows:
            _ = self.env._
            columns = [
                Column(_("Row"), "integer"), Column(_("Column")), Column(_("Value")),
                Column(_("What to do")),
            ]
            table = Table(_("Problems"), columns, rows, notes=[self.filename or ""])
            content = base64.b64encode(xlsx.render([table]))
        self.write({
            "issue_count": len(rows), "issue_file": content,
            "issue_filename": self.env._("problems.xlsx"),
        })


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
