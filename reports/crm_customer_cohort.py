from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..models.base.optional_number import OptionalFloat, OptionalMonetary


class CrmCustomerCohort(models.Model):
    """Customers by the month of their first purchase, and how many bought so many months later."""

    _name = "crm.customer.cohort"
    _description = "Cohort of Customers"
    _auto = False
    _order = "cohort_date, months_since"
    _rec_name = "cohort_date"

    company_id = fields.Many2one("res.company", readonly=True)
    cohort_date = fields.Date("First Bought in", readonly=True)
    months_since = fields.Integer("Months Since First Purchase", readonly=True, aggregator=None)
    customer_count = fields.Integer("Customers of the Cohort", readonly=True)
    active_count = fields.Integer("Customers who Bought", readonly=True)
    share = OptionalFloat(
        "Share who Bought", readonly=True, aggregator="avg",
        help="Share of the customers of the cohort who bought in that month.",
    )
    currency_id = fields.Many2one("res.currency", readonly=True)
    revenue = OptionalMonetary(
        readonly=True, help="Untaxed amount of these months, net of credit notes.",
    )

    _depends = {
        "crm.customer.month": ["company_id", "cohort_date", "months_since", "status", "revenue"],
    }

    @property
    def _table_query(self):
        # A month in which nobody of a cohort bought is a row with 0, not a hole.
        return SQL(
            """WITH size AS (
                   SELECT company_id, currency_id, cohort_date, COUNT(*) AS customer_count
                   FROM crm_customer_month WHERE status = 'new'
                   GROUP BY company_id, currency_id, cohort_date
               ),
               active AS (
                   SELECT company_id, cohort_date, months_since, COUNT(*) AS active_count,
                          CASE WHEN COUNT(*) = COUNT(revenue) THEN SUM(revenue) END AS revenue
                   FROM crm_customer_month WHERE status <> 'lapsed'
                   GROUP BY company_id, cohort_date, months_since
               ),
               latest AS (
                   SELECT company_id, MAX(date) AS date FROM crm_customer_month GROUP BY company_id
               )
               SELECT (ROW_NUMBER() OVER (
                          ORDER BY size.company_id, size.cohort_date, step.months_since
                      ))::int4 AS id,
                      size.company_id, size.currency_id, size.cohort_date,
                      step.months_since, size.customer_count,
                      COALESCE(active.active_count, 0) AS active_count,
                      COALESCE(active.active_count, 0)::float8 / size.customer_count AS share,
                      CASE WHEN active.active_count IS NULL THEN 0 ELSE active.revenue END
                          AS revenue
               FROM size
               JOIN latest USING (company_id)
               CROSS JOIN LATERAL generate_series(0, (
                   extract(year FROM age(latest.date + 1, size.cohort_date)) * 12
                   + extract(month FROM age(latest.date + 1, size.cohort_date)) - 1
               )::int4) step(months_since)
               LEFT JOIN active ON active.company_id = size.company_id
                    AND active.cohort_date = size.cohort_date
                    AND active.months_since = step.months_since"""
        )

    def _read_group_select(self, aggregate_spec, query):
        if aggregate_spec != "share:avg":
            return super()._read_group_select(aggregate_spec, query)
        # A ratio of sums: large cohorts count more than small ones.
        return SQL(
            "SUM(%s)::float8 / NULLIF(SUM(%s), 0)",
            self._field_to_sql(self._table, "active_count", query),
            self._field_to_sql(self._table, "customer_count", query),
        )

    @api.readonly
    def action_drill(self, figure):
        """Action that opens the customers behind a figure: those who bought in that month, or for
        ``customer_count`` and the share all of the cohort.

        :return: dict of an ``ir.actions.act_window``
        """
        self.ensure_one()
        self.check_access("read")
        months = Domain("company_id", "=", self.company_id.id) & Domain(
            "cohort_date", "=", self.cohort_date)
        if figure in ("active_count", "revenue"):
            months &= Domain("months_since", "=", self.months_since)
            months &= Domain("status", "!=", "lapsed")
        else:
            months &= Domain("status", "=", "new")
        return {
            "type": "ir.actions.act_window", "res_model": "crm.customer.month",
            "name": self._fields[figure]._description_string(self.env),
            "domain": list(months), "views": [(False, "list"), (False, "form")],
            "context": {"create": False},
        }

    def action_open(self):
        """:return: window action of the customers who bought in that month"""
        return self.action_drill("active_count")
