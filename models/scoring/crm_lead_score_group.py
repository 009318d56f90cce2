from odoo import fields, models


class CrmLeadScoreGroup(models.Model):
    """Rules about the same thing: together they give no more than the cap."""

    _name = "crm.lead.score.group"
    _description = "Lead Scoring Group"
    _inherit = ["crm.lead.score.change", "crm.roi.company.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", "Company", index="btree_not_null", ondelete="cascade",
        help="Empty: for the rules of all companies.",
    )
    cap = fields.Float(
        "Cap", default=0.0,
        help="The rules of this group give a lead at most so many points together, and take at "
             "most so many away. 0: no cap.",
    )
    note = fields.Text("What It Is About", translate=True)
    rule_ids = fields.One2many("crm.lead.score.rule", "group_id", "Rules")

    _cap_range = models.Constraint(
        "CHECK (cap BETWEEN 0 AND 1000000)", "The cap of a group lies between 0 and 1,000,000.",
    )

    def _score_fields(self):
        return {"cap"}

    def _score_sets(self):
        return self.rule_ids.set_id
