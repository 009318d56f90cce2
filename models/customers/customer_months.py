"""Retention: what each customer did in each month, and the curve of second purchases."""

import numpy as np

from odoo import api, models
from odoo.tools import SQL

from ...tools.survival import repeat_curve

STEPS = tuple(range(0, 1081, 30))
COLUMNS = (
    "date", "cohort_date", "months_since", "status", "user_id", "team_id", "revenue",
    "order_day_count",
)


class CustomerMonths(models.AbstractModel):
    _inherit = "crm.customer.engine"

    @api.model
    def _after_refresh(self, company, today, partner_ids=None):
        super()._after_refresh(company, today, partner_ids)
        self._temporary("customer_month", self._months_sql(today), ("partner_id", "date"))
        touched = self._store_months(company, partner_ids)
        self._mark_months(company, touched)
        if partner_ids is None:
            self._store_curve(company, today)

    @api.model
    def _months_sql(self, today):
        """Rows of ``crm.customer.month`` of the customers in ``customer_day``.

        Months that are over only. A row without purchase follows a month with one.
        """
        today = SQL("%s::date", today)
        return SQL(
            """WITH active AS (
                   SELECT partner_id, date_trunc('month', day)::date AS month,
                          CASE WHEN COUNT(*) = COUNT(revenue) THEN SUM(revenue) END AS revenue,
                          COUNT(*)::int4 AS order_day_count,
                          (array_agg(user_id ORDER BY day DESC))[1] AS user_id,
                          (array_agg(team_id ORDER BY day DESC))[1] AS team_id
                   FROM customer_day
                   WHERE (revenue IS NULL OR revenue > 0) AND day < date_trunc('month', %(today)s)
                   GROUP BY 1, 2
               ),
               history AS (
                   SELECT *, (month + interval '1 month')::date AS next_month,
                          LAG(month) OVER customer AS previous,
                          LEAD(month) OVER customer AS following,
                          MIN(month) OVER (PARTITION BY partner_id) AS cohort_date
                   FROM active WINDOW customer AS (PARTITION BY partner_id ORDER BY month)
               ),
               entry AS (%(entries)s)
               SELECT partner_id, (month + interval '1 month - 1 day')::date AS date, cohort_date,
                      (extract(year FROM age(month, cohort_date)) * 12
                       + extract(month FROM age(month, cohort_date)))::int4 AS months_since,
                      status, user_id, team_id, revenue, order_day_count
               FROM entry""",
            today=today, entries=self._entries_sql(today),
        )

    @api.model
    def _entries_sql(self, today):
        """Months with a purchase and those after one, with what they are in the ``history``."""
        return SQL(
            """SELECT partner_id, month, cohort_date, user_id, team_id, revenue, order_day_count,
                      CASE WHEN previous IS NULL THEN 'new'
                           WHEN previous + interval '1 month' = month THEN 'kept'
                           ELSE 'reactivated' END AS status
               FROM history
               UNION ALL
               SELECT partner_id, next_month, cohort_date, user_id, team_id, 0, 0, 'lapsed'
               FROM history
               WHERE following IS DISTINCT FROM next_month
                 AND next_month < date_trunc('month', %s)""", today,
        )

    @api.model
    def _store_months(self, company, partner_ids):
        """Make the stored rows the same as ``customer_month``; :return: set of days that changed"""
        scope = SQL("TRUE")
        if partner_ids is not None:
            scope = SQL("stored.partner_id = ANY(%s)", list(partner_ids))
        gone = self.env.execute_query(SQL(
            """DELETE FROM crm_customer_month stored
               WHERE company_id = %s AND %s AND NOT EXISTS (
                   SELECT FROM customer_month kept
                   WHERE kept.partner_id = stored.partner_id AND kept.date = stored.date)
               RETURNING date""", company.id, scope,
        ))
        changed = self.env.execute_query(SQL(
            """INSERT INTO crm_customer_month AS stored
                      (company_id, partner_id, currency_id, %(names)s)
               SELECT %(company)s, partner_id, %(currency)s, %(names)s FROM customer_month
               ON CONFLICT (company_id, partner_id, date) DO UPDATE SET %(assignments)s
               WHERE (%(old)s) IS DISTINCT FROM (%(new)s)
               RETURNING date""",
            names=SQL(", ").join(map(SQL.identifier, COLUMNS)),
            company=company.id, currency=company.currency_id.id,
            assignments=SQL(", ").join(
                SQL("%s = %s", SQL.identifier(name), SQL.identifier("excluded", name))
                for name in ("currency_id", *COLUMNS)
            ),
            old=SQL(", ").join(SQL.identifier("stored", name) for name in COLUMNS),
            new=SQL(", ").join(SQL.identifier("excluded", name) for name in COLUMNS),
        ))
        self.env["crm.customer.month"].invalidate_model()
        return {day for (day,) in gone + changed}

    @api.model
    def _mark_months(self, company, days):
        """The KPIs of these days are measured again by their own nightly action."""
        if days:
            self.env.execute_query(SQL(
                """INSERT INTO crm_kpi_dirty_day (company_id, day)
                   SELECT %s, day FROM unnest(%s::date[]) day RETURNING id""",
                company.id, sorted(days),
            ))

    @api.model
    def _store_curve(self, company, today):
        pairs = self.env.execute_query(SQL(
            """SELECT COALESCE(second_day, %(today)s::date) - first_day, second_day IS NOT NULL
               FROM customer_sum WHERE first_day IS NOT NULL""", today=today,
        ))
        days, again = np.array(pairs, dtype=float).reshape(-1, 2).T
        rows = []
        for point in repeat_curve(days, again.astype(bool), STEPS):
            rows.append((company.id, point.days, "kaplan_meier", point.share, point.low, point.high,
                         point.at_risk))
            rows.append((company.id, point.days, "naive", point.naive, None, None, len(pairs)))
        self.env.cr.execute(SQL(
            "DELETE FROM crm_customer_curve WHERE company_id = %s", company.id
        ))
        if rows:
            self.env.cr.execute(SQL(
                "INSERT INTO crm_customer_curve (company_id, days, kind, share, low, high,"
                " at_risk_count) VALUES %s", SQL(", ").join(SQL("%s", row) for row in rows),
            ))
        self.env["crm.customer.curve"].invalidate_model()
