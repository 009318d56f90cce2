"""Computes the figures of customers: a few statements for a whole company."""

import numpy as np

from odoo import api, models
from odoo.tools import SQL

from ...tools import customer_value, lifecycle, purchase_model, rfm, spend_model, tiering
from .customer_fit import as_limits
from .customer_store import COMPUTED

HORIZON = 365
# Order days of margin by which the margin rate of a customer is drawn towards that of all.
MARGIN_DAYS = 3

READ = (
    "partner_id", "silent", "span", "order_days", "last_gap", "known_days", "known_revenue",
    "rated_revenue", "rated_margin", "revenue", "tier_id", "hand_tier_id",
)


class CustomerEngine(models.AbstractModel):
    _name = "crm.customer.engine"
    _inherit = ["crm.customer.fit", "crm.customer.store"]
    _description = "Computation of Customer Figures"

    @api.model
    def _refresh_company(self, company, today, refit=False):
        """Compute all customers of a company as of the beginning of ``today``.

        Running it again on the same day changes nothing.

        :param refit: find new parameters even if the present ones are young
        :return: number of customers
        """
        self._read_days(company, today)
        sums = self._read_sums(company, today)
        forecast = self.env["crm.customer.forecast"]._latest(company)
        is_new = refit or not forecast._is_fit(company, today)
        if is_new:
            forecast = self._fit(company, today, sums)
        figures = self._figures(company, forecast, sums, redraw=is_new)
        self._store_figures(company, forecast, today, figures)
        self._forget_gone(company)
        self._after_refresh(company, today)
        forecast._set_day(today, int((sums["order_days"] > 0).sum()))
        return len(sums["partner_id"])

    @api.model
    def _refresh_customers(self, company, partners):
        """Compute some customers again, as of the company's last run; nothing before the first.

        :param partners: res.partner records of commercial partners
        """
        # The settings of the company decide, whoever causes this.
        forecast = self.env["crm.customer.forecast"].sudo()._latest(company)
        if not forecast.day or not partners:
            return
        self._read_days(company, forecast.day, partners.ids)
        sums = self._read_sums(company, forecast.day)
        figures = self._figures(company, forecast, sums)
        self._store_figures(company, forecast, forecast.day, figures)
        self._forget_gone(company, partners.ids)
        self._after_refresh(company, forecast.day, partners.ids)

    @api.model
    def _after_refresh(self, company, today, partner_ids=None):
        """Hook for figures that rest on the same order days; ``customer_day`` is filled."""

    # ------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------

    @api.model
    def _read_sums(self, company, today):
        """:return: dict of arrays, one entry a customer; NaN where a number is unknown"""
        rows = self.env.execute_query(SQL(
            """SELECT totals.partner_id, %(today)s::date - first_day - (last_day - first_day),
                      last_day - first_day, order_days, last_gap, known_days,
                      known_revenue::float8, rated_revenue::float8, rated_margin::float8,
                      revenue::float8,
                      -- nobody clings to a tier that was set by hand
                      CASE WHEN present.is_tier_by_hand IS FALSE THEN present.customer_tier_id END,
                      hand_tier_id
               FROM customer_sum totals
               LEFT JOIN crm_customer_value present
                    ON present.partner_id = totals.partner_id AND present.company_id = %(company)s
               ORDER BY totals.partner_id""",
            today=today, company=company.id,
        ))
        table = np.array(rows, dtype=float).reshape(-1, len(READ))
        sums = dict(zip(READ, table.T, strict=True))
        for name in ("known_days", "span", "last_gap", "silent"):
            sums[name] = np.nan_to_num(sums[name])
        with np.errstate(invalid="ignore", divide="ignore"):
            sums["mean_spend"] = sums["known_revenue"] / sums["known_days"]
        return sums

    # ------------------------------------------------------------
    # Computing
    # ------------------------------------------------------------

    @api.model
    def _figures(self, company, forecast, sums, redraw=False):
        """Columns of ``COMPUTED`` as lists, with ``partner_id``.

        :param redraw: draw the limits of tiers anew instead of taking those of the forecast
        """
        bought = sums["order_days"] > 0
        figures = {
            **self._forecast_figures(forecast, sums), **self._score_figures(forecast, sums),
        }
        rule = lifecycle.Rule(forecast.risk_days or 0, forecast.lapse_days or 0)
        alive = np.nan_to_num(figures["probability_alive"], nan=1.0)
        figures["lifecycle_stage"] = np.where(bought, lifecycle.stage(
            rule, sums["order_days"], sums["silent"], sums["span"], sums["last_gap"], alive,
        ), "prospect")
        figures |= self._tier_figures(company, forecast, figures["customer_value"], sums, redraw)
        for name in figures:
            if name not in ("lifecycle_stage", "customer_tier_id", "is_tier_by_hand"):
                figures[name] = _blank(figures[name], ~bought)
        listed = {name: _listed(column, COMPUTED[name]) for name, column in figures.items()}
        return {"partner_id": sums["partner_id"].astype(int).tolist(), **listed}

    @api.model
    def _forecast_figures(self, forecast, sums):
        count = len(sums["partner_id"])
        unknown = np.full(count, np.nan)
        names = ("predicted_order_count", "prediction_error", "predicted_spend", "margin_rate",
                 "probability_alive", "customer_value")
        model = forecast._purchase_model()
        if not count or not model:
            return dict.fromkeys(names, unknown)
        days = np.maximum(sums["order_days"], 1)
        history = (days - 1, sums["span"], sums["span"] + sums["silent"])
        orders = purchase_model.expected_orders(model, HORIZON, *history)
        alive = forecast._alive_model()
        errors = np.array(forecast.group_errors or [None] * 4, dtype=float)
        spend, rate = self._expected_spend(forecast, sums), self._margin_rates(forecast, sums)
        return dict(zip(names, (
            np.round(orders, 4), errors[customer_value.group_of(days)].round(4), spend.round(2),
            rate.round(4),
            purchase_model.probability_alive(alive, *history).round(3) if alive else unknown,
            (orders * spend * rate).round(2),
        ), strict=True))

    @api.model
    def _expected_spend(self, forecast, sums):
        days, mean = sums["known_days"], sums["mean_spend"]
        known = (days > 0) & (mean > 0)
        if forecast.spend_method == "gamma_gamma":
            model = spend_model.SpendModel(**forecast.spend_parameters)
            spend = spend_model.expected_spend(model, np.maximum(days, 1), mean)
        elif forecast.spend_method:
            spend = spend_model.shrunken_spend(days, mean, forecast.mean_spend)
        else:
            spend = mean
        return np.where(known, spend, np.nan)

    @api.model
    def _margin_rates(self, forecast, sums):
        if forecast.margin_rate is False or not forecast.mean_spend:
            return np.full(len(sums["partner_id"]), np.nan)
        weight = MARGIN_DAYS * forecast.mean_spend
        earned, sold = np.nan_to_num(sums["rated_margin"]), np.nan_to_num(sums["rated_revenue"])
        return (earned + weight * forecast.margin_rate) / (sold + weight)

    @api.model
    def _score_figures(self, forecast, sums):
        limits = forecast.limits
        recency = rfm.score(-sums["silent"], as_limits(limits["recency"]))
        frequency = rfm.score(sums["order_days"], as_limits(limits["frequency"]))
        monetary = rfm.score(sums["revenue"], as_limits(limits["monetary"])).astype(float)
        monetary[np.isnan(sums["revenue"])] = np.nan
        worth = np.where(np.isnan(monetary), frequency, monetary)
        return {
            "rfm_recency": recency.astype(float), "rfm_frequency": frequency.astype(float),
            "rfm_monetary": monetary,
            "rfm_segment": rfm.segment(recency, frequency, worth, sums["order_days"]),
        }

    @api.model
    def _tier_figures(self, company, forecast, values, sums, redraw):
        kept = (forecast.limits or {}).get("tiers")
        if redraw or not kept:
            ids, least = self._tier_limits(company, values)
            forecast._keep_tiers(ids, least)
        else:
            ids, least = kept["ids"], as_limits(kept["least"])
        by_hand = ~np.isnan(sums["hand_tier_id"])
        if not ids:
            return {"customer_tier_id": sums["hand_tier_id"], "is_tier_by_hand": by_hand}
        places = {float(tier_id): place for place, tier_id in enumerate(ids)}
        current = np.array([places.get(tier, -1) for tier in sums["tier_id"].tolist()], dtype=int)
        found = tiering.assign(
            np.nan_to_num(values), least, current, company.customer_tier_slack
        )
        tiers = np.where(np.isnan(values), np.nan, np.array(ids, dtype=float)[found])
        return {
            "customer_tier_id": np.where(by_hand, sums["hand_tier_id"], tiers),
            "is_tier_by_hand": by_hand,
        }


def _blank(column, where):
    if column.dtype.kind == "f":
        return np.where(where, np.nan, column)
    column = column.astype(object)
    column[where] = None
    return column


def _listed(column, sql_type):
    """Python values for JSON: ``None`` for NaN, whole numbers for ids and scores."""
    values = column.tolist()
    if sql_type == "int4":
        return [None if value != value else int(value) for value in values]
    return [None if value != value else value for value in values]
