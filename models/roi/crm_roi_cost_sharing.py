from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.allocation import split
from .crm_roi_cost_share import DIMENSIONS

# A change of anything else moves no figure.
FIGURES = {
    "allocation_id", "amount", "calculation", "category_id", "company_id", "currency_id",
    "date_from", "date_to", "has_ramp", "hours_per_week", "is_credit", "loss_rate", "people",
    "quantity", "unit_cost", *DIMENSIONS,
}
# Deals and orders of a period are still booked some days after it.
SETTLING = timedelta(days=31)


class CrmRoiCost(models.Model):
    """Keeps the shares and the KPI days of costs in step with the entries."""

    _inherit = "crm.roi.cost"

    allocation_id = fields.Many2one(
        "crm.roi.cost.allocation", "Allocation", index="btree_not_null", check_company=True,
        ondelete="restrict", help="Shares the cost among several teams, sources, campaigns, media "
                                  "or features. Empty: it belongs to those of the entry itself.",
    )
    share_ids = fields.One2many("crm.roi.cost.share", "cost_id", "Shares", readonly=True)

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
        self._share_anew()
        return result

    def unlink(self):
        self._mark_days()
        return super().unlink()

    def _day_after(self):
        return self.date_to + timedelta(days=1)

    # ------------------------------------------------------------
    # Shares
    # ------------------------------------------------------------

    def _share_anew(self):
        self._share_out()
        self._mark_days()

    def _share_out(self):
        """Write the shares of these entries anew."""
        if not self.ids:
            return
        self.flush_recordset()
        rows = self._allocated_rows()
        # Shares follow their entry; whether it may be changed was checked with the entry.
        self.env.execute_query(SQL(
            """WITH gone AS (DELETE FROM crm_roi_cost_share WHERE cost_id = ANY(%(ids)s))
               INSERT INTO crm_roi_cost_share (cost_id, company_id, currency_id, amount, %(dims)s)
               SELECT id, company_id, company_currency_id, amount_company, %(dims)s
               FROM crm_roi_cost WHERE id = ANY(%(direct)s) %(allocated)s""",
            ids=list(self.ids), dims=SQL(", ").join(map(SQL.identifier, DIMENSIONS)),
            direct=list(set(self.ids) - {row[0] for row in rows}),
            allocated=SQL("UNION ALL VALUES %s", SQL(", ").join(
                SQL("(%s, %s, %s, %s::numeric, %s::int4, %s::int4, %s::int4, %s::int4, %s::int4)",
                    *row) for row in rows
            )) if rows else SQL(),
        ))
        self.env["crm.roi.cost.share"].invalidate_model()
        self.invalidate_recordset(["share_ids"])

    def _allocated_rows(self):
        """:return: list of the shares ``(cost id, company id, currency id, amount, *dimensions)``
        of the entries that have something to be shared by"""
        allocated = self.filtered(lambda cost: cost.allocation_id and cost.state == "ok")
        return [
            (cost.id, cost.company_id.id, cost.company_currency_id.id, amount, *dimensions)
            for cost, weights in allocated._weights().items() if sum(weights.values())
            for dimensions, amount in cost._split(weights)
        ]

    def _split(self, weights):
        """:return: list of ``(dimension ids, amount)``; the amounts add up to the entry's"""
        unit = Decimal(str(self.company_currency_id.rounding))
        total = Decimal(str(self.company_currency_id.round(self.amount_company)))
        # In the order of ids, so that the same split gives the same cents again.
        ids = sorted(weights, key=lambda value: (not value, value))
        dimension = self.allocation_id.dimension
        own = {name: self[name].id or None for name in DIMENSIONS}
        amounts = split(total, [weights[value] for value in ids], unit)
        return [
            (tuple({**own, dimension: value or None}.values()), amount)
            for value, amount in zip(ids, amounts, strict=True)
        ]

    @api.model
    def _share_running_out(self):
        """Share out anew what is shared by a figure that still moves; run every night."""
        costs = self.search([
            ("allocation_id.method", "=", "driver"),
            ("date_from", "<=", fields.Date.today()),
            ("date_to", ">=", fields.Date.today() - SETTLING),
        ])
        before = costs._shares()
        costs._share_out()
        after = costs._shares()
        costs.filtered(lambda cost: before.get(cost) != after.get(cost))._mark_days()

    def _shares(self):
        """:return: dict ``{cost: its shares}``, to compare"""
        return {
            cost: sorted(
                (*(share[name].id for name in DIMENSIONS), share.amount) for share in cost.share_ids
            )
            for cost in self
        }

    # ------------------------------------------------------------
    # KPI days
    # ------------------------------------------------------------

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
