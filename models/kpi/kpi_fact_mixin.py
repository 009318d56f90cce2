from datetime import datetime

from odoo import api, fields, models
from odoo.tools import SQL, ormcache

from ...tools.period import day_start

FRESH = "crm_roi.fresh"


class KpiFactMixin(models.AbstractModel):
    """Records that KPIs count: a change marks the days it touches for the next nightly refresh.

    Marks are only ever inserted, so two users never wait for each other. Days from today on are
    not marked: the nightly action builds them anyway.
    """

    _name = "crm.kpi.fact.mixin"
    _description = "KPI Fact Source"

    @api.model
    @ormcache()
    def _kpi_columns(self):
        """:return: ``(time fields, all columns)`` of this model that flow KPIs read."""
        times, columns = {}, {}
        Snapshot = self.env["crm.kpi.snapshot"]
        for fact in Snapshot._kpi_facts().values():
            if fact.model != self._name or fact.is_stock:
                continue
            times[fact.time_field] = True
            used = [term[0].split(".")[0] for term in fact.domain if isinstance(term, tuple)]
            columns.update(dict.fromkeys([fact.time_field, fact.aggregate, *used]))
        columns.update(dict.fromkeys(Snapshot._kpi_dimensions(self._name).values()))
        return tuple(times), frozenset(columns) & set(self._fields)

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        times, _columns = self._kpi_columns()
        if any(vals.get(name) for vals in vals_list for name in times):
            records._kpi_mark_dirty()
        else:
            self._kpi_fresh().update(records.ids)
        return records

    def _write_multi(self, vals_list):
        # Below write(): stored computed values (won status, net revenue) pass here too.
        times, columns = self._kpi_columns()
        changed = {name for vals in vals_list for name in vals}
        if not changed & columns:
            return super()._write_multi(vals_list)
        fresh = self._kpi_fresh()
        old = self.browse(record_id for record_id in self.ids if record_id not in fresh)
        old._kpi_mark_dirty()
        result = super()._write_multi(vals_list)
        if self._kpi_sets_past(vals_list, changed.intersection(times)):
            self._kpi_mark_dirty()
        elif "company_id" in changed:
            old._kpi_mark_dirty()
        return result

    @api.model
    def _kpi_fresh(self):
        """:return: set of the ids of records that this transaction has created and that are on no
            past day; emptied with the transaction"""
        return self.env.cr.precommit.data.setdefault(f"{FRESH}.{self._name}", set())

    @api.model
    def _kpi_sets_past(self, vals_list, times):
        """Whether one of these values dates a record on a day that may have been built."""
        today = max(today for _company, _timezone, today in self._kpi_today_starts())
        values = (vals.get(name) for vals in vals_list for name in times)
        return any(value and fields.Datetime.to_datetime(value) < today for value in values)

    def unlink(self):
        self._kpi_mark_dirty()
        return super().unlink()

    def _kpi_mark_dirty(self):
        """Mark the past days on which these records, as now in the database, are counted."""
        moments = self._kpi_moments_sql() if self.ids else []
        if not moments:
            return
        # Whoever asks may have moved them to a past day.
        self._kpi_fresh().difference_update(self.ids)
        self.env.execute_query(SQL(
            """INSERT INTO crm_kpi_dirty_day (company_id, day)
               SELECT DISTINCT fact.company_id,
                      (fact.utc AT TIME ZONE 'UTC' AT TIME ZONE unit.timezone)::date
               FROM (%s) fact
               JOIN (VALUES %s) AS unit(company_id, timezone, today)
                 ON unit.company_id = COALESCE(fact.company_id, 0)
               WHERE fact.utc < unit.today""",
            SQL(" UNION ALL ").join(moments), self._kpi_units_sql(),
        ))

    def _kpi_moments_sql(self):
        """:return: list of SQL of rows ``(company_id, utc)``: the moments at which these records
            count"""
        times, _columns = self._kpi_columns()
        if not times:
            return []
        return [SQL(
            """SELECT record.company_id, moment.utc FROM %(table)s record
               CROSS JOIN LATERAL (VALUES %(moments)s) AS moment(utc)
               WHERE record.id = ANY(%(ids)s)""",
            table=SQL.identifier(self._table), ids=list(self.ids),
            moments=SQL(", ").join(SQL("(%s)", SQL.identifier("record", name)) for name in times),
        )]

    @api.model
    def _kpi_units_sql(self):
        """SQL rows (company id or 0 for shared, time zone, start of today in UTC)."""
        return SQL(", ").join(
            SQL("(%s, %s, %s::timestamp)", company_id or 0, timezone, today)
            for company_id, timezone, today in self._kpi_today_starts()
        )

    @api.model
    def _kpi_today_starts(self):
        """:return: list of (company id or None, time zone, start of today as naive UTC)"""
        now = datetime.utcnow()
        companies = self.env["res.company"]
        return [
            (company_id, timezone, day_start(companies._kpi_today(timezone, now), timezone))
            for company_id, timezone in companies._kpi_timezones()
        ]
