"""Customers with order histories of known days and amounts."""

from datetime import date, timedelta

from odoo.tools import SQL

from .common import KpiCase

TODAY = date(2026, 6, 1)
VALUE_COLUMNS = (
    "first_order_date", "last_order_date", "order_day_count", "lifetime_revenue",
    "lifetime_margin", "year_revenue", "usual_margin", "value_at_stake", "customer_value",
    "predicted_order_count", "prediction_error", "predicted_spend", "margin_rate",
    "probability_alive", "rfm_recency", "rfm_frequency", "rfm_monetary", "rfm_segment",
    "lifecycle_stage", "customer_tier_id", "is_tier_by_hand", "user_id", "team_id", "currency_id",
)


class CustomerCase(KpiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Value = cls.env["crm.customer.value"]
        cls.Partner = cls.env["res.partner"]

    @classmethod
    def _customer(cls, name="Customer", **values):
        return cls.Partner.create({"name": name, "is_company": True, **values})

    @classmethod
    def _purchase(cls, partner, day, revenue=100.0, margin=None, company=None, **values):
        """A confirmed order at noon UTC, as the set-based SQL leaves it.

        :param day: date, or number of days before ``TODAY``
        """
        day = TODAY - timedelta(days=day) if isinstance(day, int) else day
        company = company or cls.company
        columns = {
            "name": "P", "state": "sale", "partner_id": partner.id,
            "partner_invoice_id": partner.id, "partner_shipping_id": partner.id,
            "company_id": company.id, "currency_id": company.currency_id.id, "currency_rate": 1.0,
            "date_order": f"{day} 12:00:00", "user_id": cls.rep.id, "team_id": cls.team.id,
            "net_revenue": revenue, "amount_untaxed": revenue,
            "net_margin": 0.4 * revenue if margin is None and revenue is not None else margin,
            **({"picking_policy": "direct"} if "picking_policy" in cls.env["sale.order"]._fields
               else {}),
            **values,
        }
        return cls.env["sale.order"].browse(cls.env.execute_query(SQL(
            "INSERT INTO sale_order (%s) VALUES (%s) RETURNING id",
            SQL(", ").join(SQL.identifier(name) for name in columns),
            SQL(", ").join(SQL("%s", value) for value in columns.values()),
        ))[0][0])

    @classmethod
    def _refresh(cls, company=None, today=TODAY, refit=False):
        cls.Value._refresh_company(company or cls.company, today, refit)
        return cls.env["crm.customer.forecast"]._latest(company or cls.company)

    def row(self, partner, company=None):
        company = company or self.company
        return self.Value.with_context(allowed_company_ids=company.ids).search([
            ("partner_id", "=", partner.id), ("company_id", "=", company.id),
        ])

    def stored(self, company=None):
        """All rows of a company as PostgreSQL holds them, by partner."""
        self.env.flush_all()
        return {
            row[0]: dict(zip(VALUE_COLUMNS, row[1:], strict=True))
            for row in self.env.execute_query(SQL(
                "SELECT partner_id, %s FROM crm_customer_value WHERE company_id = %s",
                SQL(", ").join(SQL.identifier(name) for name in VALUE_COLUMNS),
                (company or self.company).id,
            ))
        }
