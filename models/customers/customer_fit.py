"""Finds the parameters and limits that a company's customers are forecast with."""

import numpy as np

from odoo import api, models
from odoo.tools import SQL

from ...tools import customer_value, lifecycle, rfm, spend_model, tiering
from ...tools.purchase_model import RATE

# With fewer customers, or spend that goes with frequency, Gamma-Gamma is a guess.
LEAST_SPENDERS = 100
MOST_CORRELATED = 0.3


def number_of(day):
    return day.toordinal()


class CustomerFit(models.AbstractModel):
    _name = "crm.customer.fit"
    _description = "Fit of the Customer Forecast"

    @api.model
    def _fit(self, company, today, sums):
        """Fit on the order days in ``customer_day``.

        :param sums: dict of arrays, see ``crm.customer.engine``
        :return: crm.customer.forecast record
        """
        pairs = self.env.execute_query(SQL(
            "SELECT partner_id, day - DATE '0001-01-01' + 1 FROM customer_day"
            " WHERE revenue IS NULL OR revenue > 0",
        ))
        customer, day = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
        choice = customer_value.choose(customer, day, number_of(today))
        values = {
            "company_id": company.id, "basis": company.customer_basis, "is_stale": False,
            "fit_day": today, "day": today, "method": choice.model.kind if choice else "none",
            **self._choice_values(choice), **self._spend_values(sums),
            **self._rule_values(company, sums, customer, day),
        }
        return self.env["crm.customer.forecast"]._store(values)

    @api.model
    def _choice_values(self, choice):
        if not choice:
            return {}
        trial = choice.hold_out
        values = {
            "parameters": _finite(choice.model._asdict()),
            "alive_parameters": _finite(choice.alive._asdict()) if choice.alive else None,
            "reasons": [list(reason) for reason in choice.reasons],
        }
        if choice.model.kind != RATE:
            values["log_likelihood"] = choice.model.log_likelihood
        if trial:
            values |= {
                "hold_out_days": trial.days, "hold_out_customers": trial.customers,
                "hold_out_actual": trial.actual, "hold_out_predicted": trial.predicted,
                "hold_out_error": trial.bias, "group_errors": list(trial.group_error),
            }
        return values

    @api.model
    def _spend_values(self, sums):
        days, mean = sums["known_days"], sums["mean_spend"]
        usable = (days > 0) & (mean > 0)
        days, mean = days[usable], mean[usable]
        margin, rated = np.nansum(sums["rated_margin"]), np.nansum(sums["rated_revenue"])
        values = {
            "mean_spend": spend_model.mean_spend(days, mean),
            "margin_rate": float(margin / rated) if rated > 0 else None,
            "spend_method": "mean" if len(days) else None,
        }
        if len(days) < LEAST_SPENDERS or not days.std() or not mean.std():
            return values
        correlation = np.corrcoef(days, mean)[0, 1]
        model = spend_model.fit(days, mean) if abs(correlation) <= MOST_CORRELATED else None
        if model:
            values |= {"spend_method": "gamma_gamma", "spend_parameters": model._asdict()}
        return values

    @api.model
    def _rule_values(self, company, sums, customer, day):
        bought = sums["order_days"] > 0
        order = np.lexsort((day, customer))
        gaps = np.diff(day[order])[np.diff(customer[order]) == 0]
        rule = lifecycle.rule(gaps, company.customer_lapse_days)
        revenue = sums["revenue"][bought]
        return {
            "risk_days": rule.risk, "lapse_days": rule.lapse,
            "customer_count": int(bought.sum()),
            "repeat_count": int((sums["order_days"] > 1).sum()),
            "limits": {
                "recency": _listed(rfm.thresholds(-sums["silent"][bought])),
                "frequency": _listed(rfm.thresholds(sums["order_days"][bought])),
                "monetary": _listed(rfm.thresholds(revenue[~np.isnan(revenue)])),
            },
        }

    @api.model
    def _tier_limits(self, company, values):
        """Tiers of a company, best first, and the least value of each.

        :return: ``(list of tier ids, list of numbers)``
        """
        tiers = self.env["crm.customer.tier"].search([("company_id", "=", company.id)])
        if company.customer_tier_method == "amount":
            least = [*tiers[:-1].mapped("least_value"), -np.inf][:len(tiers)]
        else:
            known = values[~np.isnan(values)]
            least = tiering.limits(known, [*tiers[:-1].mapped("share"), None][:len(tiers)])
        return tiers.ids, least


def _finite(values):
    """A dict for JSON, which has no infinite or missing numbers."""
    return {
        name: 0.0 if isinstance(value, float) and not np.isfinite(value) else value
        for name, value in values.items()
    }


def _listed(limits):
    return [limit if np.isfinite(limit) else None for limit in limits]


def as_limits(listed):
    """Numbers from JSON, where ``None`` stands for minus infinity."""
    return [-np.inf if limit is None else limit for limit in listed]
