from odoo import api, fields, models

from ..base.optional_number import OptionalInteger
from .crm_lead_score import GRADES
from .crm_lead_score_reason import Reason

SHOWN = 5  # the weightiest reasons


class CrmLeadScoreHistory(models.Model):
    """A lead changed its grade or crossed into or out of hot; written by the scoring statement."""

    _name = "crm.lead.score.history"
    _description = "Lead Score History"
    _order = "date desc, id desc"
    _rec_name = "change"
    _rec_names_search = ["lead_id", "grade"]
    _log_access = False

    lead_id = fields.Many2one(
        "crm.lead", "Lead", required=True, index=True, ondelete="cascade", readonly=True,
    )
    date = fields.Datetime("On", required=True, readonly=True)
    old_grade = fields.Selection(GRADES, "Grade Before", readonly=True)
    grade = fields.Selection(GRADES, readonly=True)
    old_score = OptionalInteger("Score Before", readonly=True, aggregator=None)
    score = OptionalInteger(readonly=True, aggregator=None)
    was_hot = fields.Boolean(readonly=True)
    is_hot = fields.Boolean("Hot", readonly=True)
    reasons = fields.Json(
        readonly=True, help="The points of each rule at that moment, by the id of the rule.",
    )
    change = fields.Char("What Happened", compute="_compute_texts")
    why = fields.Text(compute="_compute_texts")

    @api.depends("old_grade", "grade", "was_hot", "is_hot", "reasons")
    @api.depends_context("lang")
    def _compute_texts(self):
        ids = {int(key) for entry in self for key in entry.reasons or {}}
        # Names of rules, as the reasons on the lead show them to everybody who reads the lead.
        rules = self.env["crm.lead.score.rule"].sudo().browse(ids).exists()
        names = {rule.id: rule.name for rule in rules}
        for entry in self:
            entry.change = entry._change_text()
            reasons = entry._reasons(names)
            lines = [f"{reason.signed}  {reason.text}" for reason in reasons[:SHOWN]]
            if len(reasons) > SHOWN:
                lines.append(self.env._("and %s more", len(reasons) - SHOWN))
            entry.why = "\n".join(lines)

    def _change_text(self):
        parts = []
        if self.old_grade != self.grade:
            parts.append(
                f"{self.old_grade} → {self.grade}" if self.old_grade
                else self.env._("first scored: %s", self.grade)
            )
        if self.is_hot and not self.was_hot:
            parts.append(self.env._("turned hot"))
        elif self.was_hot and not self.is_hot:
            parts.append(self.env._("no longer hot"))
        return ", ".join(parts)

    def _reasons(self, names):
        """:return: list of ``Reason``, the weightiest first"""
        found = [
            Reason(float(points), names.get(int(key)) or self.env._("a rule deleted since"), "")
            for key, points in (self.reasons or {}).items() if float(points)
        ]
        return sorted(found, key=lambda reason: -abs(reason.points))


class CrmLead(models.Model):
    _inherit = "crm.lead"

    lead_score_history_ids = fields.One2many(
        "crm.lead.score.history", "lead_id", "Score History", readonly=True, copy=False,
    )

    def _merge_dependences(self, opportunities):
        result = super()._merge_dependences(opportunities)
        # Whoever may merge the leads moves what is remembered of them to the one that stays.
        history = self.env["crm.lead.score.history"].sudo()
        history.search([("lead_id", "in", opportunities.ids)]).lead_id = self.id
        return result
