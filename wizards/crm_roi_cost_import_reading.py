from collections import Counter, defaultdict

from odoo import models

from ..tools.columns import guess_columns, squash
from ..tools.cost_rows import (
    MOMENTS,
    NEEDED,
    NUMBERS,
    REPEATABLE,
    SYNONYMS,
    CostOptions,
    read_costs,
)

CREATED = ("campaign", "source", "medium", "vendor")
MODELS = {
    "category": "crm.roi.cost.category", "currency": "res.currency", "team": "crm.team",
    "feature": "crm.roi.feature", "campaign": "utm.campaign", "source": "utm.source",
    "medium": "utm.medium", "vendor": "res.partner",
}


class CrmRoiCostImport(models.TransientModel):
    """Steps Upload and Columns: what is in the file, and which records its names stand for."""

    _inherit = "crm.roi.cost.import"
    _number_targets = NUMBERS
    _moment_targets = MOMENTS

    def action_read(self):
        """Read the uploaded file and propose what each column is."""
        self.ensure_one()
        sheet = self._sheet()
        remembered = self._mapping()._recall(self.company_id, self._layout(sheet))
        guessed = guess_columns(sheet.headers, SYNONYMS)
        self.column_ids.unlink()
        self.column_ids.create(
            self._proposed_columns(sheet, guessed, remembered.get("columns"))
        )
        options = {
            name: value for name, value in remembered.get("options", {}).items()
            if value and not self[name]
        }
        self.write({
            "state": "columns", "row_count": len(sheet.rows),
            "source_note": self._source_note(sheet), **options,
        })

    def _no_file_text(self):
        return self.env._("Choose the file with the costs first.")

    def _mapping(self):
        return self.env["crm.lead.import.mapping"]

    def _layout(self, sheet):
        """Headings that stand for this layout; the same ones of deals are another layout."""
        return ["costs", *sheet.headers]

    def _remember(self, sheet):
        names = ("decimal", "date_order", "has_credits", "create_missing")
        self._mapping()._remember(self.company_id, self._layout(sheet), {
            "columns": {column.header: column.target for column in self.column_ids},
            "options": {name: self[name] for name in names},
        })

    def _rows(self, sheet):
        """Return ``(rows, issues)`` of the file."""
        self._check_targets(NEEDED, REPEATABLE)
        decimal, order = self._reading_options(sheet)
        currencies = self.env["res.currency"].search([])
        options = CostOptions(
            decimal=decimal, order=order, known=self._known(), company=self.company_id.id,
            creatable=CREATED if self.create_missing else (), credits=self.has_credits,
            symbols=tuple(filter(None, {*currencies.mapped("symbol"), *currencies.mapped("name")})),
        )
        return read_costs(sheet, self._columns(), options)

    # ------------------------------------------------------------------
    # Names to records
    # ------------------------------------------------------------------

    def _known(self):
        """Return ``{target: {squashed label: id}}`` of the targets the file has; what belongs to
        one company has the key ``(company id, squashed label)``."""
        targets = set(self._columns().values())
        labels = self.env["crm.lead.import.labels"]
        known = {
            target: labels._known(model) for target, model in MODELS.items()
            if target in targets and target not in ("currency", "team", "vendor")
        }
        for target in targets & {"category", "feature"}:
            records = self.env[MODELS[target]].with_context(active_test=False).search([])
            known[target].update({squash(record.code): record.id for record in records})
        if "currency" in targets:
            known["currency"] = labels._known("res.currency", [("active", "=", True)])
        if "company" in targets:
            companies = self.env.companies & self.env.user.company_ids
            known["company"] = {squash(company.name): company.id for company in companies}
        if "team" in targets:
            known["team"] = self._known_in_companies("crm.team", [])
        if "vendor" in targets:
            known["vendor"] = self._known_in_companies("res.partner", [("parent_id", "=", False)])
        return known

    def _known_in_companies(self, model, domain):
        known = {}
        records = self.env[model].search_fetch(domain, ["name", "company_id"], order="id DESC")
        for record in records:
            key = squash(record.name)
            known[(record.company_id.id, key) if record.company_id else key] = record.id
        return known

    def _missing(self, rows):
        """Return ``{target: Counter of labels}`` that are to be created."""
        missing = defaultdict(Counter)
        for row in rows:
            for target in CREATED:
                if row.values.get(target) and target not in row.records:
                    missing[target][row.values[target]] += 1
        return missing

    def _create_missing(self, rows):
        """Create what is unknown and give the rows their records."""
        for target, labels in self._missing(rows).items():
            defaults = {"is_company": True} if target == "vendor" else {}
            # Known ones were found before: a vendor of another company is none of ours.
            found = self.env["crm.lead.import.labels"]._find_or_create(
                MODELS[target], labels, [("id", "=", False)], **defaults
            )
            for row in rows:
                label = row.values.get(target)
                if label and target not in row.records:
                    row.records[target] = found[squash(label)]
