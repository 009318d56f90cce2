from decimal import Decimal

from .common import KpiCase


class CostCase(KpiCase):
    """Costs in the two companies of the KPI tests."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Cost, cls.Day = cls.env["crm.roi.cost"], cls.env["crm.roi.cost.day"]
        cls.media = cls.env.ref("crm_roi.cost_category_media")
        cls.licences = cls.env.ref("crm_roi.cost_category_subscription")

    @classmethod
    def cost(cls, amount, date_from, date_to=None, **vals):
        return cls.Cost.create({
            "name": "Cost", "amount": amount, "date_from": date_from,
            "date_to": date_to or date_from, "category_id": cls.media.id,
            "company_id": cls.company.id, "currency_id": cls.company.currency_id.id, **vals,
        })

    @staticmethod
    def cents(amount):
        return round(Decimal(str(amount)), 2)

    def by_day(self, costs):
        """``{day: amount}`` of these costs, in their own company's currency."""
        rows = self.Day.search([("cost_id", "in", costs.ids)])
        totals = {}
        for row in rows:
            totals[row.day] = round(totals.get(row.day, 0) + row.amount, 6)
        return totals
