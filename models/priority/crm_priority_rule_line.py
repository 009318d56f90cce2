from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmPriorityRuleLine(models.Model):
    """The priority that tickets of a tier's customers are raised to."""

    _name = "crm.priority.rule.line"
    _inherit = ["crm.roi.company.mixin"]
    _description = "Priority of a Tier"
    _order = "rule_id, id"
    _rec_name = "tier_id"
    _check_company_auto = True

    rule_id = fields.Many2one("crm.priority.rule", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="rule_id.company_id", store=True, index=True)
    tier_id = fields.Many2one(
        "crm.customer.tier", required=True, index=True, ondelete="cascade", check_company=True,
    )
    choice = fields.Selection(
        lambda self: self._select_choices(), "Priority", required=True,
        help="Tickets of this tier's customers are raised to this priority.",
    )
    choices = fields.Json(compute="_compute_choices", help="What can be chosen for these tickets.")
    priority = fields.Char("Value of the Priority", compute="_compute_priority", store=True)

    _rule_tier_uniq = models.Constraint(
        "UNIQUE(rule_id, tier_id)", "A priority rule has one line for each tier.",
    )

    @api.model
    def _select_choices(self):
        """:return: pairs of ``model,field,value`` and name: the priorities of all ticket models"""
        Rule = self.env["crm.priority.rule"]
        return [
            (f"{model},{name},{value}", label)
            for model, _label in Rule._select_models()
            for name in Rule._priority_fields(model)
            for value, label in self.env[model]._fields[name]._description_selection(self.env)
        ]

    @api.depends("rule_id.model_name", "rule_id.priority_field")
    def _compute_choices(self):
        keys = [key for key, _label in self._select_choices()]
        for line in self:
            start = f"{line.rule_id.model_name},{line.rule_id.priority_field},"
            line.choices = [key for key in keys if key.startswith(start)]

    @api.depends("choice")
    def _compute_priority(self):
        for line in self:
            line.priority = (line.choice or "").rpartition(",")[2]

    @api.constrains("choice", "rule_id")
    def _check_choice(self):
        for line in self:
            if line.choice not in (line.choices or ()):
                raise ValidationError(self.env._(
                    "“%(priority)s” is no priority of the tickets of “%(rule)s”. Choose one of "
                    "the field “%(field)s” in the line of tier “%(tier)s”.",
                    priority=dict(self._select_choices()).get(line.choice, line.choice),
                    rule=line.rule_id.name, field=line.rule_id.priority_field,
                    tier=line.tier_id.name,
                ))
