from odoo import models
from odoo.fields import Domain

from ...tools.panel import month_day, month_number

KINDS = ("crm", "acquisition")


class CrmRoiStudyCost(models.Model):
    """What a study counts as cost, from the cost ledger."""

    _inherit = "crm.roi.study"

    def _cost_day_domain(self):
        """Costs of the company, or of the teams that changed."""
        domain = Domain("company_id", "=", self.company_id.id)
        if self.cost_scope == "teams":
            if self.treated_team_ids:
                return domain & Domain("team_id", "in", self.treated_team_ids.ids)
            return domain & Domain("team_id", "not in", self.control_team_ids.ids)
        return domain

    def _ledger(self):
        return self._in_company(self.company_id).env["crm.roi.cost.day"]

    def _costs(self, last):
        """Costs from the first counted day to the end of month number ``last``.

        :return: dict ``{month number: {kind: amount or None}}``; ``None`` where an exchange rate
            is missing; a kind without entries is absent
        """
        domain = self._cost_day_domain() & Domain("day", "<", month_day(last + 1))
        if self.cost_from:
            domain &= Domain("day", ">=", self.cost_from)
        costs = {}
        for day, kind, amount in self._ledger()._read_group(
            domain, ["day:month", "kind"], ["amount:sum"]
        ):
            value = None if amount is False or amount is None else self.currency_id.round(amount)
            costs.setdefault(month_number(day), {})[kind] = value
        return costs

    def _cost_left_out(self):
        """Cost before the first counted day (number or ``None``); 0 when all are counted."""
        if not self.cost_from:
            return 0.0
        domain = self._cost_day_domain() & Domain("day", "<", self.cost_from)
        if not self.include_acquisition:
            domain &= Domain("kind", "=", "crm")
        [[amount]] = self._ledger()._read_group(domain, [], ["amount:sum"])
        return amount or 0.0

    def _counted_kinds(self):
        return KINDS if self.include_acquisition else KINDS[:1]
