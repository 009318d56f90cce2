from odoo import api, models
from odoo.tools import SQL

from .crm_roi_cost_share import DIMENSIONS

# A change of anything else moves no figure.
FIGURES = {
    "company_id", "date_from", "date_to", "category_id", "quantity", "people", "unit_cost",
    "calculation", "amount", "currency_id", "is_credit", *DIMENSIONS,
}


class CrmRoiCost(models.Model):
    """Keeps the shares and the KPI days of costs in step with the entries."""

    _inherit = "crm.roi.cost"

    @api.model_create_multi
    def create(self, vals_list):
        costs = super().create(vals_list)
        costs._share_out()
        costs._mark_days()
        return costs

    def write(self, vals):
        if not FIGURES & vals.keys():
            return super().write(vals)
        self._mark_days()
        result = super().write(vals)
        self._share_out()
        self._mark_days()
        return result

    def unlink(self):
        self._mark_days()
        return super().unlink()

    def _share_out(self):
        """Write the shares of these entries anew."""
        if not self.ids:
            return
        self.flush_recordset()
        columns = SQL(", ").join(map(SQL.identifier, DIMENSIONS))
        # Everybody's shares follow their entry; who may change the entry was checked with it.
        self.env.execute_query(SQL(
            """WITH gone AS (DELETE FROM crm_roi_cost_share WHERE cost_id = ANY(%(ids)s))
               INSERT INTO crm_roi_cost_share (cost_id, company_id, currency_id, amount, %(dims)s)
               SELECT id, company_id, company_currency_id, amount_company, %(dims)s
               FROM crm_roi_cost WHERE id = ANY(%(ids)s)""",
            ids=list(self.ids), dims=columns,
        ))
        self.env["crm.roi.cost.share"].invalidate_model()

    def _mark_days(self):
        """Mark the finished days these entries, as now stored, count on for the next refresh."""
        if not self.ids:
            return
        self.flush_recordset(["company_id", "date_from", "date_to"])
        companies = self.env["res.company"]
        today = SQL(", ").join(
            SQL("(%s, %s::date)", company_id, companies._kpi_today(timezone))
            for company_id, timezone in companies._kpi_timezones() if company_id
        )
        self.env.execute_query(SQL(
            """INSERT INTO crm_kpi_dirty_day (company_id, day)
               SELECT DISTINCT cost.company_id, day::date
               FROM crm_roi_cost cost
               JOIN (VALUES %(today)s) AS unit(company_id, today)
                 ON unit.company_id = cost.company_id
               CROSS JOIN LATERAL generate_series(
                   cost.date_from, LEAST(cost.date_to, unit.today - 1), '1 day'
               ) AS day
               WHERE cost.id = ANY(%(ids)s)""",
            today=today, ids=list(self.ids),
        ))
