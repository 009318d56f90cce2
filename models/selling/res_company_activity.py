from odoo import fields, models
from odoo.tools import SQL

from ..base.optional_number import OptionalFloat


class ResCompany(models.Model):
    _inherit = "res.company"

    activity_shared = fields.Boolean(
        "Salespeople See Each Other's Activities",
        help="Salespeople who see only their own documents also see what each colleague did. Else "
             "they see their own activities, and of the team only the quartiles.",
    )
    response_hours = OptionalFloat(
        "Answer Within (Hours)", default=24, required=True, digits=(16, 2),
        help="A new lead should have its first answer within so many hours; working hours for "
             "teams that have a response calendar.",
    )

    sales_race_off = fields.Boolean(
        "No Sales Race", help="Nobody of this company has a place in the sales race.",
    )

    _response_hours_positive = models.Constraint(
        "CHECK(response_hours > 0)",
        "The time to answer a new lead is a number of hours. Enter more than 0.",
    )

    def write(self, vals):
        result = super().write(vals)
        if "response_hours" in vals:
            main = self.env["res.company"]._kpi_main_company()
            self.env["crm.lead"]._response_assess(scope=SQL(
                "COALESCE(lead.company_id, %s) = ANY(%s) AND lead.first_response_hours IS NOT NULL",
                main.id, self.ids,
            ))
        return result
