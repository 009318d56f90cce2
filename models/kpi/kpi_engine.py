import logging
from datetime import timedelta

import psycopg2

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...tools.period import as_date
from .kpi_scan import of_company

_logger = logging.getLogger(__name__)

# The database asks for another try or ran out of time: no fault of a single KPI.
TRANSIENT = (psycopg2.errors.SerializationFailure, psycopg2.errors.QueryCanceled,
             psycopg2.errors.LockNotAvailable, psycopg2.errors.DeadlockDetected)
# What a KPI that cannot be measured raises: a wrong field, operator or value, or failing SQL.
BROKEN = (ValueError, TypeError, KeyError, UserError, psycopg2.Error)


class KpiEngine(models.AbstractModel):
    """Measures facts into rows, one idempotent statement for a (company, range of days) unit.

    A unit is a company, or the leads shared by all companies (company ``None``), with the time
    zone that cuts its days.
    """

    _name = "crm.kpi.engine"
    _inherit = ["crm.kpi.scan"]
    _description = "KPI Snapshot Engine"

    @api.model
    def _refresh(self, date_from, date_to, companies=None):
        """Rebuild the flows of a range of company-local days from the records as they are now.

        Running it again changes nothing. Days before a company's KPI lock date and days that are
        not over yet are left alone. Stocks are not touched.

        :param date_from: first day (date or ISO text)
        :param date_to: day after the last (date or ISO text)
        :param companies: res.company records; when omitted, all active companies and the leads
            that are shared by all companies
        :return: number of units rebuilt
        """
        units = self._kpi_units(companies)
        self.env.flush_all()
        return sum(
            self._refresh_unit(company_id, timezone, as_date(date_from), as_date(date_to))
            for company_id, timezone in units
        )

    @api.model
    def _take_stocks(self, companies=None):
        """Measure the pipeline as it is now and keep it as that of the last finished day.

        A night that was taken is never measured again.

        :param companies: as for :meth:`_refresh`
        :return: number of units measured
        """
        units = self._kpi_units(companies)
        self.env.flush_all()
        return sum(
            self._take_stocks_unit(company_id, timezone) for company_id, timezone in units
        )

    @api.model
    def _kpi_units(self, companies=None):
        """:return: list of ``(company id or None, time zone)``; ``None`` holds shared leads."""
        units = self.env["res.company"]._kpi_timezones()
        if companies is None:
            return units
        return [unit for unit in units if unit[0] in companies.ids]

    @api.model
    def _refresh_unit(self, company_id, timezone, date_from, date_to):
        lock = self._unit_lock_date(company_id)
        date_from = max(date_from, lock) if lock else date_from
        date_to = min(date_to, self.env["res.company"]._kpi_today(timezone))
        date_from = max(date_from, self._first_day_in_currency(company_id, date_from, date_to))
        if date_from >= date_to:
            return 0
        facts = self._measurable(is_stock=False)
        is_all = not self._keeps_unmeasured()
        failed = self._store(facts, lambda chosen: self._store_flows(
            chosen, company_id, timezone, date_from, date_to,
            complete=is_all and len(chosen) == len(facts),
        ))
        Night = self.env["crm.kpi.snapshot.day"]
        Night._log(company_id, timezone, date_from, date_to, "flows", failed)
        return 1

    @api.model
    def _keeps_unmeasured(self):
        """Whether rows may hold figures of KPIs that are not measured at present."""
        return False

    @api.model
    def _first_day_in_currency(self, company_id, date_from, date_to):
        """Day after the last one measured in another currency than the present one: what was
        measured in the old currency stays, whatever the lock date says."""
        last = self.env.execute_query(SQL(
            """SELECT MAX(day) FROM crm_kpi_snapshot
               WHERE %s AND day >= %s AND day < %s AND currency_id <> %s""",
            of_company(SQL("company_id"), company_id), date_from, date_to,
            self._unit_currency(company_id),
        ))[0][0]
        return last + timedelta(days=1) if last else date_from

    @api.model
    def _take_stocks_unit(self, company_id, timezone):
        day = self._last_finished_day(timezone)
        Night = self.env["crm.kpi.snapshot.day"]
        if Night._is_taken(company_id, day):
            return 0
        facts = self._measurable(is_stock=True)
        failed = self._store(
            facts, lambda chosen: self._store_stocks(chosen, company_id, timezone, day)
        )
        Night._log(company_id, timezone, day, day + timedelta(days=1), "stocks", failed)
        return 1

    @api.model
    def _last_finished_day(self, timezone):
        return self.env["res.company"]._kpi_today(timezone) - timedelta(days=1)

    @api.model
    def _measurable(self, is_stock):
        """Facts of a kind whose model is installed; the others' columns stay empty."""
        return {
            name: fact for name, fact in self._kpi_facts().items()
            if fact.is_stock == is_stock and self._kpi_has_source(fact.model)
        }

    # ------------------------------------------------------------------
    # One broken KPI does not stop the others
    # ------------------------------------------------------------------

    @api.model
    def _store(self, facts, run):
        """Measure all facts in one statement; when one cannot be measured, all the others.

        :param facts: dict ``{name: Fact}``
        :param run: function of such a dict that executes the statement
        :return: list of the names that failed
        """
        try:
            with self.env.cr.savepoint():
                run(facts)
            return []
        except TRANSIENT:
            raise
        except BROKEN:
            broken = [name for name in facts if not self._can_measure(name, facts[name], run)]
            if not broken or len(broken) == len(facts):
                raise
        run({name: fact for name, fact in facts.items() if name not in broken})
        return broken

    @api.model
    def _can_measure(self, name, fact, run):
        try:
            with self.env.cr.savepoint(flush=False) as savepoint:
                run({name: fact})
                savepoint.rollback()
        except TRANSIENT:
            raise
        except BROKEN as error:
            _logger.warning("KPI %s cannot be measured and is left out: %s", name, error)
            return False
        return True

    # ------------------------------------------------------------------
    # Statements
    # ------------------------------------------------------------------

    @api.model
    def _store_flows(self, facts, company_id, timezone, date_from, date_to, complete):
        """Upsert the flows of a unit; rows that nothing falls on any more are emptied.

        :param complete: all flows are in ``facts``, so an empty row without stocks may go
        """
        columns = [SQL.identifier(name) for name in facts]
        fresh = self._flows_sql(facts, company_id, timezone, date_from, date_to)
        unit = SQL(
            "%s AND kpi.day >= %s AND kpi.day < %s",
            of_company(SQL("kpi.company_id"), company_id), date_from, date_to,
        )
        gone = SQL(
            """%s AND NOT EXISTS (
                   SELECT FROM fresh WHERE fresh.day = kpi.day
                   AND COALESCE(fresh.team_id, 0) = COALESCE(kpi.team_id, 0)
                   AND COALESCE(fresh.user_id, 0) = COALESCE(kpi.user_id, 0)
                   AND COALESCE(fresh.source_id, 0) = COALESCE(kpi.source_id, 0))""", unit,
        )
        zeros = SQL(", ").join(SQL("%s = 0", column) for column in columns)
        some = SQL("(%s) IS DISTINCT FROM (%s)", SQL(", ").join(columns),
                   SQL(", ").join([SQL("0")] * len(columns)))
        self._execute(SQL(
            """WITH fresh AS MATERIALIZED (%(fresh)s),
                 emptied AS (UPDATE crm_kpi_snapshot kpi SET %(zeros)s
                             WHERE %(gone)s AND (kpi.has_stock OR %(keep)s) AND %(some)s),
                 removed AS (DELETE FROM crm_kpi_snapshot kpi
                             WHERE %(gone)s AND NOT (kpi.has_stock OR %(keep)s))
               %(upsert)s""",
            fresh=fresh, zeros=zeros, gone=gone, some=some, keep=not complete,
            upsert=self._upsert(facts, {
                "company_id": SQL("%s::integer", company_id),
                "currency_id": SQL("%s::integer", self._unit_currency(company_id)),
                "has_stock": SQL("FALSE"),
            }, update=columns),
        ))

    @api.model
    def _store_stocks(self, facts, company_id, timezone, day):
        """Add the stocks of a night to its rows; flows of a new row are 0, not unknown."""
        flows = self._measurable(is_stock=False)
        constants = {
            "day": SQL("%s::date", day),
            "company_id": SQL("%s::integer", company_id),
            "currency_id": SQL("%s::integer", self._unit_currency(company_id)),
            "has_stock": SQL("TRUE"),
            **dict.fromkeys(flows, SQL("0")),
        }
        update = [SQL.identifier(name) for name in (*facts, "has_stock")]
        self._execute(SQL(
            "WITH fresh AS MATERIALIZED (%s) %s",
            self._stocks_sql(facts, company_id, timezone, day),
            self._upsert(facts, constants, update),
        ))

    @api.model
    def _execute(self, statement):
        # What fails is said once, with the KPI's name, by the caller.
        self.env.cr.execute(statement, log_exceptions=False)

    @api.model
    def _upsert(self, facts, constants, update):
        """INSERT ... SELECT from ``fresh`` that updates an existing row of the same key.

        :param constants: dict ``{column: SQL}`` of columns that are the same in each row
        :param update: columns (SQL) that an existing row takes over; unchanged rows stay
        """
        keys = ["day", "team_id", "user_id", "source_id", *facts]
        taken = [name for name in keys if name not in constants]
        names = [SQL.identifier(name) for name in (*constants, *taken)]
        values = [*constants.values(), *(SQL.identifier("fresh", name) for name in taken)]
        new = [SQL("EXCLUDED.%s", column) for column in update]
        return SQL(
            """INSERT INTO crm_kpi_snapshot AS kpi (%(names)s)
               SELECT %(values)s FROM fresh
               ON CONFLICT (day, COALESCE(company_id, 0), COALESCE(team_id, 0),
                            COALESCE(user_id, 0), COALESCE(source_id, 0))
               DO UPDATE SET %(assign)s
               WHERE (%(old)s) IS DISTINCT FROM (%(new)s)""",
            names=SQL(", ").join(names), values=SQL(", ").join(values),
            assign=SQL(", ").join(
                SQL("%s = %s", column, value) for column, value in zip(update, new, strict=True)
            ),
            old=SQL(", ").join(SQL("kpi.%s", column) for column in update),
            new=SQL(", ").join(new),
        )

    @api.model
    def _unit_lock_date(self, company_id):
        """Day before which nothing of a unit moves any more, or False."""
        # Only the company's own settings are read; the nightly action acts for nobody.
        return self.env["res.company"].sudo().browse(company_id or []).kpi_lock_date

    @api.model
    def _unit_currency(self, company_id):
        """Currency id of a unit's amounts: the company's; of shared leads, the main company's."""
        # Only the currency is read, and the nightly action acts for nobody.
        companies = self.env["res.company"].sudo()
        company = companies.browse(company_id) if company_id else companies._kpi_main_company()
        return company.currency_id.id
