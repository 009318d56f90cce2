from odoo import models

from ...tools import roi as tool
from ...tools.decomposition import rounded_parts
from ...tools.panel import month_day
from .crm_roi_study_cost import KINDS

YEAR = 12
NOTHING, UNKNOWN = (0.0, 0.0, 0.0), (None, None, None)


class CrmRoiStudyCash(models.Model):
    """Cost, gain and savings by month, and what follows: ROI, payback, NPV, IRR."""

    _inherit = "crm.roi.study"

    # ------------------------------------------------------------------
    # Months
    # ------------------------------------------------------------------

    def _month_rows(self, figures, effect):
        """Values of the months from the first cost to the end of the horizon, in their order."""
        observed = figures.months_after
        if not observed:
            return []
        costs = self._costs(observed[-1])
        gains = self._observed_gains(observed, effect)
        rows = []
        counted = set(self._counted_kinds())
        # Costs that are not counted must not move the first month, from which payback counts.
        first = min([month for month, spent in costs.items() if counted & spent.keys()] + observed)
        for month in range(first, observed[-1] + 1):
            own = [costs.get(month, {}).get(kind, 0.0) for kind in KINDS]
            if month < observed[0]:
                rows.append(self._month_row(month, "before", own, NOTHING))
            else:
                # What an unmeasured month brought is counted as nothing; a warning says so.
                gain = gains.get(month, NOTHING) if effect else UNKNOWN
                rows.append(self._month_row(month, "observed", own, gain))
        return self._with_totals(rows + self._projected_rows(rows, observed[-1], effect))

    def _observed_gains(self, observed, effect):
        """:return: dict ``{month: (low, base, high)}``, rounded so that months sum to the total"""
        if not effect:
            return {}
        digits, count = self.currency_id.decimal_places, len(observed)
        sides = []
        for bound in (effect.low, effect.estimate, effect.high):
            gains = [gain + bound - effect.estimate for gain in effect.months]
            shifted = dict(zip(observed, gains, strict=True))
            sides.append(rounded_parts(shifted, bound * count, digits))
        return {month: tuple(side[month] for side in sides) for month in observed}

    def _projected_rows(self, rows, last, effect):
        """Months after the observed ones: average gain, average cost of the last year."""
        count = self._projected_count(rows)
        recent = [row for row in rows if row["kind"] == "observed"][-YEAR:]
        costs = [self._average([row[f"{kind}_cost"] for row in recent]) for kind in KINDS]
        money = self.currency_id.round
        gain = UNKNOWN
        if effect:
            gain = tuple(map(money, (effect.low, effect.estimate, effect.high)))
        return [
            self._month_row(month, "projected", costs, gain)
            for month in range(last + 1, last + 1 + count)
        ]

    def _projected_count(self, rows):
        """The horizon counts from the change on; what was observed is never cut off."""
        observed = sum(row["kind"] == "observed" for row in rows)
        return max(self.horizon_months - observed, 0) if self.horizon == "projected" else 0

    def _average(self, amounts):
        return None if None in amounts else self.currency_id.round(sum(amounts) / len(amounts))

    def _month_row(self, month, kind, costs, gain):
        counted = costs[:len(self._counted_kinds())]
        savings = dict.fromkeys((True, False), 0.0)
        for saving in self.saving_ids if kind != "before" else ():
            savings[saving.is_cash] += saving.amount
        return {
            "month": month_day(month), "kind": kind,
            "crm_cost": costs[0], "acquisition_cost": costs[1], "cost": _sum(counted),
            "gain_low": gain[0], "gain": gain[1], "gain_high": gain[2],
            "saving_cash": savings[True], "saving_other": savings[False],
        }

    def _with_totals(self, rows):
        """Add the running totals to month rows."""
        rate = tool.monthly_rate(self.discount_rate)
        money = self.currency_id.round
        before = {}
        for time, row in enumerate(rows):
            row["net"] = _net(row, "gain")
            row["discounted"] = (
                None if row["net"] is None else money(row["net"] * (1 + rate) ** -time)
            )
            for side in ("", "_low", "_high"):
                brought = _sum([row[f"gain{side}"], row["saving_cash"]])
                row[f"cumulative_gain{side}"] = _sum([before.get(f"gain{side}", 0.0), brought])
                row[f"cumulative{side}"] = _sum(
                    [before.get(f"net{side}", 0.0), _net(row, f"gain{side}")]
                )
                before[f"gain{side}"] = row[f"cumulative_gain{side}"]
                before[f"net{side}"] = row[f"cumulative{side}"]
            for name, amount in (("cumulative_cost", "cost"),
                                 ("cumulative_discounted", "discounted")):
                row[name] = before[name] = _sum([before.get(name, 0.0), row[amount]])
        return [
            {name: money(value) if isinstance(value, float) else value
             for name, value in row.items()}
            for row in rows
        ]

    # ------------------------------------------------------------------
    # Return on investment
    # ------------------------------------------------------------------

    def _return_values(self, rows):
        """Totals of the horizon, ROI, NPV, payback and IRR; ``None`` is not known.

        A cost of which nothing was entered is not known either.
        """
        cost = _sum([row["cost"] for row in rows]) or None
        totals = {
            name: _sum([row[name] for row in rows]) if rows else None
            for name in ("gain_low", "gain", "gain_high", "saving_cash", "saving_other",
                         "crm_cost", "acquisition_cost")
        }
        values = {**totals, "total_cost": cost}
        for name, gain in (("low", "gain_low"), ("base", "gain"), ("high", "gain_high")):
            brought = _sum([totals[gain], totals["saving_cash"]])
            values[f"roi_{name}"] = tool.roi(brought, cost)
            flows = self._flows(rows, gain) if cost else None
            values[f"npv_{name}"] = None if flows is None else self.currency_id.round(
                tool.npv(tool.monthly_rate(self.discount_rate), flows)
            )
        return {**values, **self._payback_values(rows, cost)}

    def _flows(self, rows, gain):
        flows = [_net(row, gain) for row in rows]
        return None if None in flows else flows

    def _payback_values(self, rows, cost):
        flows = self._flows(rows, "gain") if cost else None
        if flows is None:
            return {"payback_month": None, "payback_discounted": None, "irr": None,
                    "irr_state": False}
        later = tool.discounted(tool.monthly_rate(self.discount_rate), flows)
        state, rate = tool.irr(flows)
        return {
            "payback_month": tool.payback(flows),
            "payback_discounted": tool.payback(later),
            "irr_state": state, "irr": None if rate is None else tool.yearly_rate(rate),
        }


def _sum(values):
    return None if None in values else float(sum(values))


def _net(row, gain):
    """Gain and cash savings, minus cost; ``None`` when one is unknown."""
    if None in (row[gain], row["cost"]):
        return None
    return row[gain] + row["saving_cash"] - row["cost"]

