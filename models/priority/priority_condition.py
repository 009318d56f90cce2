from odoo import api, models
from odoo.fields import Domain

# How tickets are sorted: what a condition may look into beside what those of scoring rules may.
SORTED_BY = {
    "helpdesk.ticket.stage", "helpdesk.ticket.team", "helpdesk.ticket.category",
    "helpdesk.ticket.channel", "helpdesk.ticket.tag", "helpdesk.ticket.type",
    "helpdesk.stage", "helpdesk.team", "helpdesk.tag",
    "project.project", "project.task.type", "project.tags",
    "maintenance.stage", "maintenance.team", "maintenance.equipment",
    "maintenance.equipment.category", "repair.tags",
    "crm.stage", "crm.team", "crm.tag", "res.partner",
}


class PriorityCondition(models.AbstractModel):
    """Conditions on tickets: read as those of scoring rules, by an allow-list, never run."""

    _name = "crm.priority.condition"
    _inherit = ["crm.lead.score.condition"]
    _description = "Conditions of Priority Rules"

    @api.model
    def _is_followed(self, field):
        return field.comodel_name in SORTED_BY or super()._is_followed(field)

    @api.model
    def _relative_date(self, field, operator, value):
        # Searched for at once and not kept, so Odoo may read the date itself.
        return Domain(field.name, operator, value)
