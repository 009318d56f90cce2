"""Rows of a file to cost entries, and what is wrong in which cell."""

from dataclasses import dataclass, field
from datetime import datetime

from .columns import normal, squash
from .parsing import CellError, parse_moment, parse_number
from .rows import RowReader, shown

# Target -> headings that mean it, most telling first.
SYNONYMS = {
    "ref": ("external id", "id", "reference", "invoice number", "document", "no"),
    "name": ("description", "name", "label", "text", "item", "subject"),
    "date_from": ("date", "from", "start", "start date", "date from", "day", "month", "period"),
    "date_to": ("to", "end", "end date", "date to", "until"),
    "category": ("category", "cost category", "type", "kind", "cost type"),
    "amount": ("amount", "cost", "total", "net amount", "spend", "value", "amount spent"),
    "currency": ("currency", "currency code"),
    "quantity": ("quantity", "hours", "licences", "licenses", "units", "qty"),
    "people": ("people", "persons", "headcount", "users"),
    "unit_cost": ("unit cost", "hourly cost", "price", "unit price", "rate"),
    "company": ("company", "entity"),
    "team": ("sales team", "team"),
    "feature": ("feature", "crm feature"),
    "campaign": ("campaign", "campaign name", "utm campaign"),
    "source": ("source", "utm source", "lead source", "channel", "platform"),
    "medium": ("medium", "utm medium"),
    "vendor": ("vendor", "supplier", "provider", "partner"),
    "note": ("note", "notes", "comment", "comments", "remark"),
}  # fmt: skip
NEEDED = (("date_from",), ("category",), ("amount", "unit_cost"))
REPEATABLE = ("note",)
MOMENTS = ("date_from", "date_to")
NUMBERS = ("amount", "quantity", "people", "unit_cost")
# Names of records; a row without one leaves the field empty.
LABELS = (
    "category", "currency", "company", "team", "feature", "campaign", "source", "medium", "vendor",
)
# What the ledger takes: ten years, amounts below a trillion.
LONGEST_DAYS = 3660
LARGEST = 10**12


@dataclass
class CostRow:
    """One row, understood: numbers and days by target, records by target where found."""

    row: int
    values: dict = field(default_factory=dict)
    key: str = ""
    amount: float = 0.0
    records: dict = field(default_factory=dict)  # {target: record id}


@dataclass
class CostOptions:
    """How to read the cells.

    :ivar known: ``{target: {squashed label: record id}}`` of what exists; where a team, campaign
        or vendor depends on the company the key is ``(company id, squashed label)``
    :ivar company: id of the company of rows that name none
    :ivar creatable: targets whose unknown labels will be created
    :ivar credits: whether negative amounts are credits, or mistakes
    :ivar symbols: currency signs that may stand beside a number
    """

    decimal: str = "."
    order: str = "ymd"
    known: dict = field(default_factory=dict)
    company: int = 0
    creatable: tuple = ()
    credits: bool = False
    symbols: tuple = ()


def read_costs(sheet, columns, options):
    """Return ``(rows, issues)`` of a ``Sheet``; a row with an issue gives no cost.

    :param columns: ``{position: target}``
    """
    reader = _CostReader(sheet, columns, options)
    rows = [row for number, values in sheet.rows if (row := reader.read(number, values))]
    return rows, reader.issues


class _CostReader(RowReader):
    """Reads row by row and remembers what is wrong."""

    def __init__(self, sheet, columns, options):
        super().__init__(sheet, columns, REPEATABLE)
        self.options = options

    def read(self, number, values):
        before = len(self.issues)
        self.start(number)
        row = CostRow(number, self.cells(number, values))
        self._check_period(row)
        self._take_amount(row)
        self._match(row)
        values = row.values
        self.identify(row, [
            *(normal(values.get(target)) for target in ("name", *LABELS)),
            *(str(values.get(target, "")) for target in (*MOMENTS, *NUMBERS)),
        ])
        return row if len(self.issues) == before else None

    def cell(self, target, value):
        if target in MOMENTS:
            moment = parse_moment(value, self.options.order)
            return moment.date() if isinstance(moment, datetime) else moment
        if target in NUMBERS:
            is_signed = target == "amount" and self.options.credits
            number = parse_number(value, self.options.decimal, self.options.symbols, is_signed)
            if abs(number) >= LARGEST:
                raise CellError("too_big")
            return number
        return super().cell(target, value)

    def _check_period(self, row):
        first, last = (row.values.get(target) for target in MOMENTS)
        if not first:
            self.flag(row, "date_from", "no_date")
        elif last and last < first:
            self.flag(row, "date_to", "ends_before", start=shown(first))
        elif last and (last - first).days >= LONGEST_DAYS:
            self.flag(row, "date_to", "too_long_period")

    def _take_amount(self, row):
        values = row.values
        if "amount" in values:
            row.amount = values["amount"]
        elif "unit_cost" in values:
            row.amount = (
                values["unit_cost"] * values.get("quantity", 1.0) * values.get("people", 1.0)
            )
            if row.amount >= LARGEST:
                self.flag(row, "unit_cost", "too_big")
        else:
            self.flag(row, "amount" if "amount" in self.targets else "unit_cost", "no_amount")

    def _match(self, row):
        if "category" not in row.values:
            self.flag(row, "category", "no_category")
        company = self._find(row, "company", self.options.known.get("company", {}))
        company = row.records["company"] = company or self.options.company
        for target in LABELS:
            if target != "company":
                known = self.options.known.get(target, {})
                record = self._find(row, target, known, company)
                if record:
                    row.records[target] = record

    def _find(self, row, target, known, company=None):
        label = row.values.get(target)
        if not label:
            return None
        found = known.get(squash(label)) or known.get((company, squash(label)))
        if not found and target not in self.options.creatable:
            self.flag(row, target, f"unknown_{target}")
        return found
