from odoo import api, fields, models


class CrmRoiStudySaving(models.Model):
    """Working time that the CRM saves: hours of a person and month, people, cost of an hour."""

    _name = "crm.roi.study.saving"
    _inherit = ["crm.roi.company.mixin"]
    _description = "ROI Study: Saving"
    _order = "id"

    study_id = fields.Many2one(
        "crm.roi.study", "Study", required=True, index=True, ondelete="cascade",
    )
    company_id = fields.Many2one(related="study_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="study_id.currency_id")
    name = fields.Char("What Is Saved", required=True)
    hours = fields.Float("Hours per Person and Month", required=True, digits=(16, 2))
    people = fields.Float("People", required=True, default=1, digits=(16, 2))
    hourly_cost = fields.Monetary("Cost of an Hour", required=True)
    is_cash = fields.Boolean(
        "Cash", help="Somebody is really paid less: overtime or temporary staff that is no longer "
                     "needed. Otherwise the saving is shown but in no total.",
    )
    amount = fields.Monetary("Saving per Month", compute="_compute_amount")

    _not_negative = models.Constraint(
        "CHECK(hours >= 0 AND people >= 0 AND hourly_cost >= 0)",
        "Hours, people and the cost of an hour cannot be negative.",
    )

    # ------------------------------------------------------------------
    # Savings are assumptions of the study, also where they are changed without its form
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        savings = super().create(vals_list)
        savings.study_id._mark_outdated()
        return savings

    def write(self, vals):
        before = self.study_id
        result = super().write(vals)
        if vals.keys() - {"name"}:
            (before | self.study_id)._mark_outdated()
        return result

    def unlink(self):
        studies = self.study_id
        result = super().unlink()
        studies.exists()._mark_outdated()
        return result

    @api.depends("hours", "people", "hourly_cost", "currency_id")
    def _compute_amount(self):
        for saving in self:
            amount = saving.hours * saving.people * saving.hourly_cost
            saving.amount = saving.currency_id.round(amount) if saving.currency_id else amount
