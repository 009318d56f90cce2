from odoo import api, fields, models
from odoo.tools import SQL

from .kpi_scan import of_company


class CrmKpiDirtyDay(models.Model):
    """Days whose flows changed after they were built: marks are inserted by the records' own
    changes and consumed by the nightly action."""

    _name = "crm.kpi.dirty.day"
    _description = "KPI Day to Rebuild"
    _rec_name = "day"
    _log_access = False

    company_id = fields.Many2one("res.company", ondelete="cascade", readonly=True)
    day = fields.Date(required=True, readonly=True)

    _company_day_idx = models.Index("(company_id, day)")

    @api.model
    def _days(self, company_id):
        """:return: list of the dates marked for a unit, ascending"""
        return [day for (day,) in self.env.execute_query(SQL(
            """SELECT DISTINCT day FROM crm_kpi_dirty_day
               WHERE %s ORDER BY day""", of_company(SQL("company_id"), company_id),
        ))]

    @api.model
    def _forget(self, company_id, date_from, date_to):
        """Drop the marks of a half-open range; marks of transactions still running stay."""
        self.env.execute_query(SQL(
            """DELETE FROM crm_kpi_dirty_day
               WHERE %s AND day >= %s AND day < %s""",
            of_company(SQL("company_id"), company_id), date_from, date_to,
        ))

    @api.model
    def _mark_all(self, company_ids=None):
        """Mark every day built so far, of the given company ids or of all units."""
        where = SQL("TRUE")
        if company_ids is not None:
            where = SQL("company_id = ANY(%s)", list(company_ids))
        self.env.execute_query(SQL(
            """INSERT INTO crm_kpi_dirty_day (company_id, day)
               SELECT company_id, day FROM crm_kpi_snapshot_day
               WHERE flows_at IS NOT NULL AND %s""", where,
        ))
