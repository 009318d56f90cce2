from odoo import api, models
from odoo.fields import Domain

from ...tools.period import day_start
from ..kpi.kpi_declaration import CONFIRMED, KEPT, WON

# driver: model, date, which records, what is added up
DRIVERS = {
    "leads": ("crm.lead", "create_date", KEPT, "__count"),
    "won": ("crm.lead", "date_closed", WON, "__count"),
    "revenue": ("sale.order", "date_order", CONFIRMED, "net_revenue:sum"),
    "users": ("crm.lead", "create_date", (*KEPT, ("user_id", "!=", False)),
              "user_id:count_distinct"),
}
NARROWED_BY = ("team_id", "source_id", "campaign_id", "medium_id")


class CrmRoiCost(models.Model):
    """The weights an allocation gives to teams, sources, campaigns, media or features."""

    _inherit = "crm.roi.cost"

    def _weights(self):
        """:return: dict ``{cost: {id of the dimension or False: weight}}`` of allocated costs;
        empty weights when there is nothing to share by. Costs of the same days, company and
        dimensions share one query."""
        found, weights = {}, {}
        for cost in self:
            allocation = cost.allocation_id
            if allocation.method == "fixed":
                weights[cost] = self._fixed_weights(allocation)
                continue
            key = (allocation, cost.company_id, cost.date_from, cost.date_to,
                   *(cost[name] for name in NARROWED_BY))
            if key not in found:
                found[key] = cost._driver_weights()
            weights[cost] = found[key]
        return weights

    @api.model
    def _fixed_weights(self, allocation):
        weights = {}
        for line in allocation.line_ids:
            value = line[allocation.dimension].id
            weights[value] = weights.get(value, 0) + line.percent
        return weights

    def _driver_weights(self):
        dimension = self.allocation_id.dimension
        model, date_field, records, aggregate = DRIVERS[self.allocation_id.driver]
        timezone = self.company_id._kpi_timezone()
        domain = (
            Domain(list(records)) & Domain("company_id", "=", self.company_id.id)
            & Domain(date_field, ">=", day_start(self.date_from, timezone))
            & Domain(date_field, "<", day_start(self._day_after(), timezone))
        )
        for name in NARROWED_BY:
            if name != dimension and self[name]:
                domain &= Domain(name, "=", self[name].id)
        # Everybody's records count, or the shares would depend on who saves; only sums are kept.
        source = self.env[model].sudo().with_context(active_test=False)
        rows = source._read_group(domain, [dimension], [aggregate])
        # Refunds can outweigh the sales of a period; a part of a cost is never negative.
        weights = {value.id: amount for value, amount in rows if amount and amount > 0}
        return weights
