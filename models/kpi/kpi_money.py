from odoo import api, models
from odoo.tools import SQL, ormcache

from ..base.exchange_rate import conversion_sql


class KpiMoney(models.AbstractModel):
    """Amounts of many companies in one currency, each at the rate of its own row's day.

    Rates are looked up once for each day and currency and joined to the rows: looked up for each
    row they would cost twenty times the reading itself.
    """

    _name = "crm.kpi.money"
    _description = "KPI Amounts in One Currency"

    @api.model
    def _converted_amount(self, column, query):
        """SQL of an amount in the current company's currency; joins the rates to ``query``.

        NULL when the amount is not zero and a rate is missing.
        """
        target = self.env.company.currency_id.id
        others = [currency for currency in self._kpi_currencies() if currency != target]
        rate = SQL("NULL")
        if others:
            rate = SQL.identifier(self._join_rates(query, others, target), "rate")
        return SQL(
            "(CASE WHEN %(own)s = %(target)s OR %(column)s = 0 THEN %(column)s"
            " ELSE %(column)s * %(rate)s END)",
            own=SQL.identifier(self._table, "currency_id"), target=target, column=column, rate=rate,
        )

    @api.model
    def _join_rates(self, query, currencies, target):
        """Join a row's rate from its own currency, one of ``currencies`` (ids), to ``target`` (id).

        :return: alias of the table that has the column ``rate``
        """
        alias = query.make_alias(self._table, "kpi_rate")
        rates = SQL(
            """(SELECT day.day::date, source.currency_id, %(rate)s AS rate
                FROM (%(span)s) AS span
                CROSS JOIN LATERAL generate_series(
                    span.first::timestamp, span.last::timestamp, '1 day'
                ) AS day(day)
                CROSS JOIN unnest(%(currencies)s) AS source(currency_id))""",
            rate=conversion_sql(
                SQL("source.currency_id"), SQL("%s", target), SQL("%s", self.env.company.id),
                SQL("day.day"),
            ),
            span=self._kpi_span_sql(), currencies=currencies,
        )
        query.add_join("LEFT JOIN", alias, rates, SQL(
            "%s = %s AND %s = %s",
            SQL.identifier(alias, "day"), SQL.identifier(self._table, "day"),
            SQL.identifier(alias, "currency_id"), SQL.identifier(self._table, "currency_id"),
        ))
        return alias

    @api.model
    @ormcache(cache="stable")
    def _kpi_currencies(self):
        """:return: ids of all currencies that rows are kept in, and those new rows may be kept in;
        forgotten when a company changes its currency, comes or goes"""
        return tuple(currency for (currency,) in self.env.execute_query(SQL(
            """SELECT currency_id FROM (%s) AS kept WHERE currency_id IS NOT NULL
               UNION SELECT currency_id FROM res_company ORDER BY 1""",
            self._kpi_currencies_sql(),
        )))

    @api.model
    def _kpi_span_sql(self):
        """SQL of one row: the ``first`` and the ``last`` day that rows can have."""
        return SQL("SELECT MIN(day) AS first, MAX(day) AS last FROM %s AS fact", self._table_sql)

    @api.model
    def _kpi_currencies_sql(self):
        """SQL of the values ``currency_id`` that rows can have."""
        return SQL("SELECT currency_id FROM %s AS fact", self._table_sql)
