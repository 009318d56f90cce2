import logging

from odoo import api, models
from odoo.orm.model_classes import pop_field
from odoo.tools import SQL

from ...tools.fact import Fact
from ...tools.formula import Formula, FormulaError

_logger = logging.getLogger(__name__)

FIELD_PARAMETERS = (
    "fact", "formula", "unit", "better", "theme", "interval", "strict", "empty_zero",
)
RATIO_AGGREGATES = ("sum", "avg")


class KpiFactTable(models.AbstractModel):
    """A table whose fields are KPIs: each is declared once, by the field's own attributes.

    ``fact=(model, time field, domain, aggregate)`` declares a measured quantity (a stock when the
    time field is ``None``), ``formula="a / b"`` a ratio of others. This class reads these
    declarations and turns them into aggregates: flows are summed, stocks averaged over the nights
    of the period, formulas computed from summed parts, money converted at each day's own rate.
    """

    _name = "crm.kpi.fact.table"
    _inherit = ["crm.kpi.presum", "crm.kpi.money", "crm.kpi.stock"]
    _description = "Table of KPI Facts"

    def _valid_field_parameter(self, field, name):
        return name in FIELD_PARAMETERS or super()._valid_field_parameter(field, name)

    # ------------------------------------------------------------------
    # Declarations
    # ------------------------------------------------------------------

    @api.model
    def _kpi_facts(self):
        """:return: dict ``{field name: Fact}`` of all measured KPIs, in declaration order."""
        return {
            name: Fact.of(field.fact)
            for name, field in self._fields.items()
            if getattr(field, "fact", None)
        }

    @api.model
    def _kpi_formulas(self):
        """:return: dict ``{field name: Formula}`` of all ratio KPIs."""
        return {
            name: Formula(field.formula)
            for name, field in self._fields.items()
            if getattr(field, "formula", None)
        }

    @api.model
    def _kpi_kind(self, name):
        """:return: ``"flow"``, ``"stock"``, ``"formula"`` or ``None`` for any other field."""
        field = self._fields[name]
        if getattr(field, "formula", None):
            return "formula"
        if getattr(field, "fact", None):
            return "stock" if Fact.of(field.fact).is_stock else "flow"
        return None

    @api.model
    def _kpi_has_source(self, model_name):
        """Whether there is anything to measure: the model is there and, when it is a report over
        optional apps (it then says so itself), at least one of them is."""
        if model_name not in self.env:
            return False
        return getattr(self.env[model_name], "_kpi_source_is_there", lambda: True)()

    @api.model
    def _kpi_parts(self, name):
        """:return: list of fact field names a KPI rests on (itself, when it is a fact)."""
        field = self._fields[name]
        if not getattr(field, "formula", None):
            return [name]
        parts = {}
        for part in Formula(field.formula).names:
            parts.update(dict.fromkeys(self._kpi_parts(part)))
        return list(parts)

    @api.model
    def _post_model_setup__(self):
        super()._post_model_setup__()
        if self._abstract:
            return
        for name, field in list(self._fields.items()):
            if not getattr(field, "formula", None):
                continue
            try:
                self._check_formula(name, (name,))
            except ValueError as error:
                if not field.manual:
                    raise
                # As Odoo does with what people have defined: one KPI must not stop the server.
                _logger.warning("Custom KPI %s is left out: %s", name, error)
                pop_field(self.env.registry[self._name], name)

    @api.model
    def _check_formula(self, name, path):
        """Refuse a formula that cannot be read, names an unknown KPI or runs in a circle."""
        where = f"KPI {name!r} of {self._name}"
        try:
            formula = Formula(self._fields[name].formula)
        except FormulaError as error:
            raise ValueError(f"{where}: {error}") from None
        for part in formula.names:
            if part not in self._fields or not self._kpi_kind(part):
                raise ValueError(
                    f"{where}: the formula {formula.source!r} names {part!r}, which is no KPI "
                    "field of this model. Correct the name or declare the field."
                )
            if part in path:
                circle = " -> ".join((*path, part))
                raise ValueError(f"{where}: the formula runs in a circle: {circle}.")
            if self._fields[part].groups not in (None, self._fields[name].groups):
                raise ValueError(
                    f"{where}: the formula shows {part!r}, which only {self._fields[part].groups} "
                    "may see. Give the formula the same groups."
                )
            if getattr(self._fields[part], "formula", None):
                self._check_formula(part, (*path, part))

    # ------------------------------------------------------------------
    # Formulas of one row
    # ------------------------------------------------------------------

    # Fields of custom KPIs can go while the registry stays: nothing may depend on them.
    @api.depends(lambda self: tuple(
        name for name in self._kpi_facts() if not self._fields[name].manual
    ))
    def _compute_formulas(self):
        formulas = self._kpi_formulas()
        # Some KPIs are for managers: what the reader may not see is left out.
        facts, ratios = (
            [name for name in names if self._has_field_access(self._fields[name], "read")]
            for names in (self._kpi_facts(), self._formulas_in_order())
        )
        for part in {part for name in ratios for part in self._kpi_parts(name)}:
            self._check_field_access(self._fields[part], "read")
        for row in self:
            values = {
                name: None if row[name] is False or (not row[name] and self._kpi_empty_zero(name))
                else row[name] for name in facts
            }
            for name in ratios:
                for part in formulas[name].names:
                    if part not in values:
                        self._check_field_access(self._fields[part], "read")
                values[name] = formulas[name].evaluate(values)
                row[name] = False if values[name] is None else values[name]

    @api.model
    def _formulas_in_order(self):
        """Formula names such that each comes after the formulas it uses."""
        ordered = {}

        def visit(name):
            for part in self._kpi_formulas()[name].names:
                if self._kpi_kind(part) == "formula":
                    visit(part)
            ordered.setdefault(name)

        for name in self._kpi_formulas():
            visit(name)
        return list(ordered)

    # ------------------------------------------------------------------
    # What the client needs to know of a KPI
    # ------------------------------------------------------------------

    @api.model
    @api.readonly
    def fields_get(self, allfields=None, attributes=None):
        result = super().fields_get(allfields, attributes)
        if attributes is None or "kpi" in attributes:
            for name, description in result.items():
                if kind := self._kpi_kind(name):
                    description["kpi"] = {
                        "kind": kind,
                        "unit": self._fields[name].unit,
                        "better": getattr(self._fields[name], "better", None) or "none",
                    }
        return result

    @api.model
    def _get_view_field_attributes(self):
        return [*super()._get_view_field_attributes(), "kpi"]

    # ------------------------------------------------------------------
    # Aggregation
    # ------------------------------------------------------------------

    @api.model
    def _read_group(
        self, domain, groupby=(), aggregates=(), having=(), offset=0, limit=None, order=None,
    ):
        prepared = self._with_nights(domain, groupby, aggregates)
        prepared = prepared._with_presum(groupby, aggregates, order, having)
        rows = super(KpiFactTable, prepared)._read_group(
            domain, groupby, aggregates, having, offset, limit, order
        )
        return self._in_own_env(rows)

    @api.model
    def _read_grouping_sets(self, domain, grouping_sets, aggregates=(), order=None):
        if len(grouping_sets) == 1 or not self._uses_stock(aggregates):
            first = grouping_sets[0] if grouping_sets else ()
            specs = tuple(dict.fromkeys(spec for groupby in grouping_sets for spec in groupby))
            prepared = self._with_nights(domain, first, aggregates)
            prepared = prepared._with_presum(specs, aggregates, order)
            sets = super(KpiFactTable, prepared)._read_grouping_sets(
                domain, grouping_sets, aggregates, order
            )
            return [self._in_own_env(rows) for rows in sets]
        # A stock's average depends on the period of its own group: one query for each set.
        terms = [term.strip() for term in (order or "").split(",") if term.strip()]
        return [
            self._read_group(
                domain, groupby, aggregates,
                order=", ".join(term for term in terms if self._order_fits(term, groupby)) or None,
            )
            for groupby in grouping_sets
        ]

    @api.model
    def _in_own_env(self, rows):
        """Result rows whose records do not carry the context that was needed to read them."""
        return [
            tuple(
                value.with_env(self.env) if isinstance(value, models.BaseModel) else value
                for value in row
            )
            for row in rows
        ]

    @api.model
    def _order_fits(self, term, groupby):
        spec = term.split()[0]
        return spec in groupby or spec.split(":")[0] in self._kpi_fields() or spec == "__count"

    @api.model
    def _kpi_fields(self):
        return {name for name in self._fields if self._kpi_kind(name)}

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        name, _sep, aggregate = aggregate_spec.partition(":")
        if aggregate == "array_agg_distinct" and name == "currency_id":
            # Money is converted below, so every amount of a group is in one currency.
            return SQL("ARRAY[%s]", self.env.company.currency_id.id)
        kind = name in self._fields and self._kpi_kind(name)
        if not kind or (kind != "formula" and aggregate not in ("sum", "avg", "sum_currency")):
            return super()._read_group_select(aggregate_spec, query)
        self._check_field_access(self._fields[name], "read")
        if kind == "formula" and aggregate not in (*RATIO_AGGREGATES, "sum_currency"):
            raise ValueError(
                f"KPI {name!r} is a ratio: it has one value in a group, use '{name}:avg' "
                f"instead of {aggregate_spec!r}."
            )
        return self._kpi_aggregate(name, query)

    @api.model
    def _kpi_aggregate(self, name, query):
        """SQL of a KPI in a group: NULL where there is no data."""
        kind = self._kpi_kind(name)
        if kind == "formula":
            return Formula(self._fields[name].formula).fold(
                lambda part: self._kpi_aggregate(part, query),
                lambda number: SQL("%s::float8", number),
                self._kpi_operation,
            )
        if not self._kpi_has_source(Fact.of(self._fields[name].fact).model):
            return SQL("NULL::float8")
        if kind == "stock":
            return self._stock_aggregate(name, query)
        return self._flow_aggregate(name, query)

    @api.model
    def _kpi_operation(self, operation, left, right):
        if operation == "/":
            return SQL("(%s::float8 / NULLIF(%s::float8, 0))", left, right)
        operators = {"+": SQL("+"), "-": SQL("-"), "*": SQL("*")}
        return SQL("(%s::float8 %s %s::float8)", left, operators[operation], right)

    @api.model
    def _flow_aggregate(self, name, query):
        column = self._field_to_sql(self._table, name, query)
        if self._fields[name].type == "monetary":
            column = self._converted_amount(column, query)
        # A row that could not be measured, or an amount without a rate, makes the total unknown:
        # better no number than a wrong one.
        total = SQL("(CASE WHEN COUNT(*) = COUNT(%s) THEN SUM(%s) END)", column, column)
        # Where nothing is entered there is no figure either.
        return SQL("NULLIF(%s, 0)", total) if self._kpi_empty_zero(name) else total

    @api.model
    def _kpi_empty_zero(self, name):
        """Whether a total of 0 of this KPI means that nothing was recorded."""
        return bool(getattr(self._fields[name], "empty_zero", False))
