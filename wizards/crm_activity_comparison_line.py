from odoo import fields, models

from ..models.base.optional_number import OptionalFloat


class CrmActivityComparisonLine(models.TransientModel):
    _name = "crm.activity.comparison.line"
    _description = "Line of How I Compare"

    comparison_id = fields.Many2one(
        "crm.activity.comparison", ondelete="cascade", readonly=True,
    )
    name = fields.Char("KPI", readonly=True)
    drills = fields.Json("Records Behind", readonly=True, help="Of the own figure only.")
    mine = OptionalFloat("Mine", digits=(16, 0), readonly=True)
    lower = OptionalFloat(
        "Lower Quartile", digits=(16, 1), readonly=True,
        help="A quarter of the people did so many or fewer.",
    )
    middle = OptionalFloat(
        "Middle", digits=(16, 1), readonly=True, help="Half of the people did so many or fewer.",
    )
    upper = OptionalFloat(
        "Upper Quartile", digits=(16, 1), readonly=True,
        help="A quarter of the people did so many or more.",
    )
