from collections import Counter

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools.attainment import MONTHS, ONE_DAY
from ..tools.columns import guess_columns, normal
from ..tools.deal import Issue
from ..tools.report_period import CALENDAR
from ..tools.target_rows import HEADINGS, NEEDED, TargetReader


class CrmKpiTargetImport(models.TransientModel):
    """Brings targets from a file: upload, check, import; all rows or none."""

    _name = "crm.kpi.target.import"
    _inherit = ["crm.import.table"]
    _description = "Import Targets"
    _moment_targets = ("period",)

    name = fields.Char(default=lambda self: self.env._("Import Targets"), readonly=True)
    file = fields.Binary(string="File with Targets", help="CSV or XLSX, one row for each target.")
    issue_ids = fields.One2many("crm.kpi.target.import.issue", "import_id", readonly=True)

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------

    def _no_file_text(self):
        return self.env._("Choose the file with the targets first.")

    def _guess_targets(self, headers):
        return guess_columns(headers, HEADINGS)

    def _check_headings(self, targets):
        if not set(NEEDED) <= set(targets.values()):
            raise UserError(self.env._(
                "The first row of the file must say what the columns are: “KPI”, “Period” and "
                "“Target”, perhaps “Sales Team”, “Salesperson”, “Period Type”, “Spread” and "
                "“Note”."
            ))

    def _rows(self, sheet):
        decimal, order = self._reading_options(sheet)
        reader = TargetReader(sheet, self._columns(), decimal, order, self._names())
        rows = reader.read()
        issues = reader.issues
        if not issues:
            issues = self._overlaps(rows, reader.heading["period"])
        return rows, issues

    def _names(self):
        """What names in the file mean; names that several have mean nobody."""
        companies = (False, self.company_id.id)
        kpis = self.env["crm.kpi"].search([])
        teams = self.env["crm.team"].search([("company_id", "in", companies)])
        users = self.env["res.users"].search(
            [("share", "=", False), ("company_ids", "in", self.company_id.ids)])
        return {
            "kpi": {**_unique((kpi.name, kpi.id) for kpi in kpis),
                    **{normal(kpi.code): kpi.id for kpi in kpis}},
            "team": _unique((team.name, team.id) for team in teams),
            "user": {**_unique((user.name, user.id) for user in users),
                     **{normal(user.login): user.id for user in users}},
            "shares": set(kpis.filtered(lambda kpi: kpi.unit == "percent").ids),
        }

    def _existing(self, rows):
        """:return: dict ``{(kpi, team, user ids): targets of the company in the rows' years}``"""
        if not rows:
            return {}
        first = min(row.first for row in rows)
        last = max(row.months()[-1] for row in rows)
        found = self.env["crm.kpi.target"].search(Domain([
            ("company_id", "=", self.company_id.id),
            ("kpi_id", "in", list({row.kpi_id for row in rows})),
            ("date_to", ">=", first), ("date_from", "<=", last),
        ]))
        return found.grouped(
            lambda target: (target.kpi_id.id, target.team_id.id or 0, target.user_id.id or 0))

    def _overlaps(self, rows, heading):
        issues, existing = [], self._existing(rows)
        for row in rows:
            stop = row.first + MONTHS[row.length] * CALENDAR["month"]
            for target in existing.get(row.holder, ()):
                is_same = (target.date_from, target.date_to) == (row.first, stop - ONE_DAY)
                if not is_same and target.date_from < stop and target.date_to >= row.first:
                    issues.append(Issue(row.row, heading, row.first.isoformat(), "overlap",
                                        {"other": target.display_name}))
                    break
        return issues

    def _preview(self, rows):
        existing = self._existing(rows)
        replaced = sum(
            any(target.date_from == row.first for target in existing.get(row.holder, ()))
            for row in rows
        )
        return self.env._(
            "%(new)s new targets, %(replaced)s replace one that is there; KPIs: %(kpis)s",
            new=len(rows) - replaced, replaced=replaced,
            kpis=", ".join(self.env["crm.kpi"].browse(
                dict.fromkeys(row.kpi_id for row in rows)).mapped("name")),
        )

    # ------------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------------

    def _write_rows(self, rows):
        existing = self._existing(rows)
        new = []
        for row in rows:
            values = {"amount": row.values["amount"][0]}
            values.update({name: row.values[name] for name in ("spread", "note")
                           if row.values.get(name)})
            same = [target for target in existing.get(row.holder, ())
                    if target.date_from == row.first]
            if same:
                same[0].write(values)
            else:
                new.append({
                    **values, "kpi_id": row.kpi_id, "company_id": self.company_id.id,
                    "team_id": row.team_id, "user_id": row.user_id, "date_from": row.first,
                    "period_type": row.length,
                })
        self.env["crm.kpi.target"].create(new)


def _unique(pairs):
    """:return: dict ``{normal name: id}`` without names that several have"""
    pairs = [(normal(name), record_id) for name, record_id in pairs]
    counts = Counter(name for name, _record_id in pairs)
    return {name: record_id for name, record_id in pairs if counts[name] == 1}
