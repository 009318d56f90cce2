from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    kpi_tasks_are_tickets = fields.Boolean(
        "Tasks of Customers Are Tickets",
        help="Count project tasks that have a customer as support tickets: in the KPIs of support "
             "and in their analysis. Subtasks are not counted.",
    )
