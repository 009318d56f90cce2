from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import models
from odoo.fields import Domain

from ...tools.chart import Chart, Series
from .crm_roi_study_chart import known

SHOWN = 7  # categories of their own; more could not be told apart


class CrmRoiStudy(models.Model):
    """What the costs of a study were spent on, month by month."""

    _inherit = "crm.roi.study"

    def _counted_day_domain(self):
        """Days of the ledger that the study counts."""
        domain = self._cost_day_domain() & Domain("kind", "in", self._counted_kinds())
        if self.cost_from:
            domain &= Domain("day", ">=", self.cost_from)
        observed = self.month_ids.filtered(lambda month: month.kind != "projected")
        last = observed[-1].month + relativedelta(months=1) if observed else None
        if last:
            return domain & Domain("day", "<", last)
        return domain & Domain("day", "<=", self.date_to)

    def _cost_chart(self):
        months = self.month_ids
        if not any(month.cost for month in months):
            return None
        series = self._category_series(months)
        text = self.env._("Costs of %s in all.", self._money(self.total_cost))
        if not series:
            series = self._kind_series(months)
            text += " " + self.env._(
                "The ledger has changed since: compute again to see what they were spent on.")
        return Chart(
            "stack", self._month_labels(months),
            [Series(label, values) for label, values in series if any(values)],
            self.env._("Month"), text=text, shade=self._projected_shade(months))

    def _kind_series(self, months):
        names = [f"{kind}_cost" for kind in self._counted_kinds()]
        labels = months.fields_get(names, ["string"])
        return [(labels[name]["string"], known(months, name)) for name in names]

    def _category_series(self, months):
        """:return: list of ``(label, amounts by month)`` that add up to the cost of each month;
            empty when the ledger no longer gives the costs that were computed
        """
        spent = self._spent_by_category()
        known = [month for month in months if month.kind != "projected"]
        for month in known:
            total = sum(amounts.get(month.month, 0.0) for amounts in spent.values())
            if month.cost is False or self.currency_id.compare_amounts(total, month.cost):
                return []
        series = [
            (label, [amounts.get(month.month, 0.0) for month in months])
            for label, amounts in self._largest(spent)
        ]
        projected = [month.cost if month.kind == "projected" else 0.0 for month in months]
        return [*series, (self.env._("Projected"), projected)]

    def _spent_by_category(self):
        """:return: dict ``{category name: {first day of month: amount}}``"""
        spent = defaultdict(dict)
        for category, day, amount in self._ledger()._read_group(
            self._counted_day_domain(), ["category_id", "day:month"], ["amount:sum"]
        ):
            spent[category.name][day] = amount or 0.0
        return spent

    def _largest(self, spent):
        """The largest categories by name, all others together."""
        ranked = sorted(spent.items(), key=lambda item: -sum(map(abs, item[1].values())))
        if len(ranked) <= SHOWN:
            return ranked
        others = defaultdict(float)
        for _label, amounts in ranked[SHOWN - 1:]:
            for day, amount in amounts.items():
                others[day] += amount
        return [*ranked[:SHOWN - 1], (self.env._("Other"), others)]

