from odoo import api, models
from odoo.tools import SQL, Query

# Other aggregates than KPIs that a pivot or graph asks for.
PLAIN_AGGREGATES = ("__count", "currency_id:array_agg_distinct")


class KpiPresum(models.AbstractModel):
    """Sums the rows of a group's keys first, then computes groups and totals from these sums.

    A pivot asks for several groupings at once, with formulas and exchange rates. PostgreSQL would
    sort and convert all rows for it; a sum of sums is the same, and there are few of them.
    """

    _name = "crm.kpi.presum"
    _description = "KPI Rows Summed First"

    @api.model
    def _with_presum(self, groupby, aggregates, order, having=()):
        """Put into the context which columns to sum, unless something else than KPIs is asked for.

        :param groupby: specifications of all groupings together
        """
        terms = [term.split()[0] for term in (order or "").split(",") if term.strip()]
        specs = {*aggregates, *(term for term in terms if term not in groupby)}
        names = {spec.split(":")[0] for spec in specs.difference(PLAIN_AGGREGATES)}
        if having or not all(name in self._fields and self._kpi_kind(name) for name in names):
            return self
        keys = {spec.split(":")[0].split(".")[0] for spec in groupby}
        if not all(self._fields[key].store for key in keys):
            return self
        parts = {part for name in names for part in self._kpi_parts(name)}
        if any(self._fields[part].type == "monetary" for part in parts):
            keys |= {"currency_id", "day"}
        if self._uses_stock(aggregates):
            keys |= {"company_id", "day"}
        return self.with_context(kpi_presum=(tuple(sorted(keys)), tuple(sorted(parts))))

    @api.model
    def _search(self, domain, *args, **kwargs):
        presum = self.env.context.get("kpi_presum")
        if not presum:
            return super()._search(domain, *args, **kwargs)
        plain = self.with_context(kpi_presum=None)
        rows = super(KpiPresum, plain)._search(domain, *args, **kwargs)
        if rows.is_empty():
            return rows
        return Query(self.env, self._table, SQL("(%s)", self._presum_sql(rows, *presum)))

    @api.model
    def _presum_sql(self, rows, keys, parts):
        """SQL rows ``*keys, *parts, kpi_rows`` (how many rows were summed)."""
        columns = [SQL.identifier(self._table, key) for key in keys]
        totals = [
            SQL("%s AS %s", self._presum(name), SQL.identifier(name)) for name in parts
        ]
        rows.groupby = SQL(", ").join(columns or [SQL("()")])
        return rows.select(*columns, *totals, SQL("COUNT(*) AS kpi_rows"))

    @api.model
    def _presum(self, name):
        column = SQL.identifier(self._table, name)
        total = SQL("SUM(%s)", column)
        if self._fields[name].type == "integer":
            total = SQL("%s::integer", total)
        if self._kpi_kind(name) == "stock":
            # Rows without a level have none of it; a night that did not measure it is unknown.
            return SQL(
                "CASE WHEN COUNT(*) FILTER (WHERE %s AND %s IS NULL) = 0 THEN COALESCE(%s, 0) END",
                SQL.identifier(self._table, "has_stock"), column, total,
            )
        # A row that could not be measured makes the sum unknown.
        return SQL("CASE WHEN COUNT(*) = COUNT(%s) THEN %s END", column, total)

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        if aggregate_spec == "__count" and self.env.context.get("kpi_presum"):
            return SQL("COALESCE(SUM(%s), 0)::bigint", SQL.identifier(self._table, "kpi_rows"))
        return super()._read_group_select(aggregate_spec, query)
