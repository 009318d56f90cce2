from odoo import api, fields, models


class CrmRoiCost(models.Model):
    _inherit = "crm.roi.cost"

    @api.depends("date_from")
    def _compute_date_to(self):
        for cost in self:
            if not cost.date_to or (cost.date_from and cost.date_to < cost.date_from):
                cost.date_to = cost.date_from

    @api.depends("category_id")
    def _compute_calculation(self):
        for cost in self:
            cost.calculation = cost.category_id.calculation or "amount"

    @api.depends("company_id")
    def _compute_company_currency_id(self):
        # Not of the company's currency: what was entered in the old one stays what it was.
        for cost in self:
            cost.company_currency_id = cost.company_id.currency_id

    @api.depends("calculation", "quantity", "people", "unit_cost", "is_credit")
    def _compute_amount(self):
        for cost in self.filtered(lambda cost: cost.calculation != "amount"):
            total = cost.quantity * cost.people * cost.unit_cost
            cost.amount = -total if cost.is_credit else total

    @api.depends("amount", "currency_id", "company_currency_id", "date_from")
    def _compute_amount_company(self):
        for cost in self:
            source, target = cost.currency_id, cost.company_currency_id
            day = cost.date_from or fields.Date.context_today(cost)
            cost.amount_company = source._convert(cost.amount, target, cost.company_id, day)
            cost.state = "ok"
