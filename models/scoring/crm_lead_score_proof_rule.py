from odoo import api, fields, models
from odoo.exceptions import UserError

from ..base.optional_number import OptionalInteger, result

BASES = [
    ("dated", "Known then"), ("assumed", "Taken as unchanged"),
    ("undated", "Not known then"), ("outcome", "Written by the outcome"),
]
VERDICTS = [
    ("raises", "More often won"), ("lowers", "Less often won"),
    ("chance", "Cannot be told from chance"), ("covered", "Other rules say the same"),
    ("few", "Too few leads"), ("undated", "Cannot be tested"),
]


class CrmLeadScoreProofRule(models.Model):
    """One rule on the leads that were learned from: what it was worth, and suggested points."""

    _name = "crm.lead.score.proof.rule"
    _inherit = ["crm.lead.score.interval"]
    _description = "Back-Test of a Rule"
    _rec_names_search = ["rule_name"]
    _order = "proof_id, sequence, id"

    sequence = fields.Integer()
    rule_id = fields.Many2one(
        "crm.lead.score.rule", "Tested Rule", index="btree_not_null", ondelete="set null",
        readonly=True,
    )
    rule_name = fields.Char("Name Then", readonly=True)
    name = fields.Char("Rule", compute="_compute_name")
    basis = fields.Selection(
        BASES, "What Is Known", readonly=True,
        help="Known then: events and recorded changes. Taken as unchanged: how the lead came in. "
             "Not known then: filled in at a time nobody recorded, perhaps because the deal went "
             "well. Written by the outcome: closing the lead sets it.",
    )
    matched = fields.Integer("Matched", readonly=True, aggregator=None)
    others = fields.Integer("Not Matched", readonly=True, aggregator=None)
    rate = result("Win Rate")
    low = result()
    high = result()
    other_rate = result("Win Rate of Others")
    other_low = result()
    other_high = result()
    lift = result(
        "Times as Often", digits=2,
        help="Win rate of the matched divided by that of all.",
    )
    q = result(
        "q",
        help="How often chance alone would make a difference so large, given how many rules are "
             "looked at.",
    )
    points_now = fields.Float("Points", readonly=True, aggregator=None)
    points = OptionalInteger(
        "Suggested Points", readonly=True, aggregator=None,
        help="20 points for twice the odds to be won, -20 for half, the other rules held fixed and "
             "shrunk towards 0 where few leads tell. Empty: the leads do not tell.",
    )
    verdict = fields.Selection(VERDICTS, "What the Leads Say", readonly=True)
    applied_at = fields.Datetime("Applied On", readonly=True)
    rate_text = fields.Char("Won, of the Matched", compute="_compute_texts")
    other_text = fields.Char("Won, of the Others", compute="_compute_texts")
    points_text = fields.Char("Suggested", compute="_compute_texts")
    is_suggested = fields.Boolean(compute="_compute_is_suggested")

    @api.depends("rule_id.name", "rule_name")
    @api.depends_context("lang")
    def _compute_name(self):
        for line in self:
            line.name = line.rule_id.name or line.rule_name

    @api.depends("rate", "low", "high", "other_rate", "other_low", "other_high", "points")
    @api.depends_context("lang")
    def _compute_texts(self):
        for line in self:
            line.rate_text = line._share_text(line.rate, line.low, line.high)
            line.other_text = line._share_text(line.other_rate, line.other_low, line.other_high)
            line.points_text = "–" if line.points is False else f"{line.points:+d}"

    @api.depends("points", "rule_id.points")
    def _compute_is_suggested(self):
        for line in self:
            line.is_suggested = (
                line.points is not False and bool(line.rule_id)
                and line.points != line.rule_id.points
            )

    def action_apply(self):
        """Give the rules their suggested points. Who may not write rules is refused."""
        for line in self:
            if not line.is_suggested:
                raise UserError(self.env._(
                    "Rule “%s”: there are no other points to apply.", line.name,
                ))
            line.rule_id.points = line.points
        # The manager was allowed to change the rules; when is noted by the machine.
        self.sudo().applied_at = fields.Datetime.now()
