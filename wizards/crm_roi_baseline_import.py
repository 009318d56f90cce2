from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..tools.baseline_rows import MONTH, TEAM, BaselineReader
from ..tools.columns import guess_columns, normal


class CrmRoiBaselineImport(models.TransientModel):
    """Brings the monthly figures of an old system from a file: upload, check, import."""

    _name = "crm.roi.baseline.import"
    _inherit = ["crm.import.table"]
    _description = "Import a Baseline"
    _moment_targets = ("month",)

    name = fields.Char(default=lambda self: self.env._("Import Monthly Figures"), readonly=True)
    baseline_id = fields.Many2one("crm.roi.baseline", required=True, ondelete="cascade")
    file = fields.Binary(string="Monthly Figures", help="CSV or XLSX, one row per month.")
    issue_ids = fields.One2many("crm.roi.baseline.import.issue", "import_id", readonly=True)

    @property
    def _number_targets(self):
        return tuple(self._labels())

    def _labels(self):
        """:return: dict ``{code: names of the KPI}``, in English and the user's language"""
        fields_get = self.env["crm.kpi.snapshot"]._fields
        return {
            code: (label, fields_get[code].string)
            for code, label in self.env["crm.roi.baseline.line"]._selection_code()
        }

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------

    def _check_holder(self):
        if self.baseline_id.state != "draft" or self.baseline_id.kind != "imported":
            raise UserError(self.env._(
                "Baseline “%(baseline)s” takes no figures from a file: it is frozen or read from "
                "this CRM. Make one with the figures of the old system.",
                baseline=self.baseline_id.name,
            ))

    def _no_file_text(self):
        return self.env._("Choose the file with the monthly figures first.")

    def _guess_targets(self, headers):
        return guess_columns(headers, {
            "month": MONTH, "team": TEAM,
            **{code: (code, *names) for code, names in self._labels().items()},
        })

    def _check_headings(self, targets):
        found = set(targets.values())
        if "month" not in found or not found - {"month", "team"}:
            names = ", ".join(labels[0] for labels in self._labels().values())
            raise UserError(self.env._(
                "The first row of the file must say what the columns are: “Month”, perhaps “Sales "
                "Team”, and at least one of these: %s.", names,
            ))

    def _rows(self, sheet):
        columns = self._columns()
        codes = [target for target in columns.values() if target not in ("month", "team")]
        decimal, order = self._reading_options(sheet)
        companies = (False, self.baseline_id.company_id.id)
        teams = self.env["crm.team"].search([("company_id", "in", companies)])
        Snapshot = self.env["crm.kpi.snapshot"]
        reader = BaselineReader(
            sheet, columns, decimal, order, {normal(team.name): team.id for team in teams},
            {code for code in codes if Snapshot._fields[code].unit == "currency"},
        )
        return reader.read(), reader.issues

    def _preview(self, rows):
        """The sum of each column, so that a wrong decimal mark is seen before it is written."""
        months = sorted({row.values["month"] for row in rows})
        first, last = (
            format_date(self.env, month, date_format="MMM yyyy")
            for month in (months[0], months[-1])
        )
        lines = [self.env._("%(months)s months, %(first)s to %(last)s", months=len(months),
                            first=first, last=last)]
        for kpi in self.env["crm.kpi"].search([("code", "in", list(self._columns().values()))]):
            values = [row.values[kpi.code] for row in rows if kpi.code in row.values]
            lines.append(self.env._(
                "%(kpi)s: %(count)s figures, together %(total)s", kpi=kpi.name, count=len(values),
                total=kpi.with_company(self.baseline_id.company_id)._text(sum(values)),
            ))
        return "\n".join(lines)

    # ------------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------------

    def _write_rows(self, rows):
        self._widen_period(rows)
        self._write_figures(rows)

    def _widen_period(self, rows):
        months = [row.values["month"] for row in rows]
        last = fields.Date.end_of(max(months), "month")
        baseline = self.baseline_id
        if not baseline.line_ids:
            baseline.write({"date_from": min(months), "date_to": last})
        else:
            baseline.write({"date_from": min(baseline.date_from, *months),
                            "date_to": max(baseline.date_to, last)})

    def _write_figures(self, rows):
        """A figure that is there already is replaced, so a second import doubles nothing."""
        lines = {
            (line.month, line.team_id.id, line.code): line for line in self.baseline_id.line_ids
        }
        new = []
        for row in rows:
            for code in row.values.keys() - {"month", "team"}:
                key, value = (row.values["month"], row.team_id or False, code), row.values[code]
                if key in lines:
                    lines[key].value = value
                else:
                    new.append({"baseline_id": self.baseline_id.id, "month": key[0],
                                "team_id": key[1], "code": code, "value": value})
        self.env["crm.roi.baseline.line"].create(new)
