from odoo import models

from ...tools.comparison import Comparison, compare_ratios, compare_shares
from ...tools.decomposition import margin_factors, rounded_parts, split_margin
from ...tools.formula import Formula
from .crm_roi_study_part import PARTS

# Quantities a manager follows; ratios are all shown.
QUANTITIES = ("lead_count", "won_count", "won_revenue", "order_revenue", "new_customer_count")
# Outcomes "by now" of leads of a month: they still grow for about so long.
OUTCOMES = {"lead_won_count", "lead_qualified_count", "lead_revenue"}
SETTLED_AFTER = 6
FACTORS = ("closed_count", "won_count", "won_revenue", "cycle_days_total", "won_cycle_count")


class CrmRoiStudyKpis(models.Model):
    """How KPIs changed, and what the change of the margin is made of."""

    _inherit = "crm.roi.study"

    def _kpi_rows(self, figures):
        known = set(self._codes())
        rows = []
        for kpi in self.env["crm.kpi"].search([]):
            formula = kpi.formula and Formula(kpi.formula)
            names = set(formula.names) if formula else {kpi.code}
            if not names <= known or not (formula or kpi.code in QUANTITIES):
                continue
            sides = self._kpi_sides(figures, kpi, formula)
            if any(sides):
                values = self._kpi_values(figures, kpi, names, sides)
                rows.append({"sequence": len(rows), "code": kpi.code, **values})
        return rows

    def _kpi_sides(self, figures, kpi, formula):
        """Months before, of the seasons that occur after, and months after, as pairs."""
        return [
            self._kpi_pairs(panel, figures.treated, months, kpi, formula)
            for panel, months in (
                (figures.before, figures.season), (figures.after, figures.months_after),
            )
        ]

    def _compare_kpi(self, kpi, sides):
        totals = [tuple(sum(column) for column in zip(*side, strict=True)) for side in sides]
        if not all(total and total[1] for total in totals):
            return Comparison(*(total[0] / total[1] if total and total[1] else None
                                for total in totals))
        if getattr(self.env["crm.kpi.snapshot"]._fields[kpi.code], "interval", None) == "wilson":
            return compare_shares(*totals)
        return compare_ratios(*sides)

    def _kpi_pairs(self, panel, group, months, kpi, formula):
        """``(numerator, denominator)`` of each month in which both are known."""
        if not formula:
            values = panel.series(group, months, kpi.code)
            return [(value, 1.0) for value in values if value is not None]
        pairs = []
        for month in months:
            values = {name: panel.value(group, month, name) for name in formula.names}
            pair = (formula.numerator.evaluate(values), formula.denominator.evaluate(values))
            if None not in pair:
                pairs.append(pair)
        return pairs

    def _kpi_values(self, figures, kpi, names, sides):
        found = self._compare_kpi(kpi, sides)
        sizes = [self._kpi_cases(kpi, side) for side in sides]
        return {
            "unit": kpi.unit, "better": kpi.better, "is_monthly": kpi.kind == "flow",
            "before": found.before, "after": found.after, "change": found.change,
            "low": found.low, "high": found.high, "n_before": sizes[0], "n_after": sizes[1],
            "verdict": self._kpi_verdict(figures, kpi, names, found),
        }

    def _kpi_cases(self, kpi, side):
        """Records under the line of a ratio; months of a quantity or a ratio of amounts."""
        Snapshot = self.env["crm.kpi.snapshot"]
        below = kpi.formula and Formula(kpi.formula).denominator.names
        if below and all(Snapshot._fields[name].unit == "count" for name in below):
            return float(sum(denominator for _numerator, denominator in side))
        return float(len(side))

    def _kpi_verdict(self, figures, kpi, names, found):
        if found.change is None:
            return "unknown"
        if names & OUTCOMES and self._still_growing(figures):
            return "early"
        if found.direction is None:
            return "few"
        if not found.direction:
            return "unclear"
        if kpi.better == "none":
            return "changed"
        return "better" if (found.direction > 0) == (kpi.better == "higher") else "worse"

    def _still_growing(self, figures):
        today = self.company_id._kpi_today(self.company_id._kpi_timezone())
        last = figures.months_after[-1] if figures.months_after else 0
        return last + SETTLED_AFTER >= today.year * 12 + today.month - 1

    # ------------------------------------------------------------------
    # Parts of the margin
    # ------------------------------------------------------------------

    def _part_rows(self, figures):
        """Steps from the margin of an average month before to one after; [] when unknown."""
        rates = figures.rates[figures.treated]
        sides = [
            self._factors(panel, figures.treated, months, rate)
            for panel, months, rate in zip(
                (figures.before, figures.after), (figures.season, figures.months_after), rates,
                strict=True,
            )
        ]
        if None in rates or not all(sides):
            return []
        digits = self.currency_id.decimal_places
        low, high, parts = split_margin(*sides)
        low, high = round(low, digits), round(high, digits)
        amounts = {"before": low, **rounded_parts(parts, high - low, digits), "after": high}
        return [
            {"sequence": sequence, "code": code, "amount": amounts[code]}
            for sequence, (code, _label) in enumerate(PARTS)
        ]

    def _factors(self, panel, group, months, rate):
        sums = panel.sums(group, months, FACTORS)
        if not months or None in (sums["closed_count"], sums["won_count"], sums["won_revenue"]):
            return None
        return margin_factors(sums, len(months), rate)
