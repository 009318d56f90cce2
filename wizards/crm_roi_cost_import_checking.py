from collections import defaultdict

from odoo import fields, models
from odoo.tools import float_compare, formatLang

PREVIEW_ROWS = 20
QUIET = {
    "tracking_disable": True, "mail_create_nolog": True, "mail_create_nosubscribe": True,
}
# Field of a cost: target of the file.
RECORDS = {
    "category_id": "category", "currency_id": "currency", "team_id": "team",
    "feature_id": "feature", "campaign_id": "campaign", "source_id": "source",
    "medium_id": "medium", "partner_id": "vendor",
}


class CrmRoiCostImport(models.TransientModel):
    """Steps Check and Done: nothing is written before every row is right."""

    _inherit = "crm.roi.cost.import"

    def action_check(self):
        """Validate all rows and show what would be imported, or what is wrong where."""
        self.ensure_one()
        sheet = self._sheet()
        rows, issues = self._rows(sheet)
        self._remember(sheet)
        self._show_issues(issues)
        self._show_rows(rows, sheet)
        self.state = "check"

    def action_import(self):
        """Write all costs in one transaction, or none and show what is wrong."""
        self.ensure_one()
        rows = self._rows_to_write()
        if rows is None:
            return
        with self.env.cr.savepoint():
            self._create_missing(rows)
            created, updated, unchanged = self._write_rows(rows)
        self.write({
            "state": "done", "cost_ids": (created + updated + unchanged).ids,
            "created_count": len(created), "updated_count": len(updated),
            "unchanged_count": len(unchanged),
        })

    # ------------------------------------------------------------------
    # Check: the numbers as they were read
    # ------------------------------------------------------------------

    def _show_rows(self, rows, sheet):
        known = self._costs_by_key(rows)
        days = [row.values[name] for row in rows for name in ("date_from", "date_to")
                if name in row.values]
        missing = [
            f"{self._target_names()[target]}: {', '.join(labels)}"
            for target, labels in self._missing(rows).items()
        ]
        self.write({
            "known_count": len(known), "new_count": len(rows) - len(known),
            "totals": self._totals(rows), "created_names": "\n".join(missing),
            "date_from": min(days, default=None), "date_to": max(days, default=None),
            "notice": self._notice(days),
        })
        texts = self._amounts_in_file(sheet)
        self.preview_ids.unlink()
        self.preview_ids.create(
            [self._preview(row, texts.get(row.row)) for row in rows[:PREVIEW_ROWS]]
        )

    def _totals(self, rows):
        """The accepted amounts in words, a line for each currency."""
        sums, counts = defaultdict(float), defaultdict(int)
        for row in rows:
            currency = self._currency(row)
            sums[currency] += currency.round(row.amount)
            counts[currency] += 1
        return "\n".join(
            self.env._(
                "%(count)s costs, together %(amount)s", count=counts[currency],
                amount=formatLang(self.env, total, currency_obj=currency),
            )
            for currency, total in sums.items()
        )

    def _currency(self, row):
        company = self.env["res.company"].browse(row.records["company"])
        return self.env["res.currency"].browse(row.records.get("currency")) or company.currency_id

    def _notice(self, days):
        lock = self.company_id.kpi_lock_date
        if lock and any(day < lock for day in days):
            return self.env._(
                "The KPIs of %(company)s are locked before %(lock)s: the costs are imported, but "
                "KPIs of earlier days do not change.", company=self.company_id.name, lock=lock,
            )
        return False

    def _amounts_in_file(self, sheet):
        """Return ``{row number: the amount as it stands in the file}``."""
        places = [place for place, target in self._columns().items() if target == "amount"]
        return {
            number: str(values[place]) for number, values in sheet.rows for place in places
            if values[place] is not None
        }

    def _preview(self, row, text):
        places = ("team", "feature", "campaign", "source", "medium")
        return {
            "import_id": self.id, "row": row.row, "title": self._title(row),
            "date_from": row.values["date_from"],
            "date_to": row.values.get("date_to", row.values["date_from"]),
            "category_id": row.records["category"],
            "place": ", ".join(row.values[name] for name in places if row.values.get(name)),
            "in_file": text, "currency_id": self._currency(row).id, "amount": row.amount,
        }

    def _title(self, row):
        category = self.env["crm.roi.cost.category"].browse(row.records["category"])
        return row.values.get("name") or category.name

    # ------------------------------------------------------------------
    # Write
    # ------------------------------------------------------------------

    def _costs_by_key(self, rows):
        """Return ``{(company id, key): cost}`` of the rows that were imported before."""
        costs = self.env["crm.roi.cost"].search([
            ("company_id", "in", [row.records["company"] for row in rows]),
            ("import_ref", "in", [row.key for row in rows]),
        ])
        by_key = {(cost.company_id.id, cost.import_ref): cost for cost in costs}
        keys = [(row.records["company"], row.key) for row in rows]
        return {key: by_key[key] for key in keys if key in by_key}

    def _write_rows(self, rows):
        """:return: ``(created, updated, unchanged)`` costs"""
        Cost = self.env["crm.roi.cost"].with_context(**QUIET)
        known = self._costs_by_key(rows)
        new, updated, unchanged = [], Cost, Cost
        for row in rows:
            values = self._cost_values(row)
            cost = known.get((row.records["company"], row.key))
            if not cost:
                new.append({
                    **values, "company_id": row.records["company"], "import_ref": row.key,
                })
                continue
            cost = cost.with_env(Cost.env)
            changes = self._changes(cost, values)
            if changes:
                cost.write(changes)
                updated += cost
            else:
                unchanged += cost
        return Cost.create(new), updated, unchanged

    def _cost_values(self, row):
        """Values of a cost; names that the file has no column for are left alone."""
        get, targets = row.values.get, set(self._columns().values())
        currency = self._currency(row)
        amount = currency.round(row.amount)
        values = {
            "name": self._title(row), "date_from": get("date_from"),
            "date_to": get("date_to", get("date_from")),
            "calculation": "amount" if "amount" in row.values else "quantity",
            "amount": amount, "is_credit": amount < 0,
        }
        if "amount" not in row.values:
            values.update({
                "quantity": get("quantity", 1.0), "people": get("people", 1.0),
                "unit_cost": get("unit_cost"),
            })
        for name, target in RECORDS.items():
            if target in targets:
                values[name] = row.records.get(target) or False
        values["currency_id"] = currency.id
        if "note" in targets:
            values["note"] = get("note", False)
        return values

    def _changes(self, cost, values):
        """The part of ``values`` that differs from a cost."""
        changes = {}
        for name, value in values.items():
            field, old = cost._fields[name], cost[name]
            if field.type == "many2one":
                same = old.id == value
            elif field.type in ("float", "monetary"):
                same = not float_compare(old, value, precision_digits=6)
            elif field.type == "date":
                same = old == fields.Date.to_date(value)
            else:
                same = (old or False) == (value or False)
            if not same:
                changes[name] = value
        return changes
