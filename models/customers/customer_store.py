"""Stores the figures of customers: one upsert for a whole company."""

import json

from odoo import api, models
from odoo.tools import SQL

# Rows sent to the database at a time.
CHUNK = 20_000
# Columns that come from the sums as they are.
SUMMED = {
    "first_order_date": "first_day", "last_order_date": "last_day", "order_day_count": "order_days",
    "lifetime_revenue": "revenue", "lifetime_margin": "margin", "year_revenue": "year_revenue",
    "usual_margin": "usual_margin", "user_id": "user_id", "team_id": "team_id",
}
# Columns that the engine computes, with their types.
COMPUTED = {
    "customer_value": "numeric", "predicted_order_count": "float8", "prediction_error": "float8",
    "predicted_spend": "numeric", "margin_rate": "float8", "probability_alive": "float8",
    "rfm_recency": "int4", "rfm_frequency": "int4", "rfm_monetary": "int4", "rfm_segment": "text",
    "lifecycle_stage": "text", "customer_tier_id": "int4", "is_tier_by_hand": "bool",
}


class CustomerStore(models.AbstractModel):
    _name = "crm.customer.store"
    _description = "Storage of Customer Figures"

    @api.model
    def _store_figures(self, company, forecast, today, figures):
        """Upsert the rows of the customers in ``customer_sum``; note changes of tiers."""
        names = ["partner_id", *COMPUTED]
        types = {"partner_id": "int4", **COMPUTED}
        self._temporary("customer_figure", SQL("SELECT %s", SQL(", ").join(
            SQL("NULL::%s AS %s", SQL(types[name]), SQL.identifier(name)) for name in names
        )))
        self.env.cr.execute(SQL("TRUNCATE customer_figure"))
        for start in range(0, len(figures["partner_id"]), CHUNK):
            rows = [figures[name][start:start + CHUNK] for name in names]
            # One text instead of a hundred thousand parameters.
            self.env.cr.execute(SQL(
                "INSERT INTO customer_figure SELECT %s FROM json_array_elements(%s::json) item",
                SQL(", ").join(
                    SQL("(item->>%s)::%s", place, SQL(types[name]))
                    for place, name in enumerate(names)
                ),
                json.dumps(list(zip(*rows, strict=True))),
            ))
        self._note_tier_changes(company, today)
        self._upsert(company, forecast)
        self.env["crm.customer.value"].invalidate_model()
        self.env["res.partner"].invalidate_model(flush=False)

    @api.model
    def _note_tier_changes(self, company, today):
        self.env.cr.execute(SQL(
            """INSERT INTO crm_customer_tier_change (
                   company_id, partner_id, date, tier_before_id, tier_after_id, cause, currency_id,
                   customer_value)
               SELECT present.company_id, present.partner_id, %(today)s, present.customer_tier_id,
                      figure.customer_tier_id,
                      CASE WHEN figure.is_tier_by_hand THEN 'hand'
                           WHEN present.is_tier_by_hand THEN 'expired' ELSE 'value' END,
                      %(currency)s, figure.customer_value
               FROM crm_customer_value present JOIN customer_figure figure USING (partner_id)
               WHERE present.company_id = %(company)s AND present.customer_tier_id IS NOT NULL
                 AND figure.customer_tier_id IS DISTINCT FROM present.customer_tier_id""",
            today=today, company=company.id, currency=company.currency_id.id,
        ))

    @api.model
    def _upsert(self, company, forecast):
        columns = {
            "company_id": SQL("%s::int4", company.id),
            "partner_id": SQL("totals.partner_id"),
            "currency_id": SQL("%s::int4", company.currency_id.id),
            "forecast_id": SQL("%s::int4", forecast.id),
            **{name: SQL.identifier("totals", source) for name, source in SUMMED.items()},
            **{name: SQL.identifier("figure", name) for name in COMPUTED},
            "value_at_stake": SQL(
                "CASE WHEN figure.lifecycle_stage IN ('at_risk', 'lapsed')"
                " THEN totals.usual_margin END"
            ),
        }
        changing = [name for name in columns if name not in ("company_id", "partner_id")]
        self.env.cr.execute(SQL(
            """INSERT INTO crm_customer_value AS present (%(names)s)
               SELECT %(values)s
               FROM customer_sum totals JOIN customer_figure figure USING (partner_id)
               ON CONFLICT (company_id, partner_id) DO UPDATE SET %(assignments)s
               WHERE (%(old)s) IS DISTINCT FROM (%(new)s)""",
            names=SQL(", ").join(SQL.identifier(name) for name in columns),
            values=SQL(", ").join(columns.values()),
            assignments=SQL(", ").join(
                SQL("%s = %s", SQL.identifier(name), SQL.identifier("excluded", name))
                for name in changing
            ),
            old=SQL(", ").join(SQL.identifier("present", name) for name in changing),
            new=SQL(", ").join(SQL.identifier("excluded", name) for name in changing),
        ))

    @api.model
    def _forget_gone(self, company, partner_ids=None):
        """Remove rows of partners that are no customers any more."""
        self.env.cr.execute(SQL(
            """DELETE FROM crm_customer_value gone WHERE company_id = %s AND %s
                 AND NOT EXISTS (
                     SELECT FROM customer_sum kept WHERE kept.partner_id = gone.partner_id)""",
            company.id,
            SQL("TRUE") if partner_ids is None else SQL("partner_id = ANY(%s)", list(partner_ids)),
        ))
