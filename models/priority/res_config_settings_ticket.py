from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    kpi_tasks_are_tickets = fields.Boolean(
        related="company_id.kpi_tasks_are_tickets", readonly=False
    )
    has_project_tasks = fields.Boolean(compute="_compute_has_project_tasks")

    def _compute_has_project_tasks(self):
        self.has_project_tasks = "project.task" in self.env
