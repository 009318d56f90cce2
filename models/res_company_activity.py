from odoo import fields, models

from .optional_number import OptionalFloat


class ResCompany(models.Model):
    _inherit = "res.company"

    activity_shared = fields.Boolean(
        "Salespeople See Each Other's Activities",
        help="Salespeople who see only their own documents also see what each colleague did. Else "
             "they see their own activities, and of the team only the quartiles.",
    )
    response_hours = OptionalFloat(
        "Answer Within (Hours)", default=24, digits=(16, 2),
        help="A new lead should have its first answer within so many hours; working hours for "
             "teams that have a response calendar.",
    )

    _response_hours_positive = models.Constraint(
        "CHECK(response_hours > 0)",
        "The time to answer a new lead is a number of hours. Enter more than 0.",
    )
