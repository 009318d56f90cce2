from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class KpiStock(models.AbstractModel):
    """Levels over time: the average of a company's own nights in a period, or its last night.

    Nights are those of the company in the period, not of the group: a salesperson who had no open
    deal on a night counts 0 for it, so that people add up to their team, and companies measured
    on different nights add up to their sum.
    """

    _name = "crm.kpi.stock"
    _description = "KPI Levels over Time"

    @api.model
    def _uses_stock(self, aggregates):
        names = {spec.split(":")[0] for spec in aggregates if spec != "__count"}
        return any(
            self._kpi_kind(part) == "stock"
            for name in names if name in self._fields and self._kpi_kind(name)
            for part in self._kpi_parts(name)
        )

    @api.model
    def _with_nights(self, domain, groupby, aggregates):
        """Put into the context which nights stocks read: scope of the log, and the date groups."""
        if not self._uses_stock(aggregates):
            return self
        specs = tuple(spec for spec in groupby if spec.split(":")[0].split(".")[0] == "day")
        return self.with_context(kpi_nights=(list(self._night_scope(domain)), specs))

    @api.model
    def _night_scope(self, domain):
        """The part of a domain on rows that decides which nights of the log are meant."""
        return Domain(domain).map_conditions(
            lambda term: term
            if term.field_expr.split(".")[0] in ("day", "company_id") else Domain.TRUE
        )

    @api.model
    def _last_nights(self, domain):
        """The last measured night of each company under a domain on rows.

        :return: dict ``{company id, or False for shared leads: date}``
        """
        nights = self.env["crm.kpi.snapshot.day"]._read_group(
            self._night_scope(domain) & Domain("stocks_at", "!=", False),
            ["company_id"], ["day:max"],
        )
        return {company.id: day for company, day in nights}

    @api.model
    def _stock_aggregate(self, name, query):
        """SQL of a stock in a group: NULL where no night was measured."""
        nights = self._join_nights(query)
        if not nights:
            return SQL("NULL::float8")
        weight = SQL.identifier(nights, "weight")
        amount = self._level(name, query)
        if self._fields[name].type == "monetary":
            amount = self._converted_amount(amount, query)
        # A group with rows but no open deal on any night has zero of them, not "no data". A night
        # on which the KPI was not measured, or an amount without a rate, makes it unknown.
        return SQL(
            """(CASE WHEN MAX(%(nights)s) > 0
                      AND COUNT(*) FILTER (WHERE %(weight)s > 0)
                          = COUNT(%(amount)s) FILTER (WHERE %(weight)s > 0)
                THEN ROUND(COALESCE(SUM(%(amount)s * %(weight)s), 0)::numeric, 10)::float8 END)""",
            nights=SQL.identifier(nights, "nights"), amount=amount, weight=weight,
        )

    @api.model
    def _level(self, name, query):
        """SQL of a row's level: 0 on rows that hold flows only, NULL where it was not measured."""
        column = self._field_to_sql(self._table, name, query)
        if self.env.context.get("kpi_presum"):
            return column
        measured = SQL.identifier(self._table, "has_stock")
        return SQL("(CASE WHEN %s THEN %s ELSE COALESCE(%s, 0) END)", measured, column, column)

    @api.model
    def _join_nights(self, query):
        """Join the nights of a row's company: ``nights`` in its period, ``weight`` of its day.

        :return: alias of the joined table, or ``None`` when no night can be found
        """
        if not self.env.context.get("kpi_nights"):
            return None
        scope, specs = self.env.context["kpi_nights"]
        Night = self.env["crm.kpi.snapshot.day"]
        log = Night._search(Domain(scope))
        if log.is_empty():
            return None
        alias = query.make_alias(self._table, "kpi_night")
        query.add_join("LEFT JOIN", alias, SQL("(%s)", self._nights_sql(Night, log, specs)), SQL(
            "COALESCE(%s, 0) = COALESCE(%s, 0) AND %s = %s",
            SQL.identifier(alias, "company_id"), SQL.identifier(self._table, "company_id"),
            SQL.identifier(alias, "day"), SQL.identifier(self._table, "day"),
        ))
        return alias

    @api.model
    def _nights_sql(self, Night, log, specs):
        table = Night._table
        names = ("company_id", "day", "stocks_at")
        company, day, taken = (Night._field_to_sql(table, name, log) for name in names)
        period = SQL("PARTITION BY %s", SQL(", ").join([
            company, *(self._read_group_groupby(table, spec, log) for spec in specs),
        ]))
        nights = SQL("COUNT(%s) OVER (%s)", taken, period)
        weight = SQL("CASE WHEN %s IS NOT NULL THEN 1::float8 / %s ELSE 0 END", taken, nights)
        if self.env.context.get("kpi_stock") == "last":
            last = SQL("MAX(%s) FILTER (WHERE %s IS NOT NULL) OVER (%s)", day, taken, period)
            weight = SQL("CASE WHEN %s = %s THEN 1::float8 ELSE 0 END", day, last)
        return log.select(
            SQL("%s AS company_id", company), SQL("%s AS day", day),
            SQL("%s AS nights", nights), SQL("%s AS weight", weight),
        )
