import logging

import psycopg2

from odoo import api, models
from odoo.tools import SQL

from .kpi_scan import of_company

_logger = logging.getLogger(__name__)


class KpiCompare(models.AbstractModel):
    """Finds the days whose records changed without telling: records of optional apps cannot mark
    the days they touch, because no class of ours can inherit from a model that may be absent.

    A report over such apps says ``_kpi_is_compared = True``; once a night its flows are computed
    for all built days and compared with what is stored.
    """

    _name = "crm.kpi.compare"
    _description = "Comparison of KPI Facts with Their Records"

    @api.model
    def _mark_differing_days(self):
        """Mark the built, not locked days whose stored flows differ from their records."""
        facts = {
            name: fact for name, fact in self._measurable(is_stock=False).items()
            if getattr(self.env[fact.model], "_kpi_is_compared", False)
        }
        for company_id, timezone in self._kpi_units() if facts else ():
            try:
                with self.env.cr.savepoint():
                    self._mark_differing_unit(facts, company_id, timezone)
            except psycopg2.Error as error:
                # A KPI that fails is named when its days are built; the others go on.
                _logger.info("Facts of company %s are compared the next night: %s",
                             company_id, error)

    @api.model
    def _mark_differing_unit(self, facts, company_id, timezone):
        today = self.env["res.company"]._kpi_today(timezone)
        lock = self._unit_lock_date(company_id)
        first = lock or self._first_day(company_id, timezone)
        if not first or first >= today:
            return
        self.env.cr.execute(SQL(
            """WITH fresh AS (%(fresh)s),
                    kept AS (SELECT * FROM crm_kpi_snapshot kpi
                             WHERE %(company)s AND day >= %(first)s AND day < %(today)s
                               AND (%(stored)s) IS DISTINCT FROM (%(zeros)s))
               INSERT INTO crm_kpi_dirty_day (company_id, day)
               SELECT DISTINCT %(company_id)s::integer, built.day
               FROM fresh FULL JOIN kept
                 ON fresh.day = kept.day AND %(same_keys)s
               JOIN crm_kpi_snapshot_day built
                 ON built.day = COALESCE(fresh.day, kept.day) AND built.flows_at IS NOT NULL
                AND %(built_company)s
               WHERE (%(new)s) IS DISTINCT FROM (%(old)s)
                 AND NOT EXISTS (SELECT FROM crm_kpi_dirty_day dirty
                                 WHERE dirty.day = built.day AND %(dirty_company)s)""",
            fresh=self._flows_sql(facts, company_id, timezone, first, today),
            company=of_company(SQL("kpi.company_id"), company_id), company_id=company_id,
            built_company=of_company(SQL("built.company_id"), company_id),
            dirty_company=of_company(SQL("dirty.company_id"), company_id),
            first=first, today=today, stored=self._numbers_sql("kpi", facts),
            zeros=SQL(", ").join([SQL("0::float8")] * len(facts)),
            new=self._numbers_sql("fresh", facts), old=self._numbers_sql("kept", facts),
            same_keys=SQL(" AND ").join(
                SQL("COALESCE(fresh.%(key)s, 0) = COALESCE(kept.%(key)s, 0)",
                    key=SQL.identifier(key))
                for key in self._kpi_row_keys
            ),
        ), log_exceptions=False)

    @api.model
    def _numbers_sql(self, alias, facts):
        return SQL(", ").join(
            SQL("COALESCE(%s::float8, 0)", SQL.identifier(alias, name)) for name in facts
        )
