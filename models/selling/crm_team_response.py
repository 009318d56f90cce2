from odoo import fields, models
from odoo.tools import SQL

from ..base.optional_number import OptionalFloat

TERMS = {"response_calendar_id", "response_hours"}


class CrmTeam(models.Model):
    """In what time a team answers new leads, and in which hours that time runs."""

    _inherit = "crm.team"

    response_hours = OptionalFloat(
        "Answer Within (Hours)", digits=(16, 2),
        help="A new lead of this team should have its first answer within so many hours. Empty: as "
             "set for the company.",
    )
    response_calendar_id = fields.Many2one(
        "resource.calendar", "Response Calendar",
        domain="['|', ('company_id', '=', False), ('company_id', '=', company_id)]",
        help="Working hours in which the time to answer runs. Empty: it runs day and night.",
    )

    _response_hours_positive = models.Constraint(
        "CHECK(response_hours > 0)",
        "The time to answer a new lead is a number of hours. Enter more than 0, or nothing for "
        "that of the company.",
    )

    def write(self, vals):
        result = super().write(vals)
        if TERMS & vals.keys():
            self.env["crm.lead"]._response_assess(scope=SQL(
                "lead.team_id = ANY(%s) AND lead.first_response_hours IS NOT NULL", self.ids
            ))
        return result
