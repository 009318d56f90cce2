import logging
from datetime import timedelta

import psycopg2

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...tools.period import consecutive, split
from .kpi_scan import of_company

_logger = logging.getLogger(__name__)

# Days rebuilt between two commits: a step of a million-lead history stays within seconds.
DAYS_PER_STEP = 92
HISTORY = timedelta(days=30 * 366)


class KpiNightly(models.AbstractModel):
    """The scheduled action: what is missing is found by a query, cut into steps and built.

    It runs hourly, so that each company is measured soon after its own midnight. Killed anywhere,
    run twice or after a month of downtime, the next run finds what is still missing.
    """

    _name = "crm.kpi.nightly"
    _inherit = ["crm.kpi.compare"]
    _description = "KPI Nightly Action"

    @api.model
    def _run_nightly(self):
        """Measure the pipeline of the last night, then build missing and changed days.

        :return: number of steps done
        """
        steps = self._nightly_steps()
        if any(days is None for _company, _timezone, days in steps):
            # Once a night: nobody writes anything when a planned meeting takes place.
            self._record_meetings()
            self._keep_costs()
            self._mark_differing_days()
            steps = self._nightly_steps()
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=len(steps))
        done = 0
        for step in steps:
            if self._run_step(*step):
                done += 1
            if not progress(processed=1):
                break
        if done:
            self.env.ref("crm_roi.ir_cron_kpi_alert")._trigger()
        return done

    @api.model
    def _record_meetings(self):
        try:
            with self.env.cr.savepoint():
                self.env["crm.lead"]._kpi_record_meetings()
        except psycopg2.OperationalError as error:
            # Somebody is writing one of the leads; the next night finds the meeting.
            _logger.info("Meetings are counted the next night: %s", error)

    @api.model
    def _keep_costs(self):
        """Generate the periods of recurring costs that begin, share out costs that still move."""
        Cost = self.env["crm.roi.cost"]
        for task in (Cost._generate_all_periods, Cost._share_running_out):
            try:
                with self.env.cr.savepoint():
                    task()
            except (UserError, psycopg2.Error) as error:
                # Figures are measured all the same; the next night tries again.
                _logger.warning("Costs are not up to date: %s", error)

    @api.model
    def _nightly_steps(self):
        """:return: list of ``(company id or None, time zone, None or (first, after last))``"""
        units = self._kpi_units()
        Night = self.env["crm.kpi.snapshot.day"]
        stocks = [
            (company_id, timezone, None) for company_id, timezone in units
            if not Night._is_taken(company_id, self._last_finished_day(timezone))
        ]
        flows = []
        for company_id, timezone in units:
            days = self._days_to_build(company_id, timezone)
            ranges = [
                piece for first, stop in consecutive(days)
                for piece in split(first, stop, DAYS_PER_STEP)
            ]
            # Last night first: it is what people look at in the morning.
            flows += [(company_id, timezone, piece) for piece in reversed(ranges)]
        return stocks + sorted(flows, key=lambda step: step[2][1], reverse=True)

    @api.model
    def _days_to_build(self, company_id, timezone):
        today = self.env["res.company"]._kpi_today(timezone)
        dirty = self.env["crm.kpi.dirty.day"]._days(company_id)
        days = {day for day in dirty if day < today}
        # A unit without any fact still gets its last night, so that the log has no gap.
        first = self._first_day(company_id, timezone) or self._last_finished_day(timezone)
        days.update(
            self.env["crm.kpi.snapshot.day"]._missing_days(company_id, timezone, first, today)
        )
        lock = self._unit_lock_date(company_id)
        # Marks of frozen days are kept: they count when the lock date is moved back.
        return {day for day in days if not lock or day >= lock}

    @api.model
    def _first_day(self, company_id, timezone):
        """Local day of the unit's first fact or of its first log row; ``None`` without any."""
        sources = {(f.model, f.time_field) for f in self._measurable(is_stock=False).values()}
        parts = [
            self._first_moment(model, field, company_id, timezone) for model, field in sources
        ]
        parts.append(SQL(
            "(SELECT MIN(day) FROM crm_kpi_snapshot_day WHERE %s)",
            of_company(SQL("company_id"), company_id),
        ))
        first = self.env.execute_query(SQL("SELECT LEAST(%s)", SQL(", ").join(parts)))[0][0]
        # A mistyped year must not make the history start in the Middle Ages or after last night.
        last = self._last_finished_day(timezone)
        return first and min(max(first, last - HISTORY), last)

    @api.model
    def _first_moment(self, model_name, time_field, company_id, timezone):
        model = self.env[model_name]
        company = self._kpi_dimensions(model_name).get("company_id")
        if getattr(model, "_kpi_begins_with_leads", False):
            return SQL("NULL")
        # The bare column in MIN() lets an index answer.
        first = SQL(
            "(SELECT MIN(%s) FROM %s AS fact WHERE %s)", SQL.identifier(time_field),
            model._table_sql,
            of_company(SQL.identifier(company), company_id) if company else SQL("TRUE"),
        )
        if model._fields[time_field].type == "date":
            return first
        return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", first, timezone)

    @api.model
    def _run_step(self, company_id, timezone, days):
        """One step in its own transaction.

        :return: whether it was done; False when another worker is at the same unit
        """
        try:
            if not self._lock_unit(company_id):
                return False
            if days is None:
                return bool(self._take_stocks_unit(company_id, timezone))
            self.env["crm.kpi.dirty.day"]._forget(company_id, *days)
            return bool(self._refresh_unit(company_id, timezone, *days))
        except psycopg2.errors.SerializationFailure:
            # Another worker has just built it. What it has not, the next run finds.
            _logger.info("KPI step %s %s was done by another worker.", company_id, days)
            self.env.cr.rollback()
            return False

    @api.model
    def _lock_unit(self, company_id):
        return self.env.execute_query(SQL(
            "SELECT pg_try_advisory_xact_lock(hashtext('crm_kpi_snapshot'), %s)", company_id or 0,
        ))[0][0]
