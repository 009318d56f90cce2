from collections import defaultdict
from decimal import Decimal

from odoo import models
from odoo.tools import SQL

from ...tools.allocation import split
from ...tools.attainment import month_starts, season_weights

MONEY = ("currency", "currency_per_day")
# Numbers of deals are shared to the hundredth, so that the months add up to the target.
HUNDREDTH = Decimal("0.01")


class CrmKpiTarget(models.Model):
    """Spreads targets over their months."""

    _inherit = "crm.kpi.target"

    def action_spread_again(self):
        """Spread by the season anew, with last year's figures as they are known now."""
        self.check_access("write")
        self._spread_out()

    def _spread_out(self):
        """Write the months of these targets anew."""
        if not self.ids:
            return
        self.flush_recordset()
        weights = self.filtered(lambda target: target.spread == "season")._season_weights()
        rows = [row for target in self for row in target._month_rows(weights.get(target))]
        # Months follow their target; whether it may be changed was checked with the target.
        self.env.execute_query(SQL(
            "DELETE FROM crm_kpi_target_month WHERE target_id = ANY(%s) RETURNING id",
            list(self.ids),
        ))
        self.env.execute_query(SQL(
            """INSERT INTO crm_kpi_target_month (target_id, kpi_id, code, company_id, team_id,
                      user_id, month, amount, is_summed, is_seasonal, currency_id)
               VALUES %s RETURNING id""",
            SQL(", ").join(SQL("(%s)", SQL(", ").join(SQL("%s", part) for part in row))
                           for row in rows),
        ))
        self.env["crm.kpi.target.month"].invalidate_model()
        self.invalidate_recordset(["month_ids"])
        for target in self:
            is_missing = bool(
                target.spread == "season" and target._is_shared() and not weights.get(target))
            if target.is_season_missing != is_missing:
                target.is_season_missing = is_missing

    def _is_shared(self):
        """Whether the months share the amount: they do of what is summed over time."""
        return self.kpi_id.kind == "flow"

    def _months(self):
        return month_starts(*self._period()[:2])

    def _month_rows(self, weights):
        """:return: list of column values of ``crm_kpi_target_month``"""
        months = self._months()
        currency = self.currency_id if self.unit in MONEY else self.env["res.currency"]
        amounts = [self.amount] * len(months)
        if self._is_shared():
            unit = Decimal(str(currency.rounding)) if currency else HUNDREDTH
            total = Decimal(str(self.amount))
            amounts = [float(part) for part in split(total, weights or [1] * len(months), unit)]
        return [
            (self.id, self.kpi_id.id, self.kpi_id.code, self.company_id.id,
             self.team_id.id or None, self.user_id.id or None, month, amount, self._is_shared(),
             bool(weights), currency.id or None)
            for month, amount in zip(months, amounts, strict=True)
        ]

    def _season_weights(self):
        """Last year's figures of the months of each target; one query for the targets of a
        period.

        :return: dict ``{target: list of weights, or None}``
        """
        found = {}
        for targets in self.grouped(lambda t: (t.company_id, t.date_from, t.date_to)).values():
            period = targets[0]._period().last_year()
            values = targets._values_by_holder(period, ["day:month"])
            for target in targets:
                months = {month: value for (month,), value in values[target].items()}
                found[target] = season_weights(target._months(), months)
        return found

    def _values_by_holder(self, period, groupby=()):
        """Values of the KPIs of these targets for those who hold them, in a period.

        :param groupby: further groupings
        :return: dict ``{target: {group tuple: value or None}}``
        """
        Figures = self.env["crm.kpi.figures"]
        found = defaultdict(dict)
        for (company, dimensions), targets in self.grouped(
            lambda t: (t.company_id, t._dimensions())
        ).items():
            scoped = Figures.with_company(company)
            groups, _errors = scoped._read_groups(
                list(set(targets.kpi_id.mapped("code"))), period,
                scoped._scope_domain({"company_ids": company.ids}), [*dimensions, *groupby],
            )
            for target in targets:
                holder = tuple(target[name] for name in dimensions)
                found[target] = {
                    group[len(holder):]: values[target.kpi_id.code]["value"]
                    for group, values in groups.items()
                    if group[:len(holder)] == holder and target.kpi_id.code in values
                }
        return found

    def _dimensions(self):
        return tuple(name for name in ("team_id", "user_id") if self[name])
