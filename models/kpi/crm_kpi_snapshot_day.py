from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

from ...tools.period import day_start
from .kpi_scan import of_company

_lt = LazyTranslate(__name__)

# The pipeline of a day is measured shortly after midnight; later it may have moved on.
LATE_AFTER = timedelta(hours=6)
# A transaction of the day may be committed after midnight: until then the day is built again.
STRAGGLERS = timedelta(hours=2)


class CrmKpiSnapshotDay(models.Model):
    """Log of what was measured: one row for each company and day. A missing night is a gap."""

    _name = "crm.kpi.snapshot.day"
    _description = "KPI Snapshot Log"
    _order = "day desc, company_id"
    _log_access = False
    _rec_name = "day"

    day = fields.Date(required=True, readonly=True)
    company_id = fields.Many2one(
        "res.company", "Company", readonly=True, index=True, ondelete="cascade",
        falsy_value_label=_lt("Shared by all companies"),
        help="Empty for leads that are shared by all companies.",
    )
    flows_at = fields.Datetime(
        "Counted On", readonly=True, help="When leads, deals and orders were last counted."
    )
    stocks_at = fields.Datetime(
        "Pipeline Measured On", readonly=True,
        help="When the pipeline was measured. Empty: nobody measured it that night, and it cannot "
             "be reconstructed.",
    )
    is_late = fields.Boolean(
        "Filled In Later", readonly=True,
        help="First built more than six hours after the end of the day, for instance after a "
             "server was down or when history was imported.",
    )
    failed_flows = fields.Char(
        "Failed Counts", readonly=True,
        help="KPIs that could not be measured; their figures of this day are empty.",
    )
    failed_stocks = fields.Char(
        "Failed Pipeline KPIs", readonly=True,
        help="Pipeline KPIs that could not be measured; their figures of this day are empty.",
    )

    _day_company_uniq = models.UniqueIndex("(day, COALESCE(company_id, 0))")

    @api.model
    def _is_taken(self, company_id, day):
        """Whether the pipeline of a unit was measured for ``day`` (date) or a later one.

        A clock set back must not lead to measuring an earlier night from today's state.
        """
        return bool(self.search_count([
            ("company_id", "=", company_id or False),
            ("day", ">=", day),
            ("stocks_at", "!=", False),
        ], limit=1))

    @api.model
    def _log(self, company_id, timezone, date_from, date_to, kind, failed):
        """Note that ``kind`` ("flows" or "stocks") of the days in a half-open range was built."""
        column, failures = {
            "flows": (SQL("flows_at"), SQL("failed_flows")),
            "stocks": (SQL("stocks_at"), SQL("failed_stocks")),
        }[kind]
        self.env.execute_query(SQL(
            """INSERT INTO crm_kpi_snapshot_day AS log
                      (company_id, day, %(column)s, is_late, %(failures)s)
               SELECT %(company)s, day::date, now() AT TIME ZONE 'UTC',
                      now() AT TIME ZONE 'UTC' > (day + interval '1 day')
                          AT TIME ZONE %(timezone)s AT TIME ZONE 'UTC' + %(late)s, %(failed)s
               FROM generate_series(%(first)s::timestamp, %(last)s::timestamp, '1 day') AS day
               ON CONFLICT (day, COALESCE(company_id, 0)) DO UPDATE
               SET %(column)s = EXCLUDED.%(column)s,
                   is_late = CASE WHEN log.%(column)s IS NULL
                             THEN COALESCE(log.is_late, FALSE) OR EXCLUDED.is_late
                             ELSE log.is_late END,
                   %(failures)s = EXCLUDED.%(failures)s""",
            column=column, failures=failures, company=company_id, timezone=timezone,
            late=LATE_AFTER, failed=", ".join(failed) or None,
            first=date_from, last=date_to - timedelta(days=1),
        ))
        self.invalidate_model()

    @api.model
    def _missing_days(self, company_id, timezone, first, today):
        """Days from ``first`` up to yesterday whose flows were never built, were built before the
        last transactions of the day were over, or failed before today.

        :return: list of dates, ascending
        """
        rows = self.env.execute_query(SQL(
            """SELECT day::date FROM generate_series(%s::timestamp, %s::timestamp, '1 day') AS day
               WHERE NOT EXISTS (
                   SELECT FROM crm_kpi_snapshot_day log
                   WHERE log.day = day.day::date AND %s
                     AND log.flows_at > (day.day + interval '1 day')
                         AT TIME ZONE %s AT TIME ZONE 'UTC' + %s
                     AND (log.failed_flows IS NULL OR log.flows_at >= %s))
               ORDER BY 1""",
            first, today - timedelta(days=1),
            of_company(SQL("log.company_id"), company_id), timezone, STRAGGLERS,
            day_start(today, timezone),
        ))
        return [day for (day,) in rows]

    @api.model
    def _last_night(self, company):
        """Day (date) of the latest good night of a company: measured, nothing failed; or False."""
        night = self.search([
            ("company_id", "=", company.id), ("stocks_at", "!=", False),
            ("flows_at", "!=", False), ("failed_flows", "=", False),
            ("failed_stocks", "=", False),
        ], order="day desc", limit=1)
        return night.day

    @api.model
    def _health(self, company):
        """One sentence: how old the figures of a company are."""
        last = self._last_night(company)
        if not last:
            return self.env._("Nothing has been measured yet. Run the nightly action.")
        age = (company._kpi_today(company._kpi_timezone()) - last).days - 1
        if age <= 0:
            return self.env._("Figures are up to date.")
        return self.env._(
            "The last good night is %(age)s days too old. Check the scheduled action "
            "“CRM KPIs: nightly snapshot”.", age=age,
        )

    @api.model
    def _gaps(self, date_from, date_to, domain=()):
        """Nights of a half-open range without a measured pipeline, after the first one taken.

        :return: dict ``{res.company record (empty for shared leads): [dates]}``
        """
        taken = self._read_group(
            Domain(list(domain)) & Domain("stocks_at", "!=", False),
            ["company_id"], ["day:array_agg", "day:min"],
        )
        return {
            company: sorted(set(_dates(max(first, date_from), date_to)).difference(days))
            for company, days, first in taken
        }


def _dates(first, stop):
    return [first + timedelta(days=i) for i in range(max((stop - first).days, 0))]
