"""Win rate as a measure of lead pivots, graphs and groups: a ratio of counts in every cell."""

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

WIN_RATE = "win_rate:avg"


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def _read_group_select(self, aggregate_spec, query):
        if aggregate_spec != WIN_RATE:
            return super()._read_group_select(aggregate_spec, query)
        won_status = self._field_to_sql(self._table, "won_status", query)
        is_opportunity = SQL(
            "%s = 'opportunity'", self._field_to_sql(self._table, "type", query)
        )
        return SQL(
            """(COUNT(*) FILTER (WHERE %(opportunity)s AND %(won_status)s = 'won'))::float8
               / NULLIF(
                   COUNT(*) FILTER (WHERE %(opportunity)s AND %(won_status)s IN ('won', 'lost')), 0
               )""",
            opportunity=is_opportunity, won_status=won_status,
        )

    def _read_group(
        self, domain, groupby=(), aggregates=(), having=(), offset=0, limit=None, order=None,
    ):
        rows = super()._read_group(domain, groupby, aggregates, having, offset, limit, order)
        if not rows or not self._kpi_hides_lost(domain, aggregates):
            return rows
        rates = self.with_context(active_test=False)._read_group(domain, groupby, [WIN_RATE])
        return self._kpi_put_win_rates(rows, rates, len(groupby), aggregates)

    def _read_grouping_sets(self, domain, grouping_sets, aggregates=(), order=None):
        sets = super()._read_grouping_sets(domain, grouping_sets, aggregates, order)
        if not self._kpi_hides_lost(domain, aggregates):
            return sets
        rates = self.with_context(active_test=False)._read_grouping_sets(
            domain, grouping_sets, [WIN_RATE]
        )
        return [
            self._kpi_put_win_rates(rows, rate_rows, len(groupby), aggregates)
            for rows, rate_rows, groupby in zip(sets, rates, grouping_sets, strict=True)
        ]

    def _kpi_hides_lost(self, domain, aggregates):
        """Lost leads are archived, so a search hides them unless it says otherwise, and all that
        is left to divide by is what was won: 100 %. The rate is then read from the same search
        with them. A search that names ``active`` means what it says and is left alone."""
        return (
            WIN_RATE in aggregates
            and self.env.context.get("active_test", True)
            and not any(
                condition.field_expr == "active"
                for condition in Domain(domain).iter_conditions()
            )
        )

    def _kpi_put_win_rates(self, rows, rates, width, aggregates):
        by_group = {row[:width]: row[width] for row in rates}
        position = width + list(aggregates).index(WIN_RATE)
        return [
            (*row[:position], by_group.get(row[:width], False), *row[position + 1:]) for row in rows
        ]
