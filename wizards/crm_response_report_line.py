from odoo import fields, models

from ..models.base.optional_number import OptionalFloat, OptionalInteger


class CrmResponseReportLine(models.TransientModel):
    _name = "crm.response.report.line"
    _description = "Line of the Response Report"

    report_id = fields.Many2one("crm.response.report", ondelete="cascade", readonly=True)
    name = fields.Char("For", readonly=True)
    drills = fields.Json("Records Behind", readonly=True)
    expected = OptionalInteger("Leads to Answer", readonly=True)
    in_time = OptionalFloat("Answered in Time", readonly=True)
    unanswered = OptionalFloat("Unanswered", readonly=True)
    median = OptionalFloat(
        "Median (Hours)", digits=(16, 1), readonly=True,
        help="Half of the leads are answered within so many hours, those still waiting included. "
             "Empty when less than half have been answered.",
    )
    interval = fields.Char(
        "95 % Interval (Hours)", readonly=True,
        help="Where the median may lie, given how few leads there are.",
    )
    hours = OptionalFloat(
        "Average of Answered (Hours)", digits=(16, 1), readonly=True,
        help="Mean of the answered leads alone: it looks better the more are never answered.",
    )
