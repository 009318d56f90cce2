from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, Query

from ...tools.fact import COUNT
from ...tools.period import day_start


def of_company(column, company_id):
    """SQL condition that an index on ``column`` can serve; ``None`` means shared, not any."""
    return SQL("%s = %s", column, company_id) if company_id else SQL("%s IS NULL", column)


class KpiScan(models.AbstractModel):
    """Turns facts into SQL: one grouped scan for each (model, time field), however many KPIs
    read it. Domains are compiled by Odoo itself and become ``COUNT(*) FILTER (WHERE ...)``.
    """

    _name = "crm.kpi.scan"
    _description = "KPI Fact Scan"
    # What rows are broken down by, beside day and company.
    _kpi_row_keys = ("team_id", "user_id", "source_id")
    # Keeps the local days out of the scans, which have bounds an index can serve: PostgreSQL knows
    # nothing of them and would expect a hundredth of the rows.
    _kpi_fence = SQL("OFFSET 0")

    @api.model
    def _kpi_dimensions(self, model_name):
        """Which field of a source model holds each dimension.

        :return: dict ``{dimension: field name}``; a dimension the model lacks is absent and stays
            empty. Addons override this for models that name their fields differently.
        """
        model_fields = self.env[model_name]._fields if model_name in self.env else ()
        return {name: name for name in ("company_id", *self._kpi_row_keys) if name in model_fields}

    @api.model
    def _flows_sql(self, facts, company_id, timezone, date_from, date_to):
        """SQL rows ``day, *_kpi_row_keys, *facts`` of a unit, one for each key."""
        scans = {}
        for name, fact in facts.items():
            scans.setdefault((fact.model, fact.time_field), {})[name] = fact
        parts = [
            self._scan(
                model, scan, list(facts), company_id, time=(field, timezone, date_from, date_to)
            )
            for (model, field), scan in scans.items()
        ]
        return SQL(
            """SELECT day, %(keys)s, %(sums)s
               FROM (%(scans)s %(fence)s) AS fact
               WHERE day >= %(date_from)s AND day < %(date_to)s
               GROUP BY day, %(keys)s""",
            keys=self._row_keys_sql(), sums=self._sums(facts), scans=SQL(" UNION ALL ").join(parts),
            date_from=date_from, date_to=date_to, fence=self._kpi_fence,
        )

    @api.model
    def _stocks_sql(self, facts, company_id, timezone, day):
        """SQL rows ``*_kpi_row_keys, *facts`` of a unit at the end of ``day``."""
        scans = {}
        for name, fact in facts.items():
            scans.setdefault(fact.model, {})[name] = fact
        end = day_start(day + timedelta(days=1), timezone)
        parts = [
            self._scan(model, scan, list(facts), company_id, night=(day, end))
            for model, scan in scans.items()
        ]
        return SQL(
            "SELECT %(keys)s, %(sums)s FROM (%(scans)s) AS fact GROUP BY %(keys)s",
            keys=self._row_keys_sql(), sums=self._sums(facts), scans=SQL(" UNION ALL ").join(parts),
        )

    @api.model
    def _row_keys_sql(self):
        return SQL(", ").join(map(SQL.identifier, self._kpi_row_keys))

    @api.model
    def _stock_domain(self, fact, night, end):
        """Domain of the records a stock counts at the end of ``night`` (``end`` in UTC).

        Opportunities are found by the dates they were opened and closed, as of that moment; for
        other models it is the present state. Measuring and drilling down both read this.
        """
        terms = Domain(fact.domain_on(night))
        if fact.model != "crm.lead":
            return terms
        dated = terms.map_conditions(
            lambda term: Domain.TRUE if term.field_expr in ("active", "won_status") else term
        )
        closed_later = Domain("date_closed", ">=", end) & Domain("won_status", "!=", "pending")
        converted = Domain("date_conversion", "=", False) | Domain("date_conversion", "<", end)
        opened = Domain("create_date", "<", end) & converted
        return opened & (terms | (dated & closed_later))

    @api.model
    def _sums(self, facts):
        # NaN marks an amount that cannot be known; it survives the sum and becomes NULL.
        return SQL(", ").join(
            SQL("NULLIF(SUM(%(column)s), 'NaN') AS %(column)s", column=SQL.identifier(name))
            for name in facts
        )

    @api.model
    def _scan(self, model_name, facts, columns, company_id, time=None, night=None):
        """One grouped scan of a model.

        :param facts: dict ``{name: Fact}`` measured by this scan
        :param columns: names of all columns of the union this scan is part of
        :param time: ``(time field, time zone, first day, day after the last)`` for flows
        :param night: ``(measured day, its end in UTC)`` for stocks
        """
        # Facts are measured for everybody; record rules apply to who reads the snapshot.
        model = self.env[model_name].sudo().with_context(active_test=False)
        query = Query(self.env, model._table, model._table_sql)
        keys, where = self._scan_keys(model, query, company_id)
        if time:
            moment, bounds = self._moment(model, query, *time)
            keys = {"day": moment, **keys}
            where.append(bounds)
        conditions = {
            name: self._condition(
                model, query, self._stock_domain(fact, *night) if night else fact.domain_on(None)
            )
            for name, fact in facts.items()
        }
        counted = SQL("(%s)", SQL(" OR ").join(conditions.values()))
        having = SQL()
        if getattr(model, "_kpi_counts_most", False):
            having = SQL("HAVING COUNT(*) FILTER (WHERE %s) > 0", counted)
        else:
            where.append(counted)
        measures = {
            name: self._measure(model, query, name, facts[name], conditions[name])
            if name in facts else SQL("0::numeric")
            for name in columns
        }
        return SQL(
            "SELECT %s FROM %s WHERE %s GROUP BY %s %s",
            SQL(", ").join(
                SQL("%s AS %s", expression, SQL.identifier(name))
                for name, expression in {**keys, **measures}.items()
            ),
            query.from_clause, SQL(" AND ").join(where),
            SQL(", ").join(SQL(str(position + 1)) for position in range(len(keys))), having,
        )

    @api.model
    def _scan_keys(self, model, query, company_id):
        """:return: ``({dimension: SQL}, [SQL conditions])`` of the records of a unit"""
        names = self._kpi_dimensions(model._name)
        keys = {
            name: model._field_to_sql(model._table, names[name], query)
            if name in names else SQL("NULL::integer")
            for name in self._kpi_row_keys
        }
        if "company_id" not in names:
            return keys, [SQL("%s", company_id is None)]
        company = model._field_to_sql(model._table, names["company_id"], query)
        return keys, [of_company(company, company_id)]

    @api.model
    def _condition(self, model, query, domain):
        return Domain(domain).optimize_full(model)._to_sql(model, model._table, query)

    @api.model
    def _moment(self, model, query, time_field, timezone, date_from, date_to):
        """:return: ``(SQL of the local day, SQL condition bounding the raw column)``"""
        column = model._field_to_sql(model._table, time_field, query)
        if model._fields[time_field].type == "date":
            return column, SQL("%s >= %s AND %s < %s", column, date_from, column, date_to)
        bounds = [
            SQL("(%s::date::timestamp AT TIME ZONE %s AT TIME ZONE 'UTC')", day, timezone)
            for day in (date_from, date_to)
        ]
        local = SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", column, timezone)
        return local, SQL("%s >= %s AND %s < %s", column, bounds[0], column, bounds[1])

    @api.model
    def _measure(self, model, query, name, fact, condition):
        if fact.aggregate == COUNT:
            return SQL("COUNT(*) FILTER (WHERE %s)::numeric", condition)
        value = model._field_to_sql(model._table, fact.aggregate, query)
        total = SQL("COALESCE(SUM(%s::numeric) FILTER (WHERE %s), 0)", value, condition)
        strict = getattr(self._fields.get(name), "strict", None)  # tried before it is a field
        if not strict:
            return total
        expected = self._condition(model, query, [] if strict is True else list(strict))
        return SQL(
            "CASE WHEN COUNT(*) FILTER (WHERE %s AND %s AND %s IS NULL) > 0 THEN 'NaN' ELSE %s END",
            condition, expected, value, total,
        )
