from odoo import api, fields, models


class CrmPriorityRule(models.Model):
    """Which tickets are raised in priority for the tier of their customer.

    A ticket is a record of any model with a way to a contact and a selection of priorities. The
    rule is data: no ticket app is needed, and what an app does with its tickets is left to it.
    """

    _name = "crm.priority.rule"
    _inherit = ["crm.roi.company.mixin", "crm.priority.job"]
    _description = "Priority Rule"
    _order = "company_id, model_name, sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade",
        default=lambda self: self.env.company,
        help="The rule is for tickets of this company, by the tiers of this company. Tickets "
             "without a company follow the main company.",
    )
    model_name = fields.Selection(
        lambda self: self._select_models(), "Tickets", required=True, index=True,
        help="What the rule is for: any kind of record with a customer and a priority.",
    )
    model_id = fields.Many2one(
        "ir.model", compute="_compute_model_id", store=True, precompute=True, index=True,
        ondelete="cascade", help="So that the rule goes when the app of its tickets goes.",
    )
    partner_path = fields.Char(
        "Customer Field", required=True, default="partner_id",
        help="Where the customer stands on the ticket. A contact stands for its company.",
    )
    priority_field = fields.Char(
        required=True, default="priority", help="The field in which the priority stands.",
    )
    is_descending = fields.Boolean(
        "Highest Priority Comes First",
        help="The choices of the priority field are usually listed from low to high. Tick this if "
             "the first one is the most urgent.",
    )
    domain = fields.Char(
        "Only Tickets", default="[]", help="Empty: all tickets of the company.",
    )
    open_domain = fields.Char(
        "Open Tickets", default="[]",
        help="Which tickets are still to be worked on. Others are left alone when a tier changes "
             "and when tickets grow old.",
    )
    mode = fields.Selection(
        [("floor", "To the tier's priority"), ("bump", "Towards it, by some steps at most")],
        "Raise", default="bump", required=True,
        help="A priority is never lowered, and one that somebody has chosen stays.",
    )
    bump_cap = fields.Integer(
        "Steps at Most", default=1, required=True,
        help="Counted from the priority the ticket had before it was raised for the first time.",
    )
    on_create = fields.Boolean("When Created", default=True)
    on_partner = fields.Boolean("When the Customer Is Set or Changed", default=True)
    on_tier = fields.Boolean(
        "When the Customer's Tier Changes", default=True, help="For open tickets.",
    )
    ageing_hours = fields.Integer(
        "Raise by a Step Each (Hours)", default=0, required=True,
        help="Open tickets of whatever customer are raised by a step after so many hours, and "
             "again after as many, up to the highest priority of the lines. So nobody waits for "
             "ever. 0: never.",
    )
    line_ids = fields.One2many("crm.priority.rule.line", "rule_id", "Tiers", copy=True)

    _bump_cap_positive = models.Constraint(
        "CHECK(bump_cap >= 1)", "A rule raises priorities by one step at least.",
    )
    _ageing_hours_positive = models.Constraint(
        "CHECK(ageing_hours >= 0)", "The hours after which tickets are raised can not be negative.",
    )

    @api.depends("model_name")
    def _compute_model_id(self):
        for rule in self:
            rule.model_id = self.env["ir.model"]._get_id(rule.model_name)

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        rules._rules_changed()
        return rules

    def write(self, vals):
        result = super().write(vals)
        self._rules_changed()
        return result

    def unlink(self):
        # Switched off first, so that whatever was shown for the rule goes with it.
        self.filtered("active").active = False
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    def _rules_changed(self):
        """What is kept of the rules is forgotten, here and, when the transaction is committed, in
        all other workers."""
        self.env.flush_all()
        self.env.registry.clear_cache()
        self._sync_panel()

    def _sync_panel(self):
        """Extension point: bring what is shown on the tickets' forms in line with these rules.

        Called after rules were created, changed or switched off; before a rule is deleted or the
        addon is uninstalled, the rule is switched off.
        """
