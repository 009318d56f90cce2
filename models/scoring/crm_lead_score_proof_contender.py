from odoo import api, fields, models

from ..base.optional_number import result
from .lead_score_words import VERDICTS

# Differences are called such when chance would make them as large once in twenty times.
SIGNIFICANT = 0.05


class CrmLeadScoreProofContender(models.Model):
    """One way to tell who will win, with its figures on the leads of the test."""

    _name = "crm.lead.score.proof.contender"
    _inherit = ["crm.lead.score.interval"]
    _description = "Back-Test Comparison"
    _order = "proof_id, sequence, id"
    _rec_name = "kind"

    sequence = fields.Integer()
    kind = fields.Selection([
        ("score", "This score"), ("other", "The other rule set"),
        ("pls", "Odoo's predictive probability"),
        ("today", "All rules, leads as they look today (no proof)"),
    ], "What", required=True, readonly=True)
    size = fields.Integer("Leads", readonly=True, aggregator=None)
    auc = result(
        "AUC",
        help="Area under the ROC curve: of a won and a lost lead, how often the won one had the "
             "better score. 50 % is tossing a coin.",
    )
    auc_low = result("AUC, Low")
    auc_high = result("AUC, High")
    lift = result(
        "Lift of the Best Tenth", digits=2,
        help="How many times as often as all leads the best-scored tenth was won.",
    )
    lift_low = result(digits=2)
    lift_high = result(digits=2)
    skill = result(
        "Brier Skill",
        help="Brier skill: the share of the squared error that is saved against always saying the "
             "win rate of the earlier leads. Below 0 it is worse than that.",
    )
    skill_low = result()
    skill_high = result()
    ece = result(
        "Calibration Error",
        help="Calibration error: mean distance between the chance that was told and the share "
             "that was won, in ten groups of leads.",
    )
    difference = result(
        "Difference",
        help="Of the pairs in order, from those of this score.",
    )
    difference_low = result()
    difference_high = result()
    difference_p = result(
        "p",
        help="How often chance alone would make a difference so large.",
    )
    verdict = fields.Selection(VERDICTS, readonly=True)
    is_different = fields.Boolean(compute="_compute_is_different")
    auc_text = fields.Char(
        "Pairs in Order", compute="_compute_texts",
        help="Of a won and a lost lead, how often the won one had the better score, with its 95 % "
             "interval. 50 % is tossing a coin. (Area under the ROC curve.)",
    )
    lift_text = fields.Char(
        "Best Tenth", compute="_compute_texts",
        help="How many times as often as all leads the best-scored tenth was won.",
    )
    skill_text = fields.Char(
        "Error Saved", compute="_compute_texts",
        help="Brier skill: the share of the squared error that is saved against always saying the "
             "win rate of the earlier leads. Below 0 it is worse than that.",
    )
    ece_text = fields.Char(
        "Off By", compute="_compute_texts",
        help="Mean distance between the chance that was told and the share that was won.",
    )
    difference_text = fields.Char("Difference from This Score", compute="_compute_texts")

    @api.depends("difference_p")
    def _compute_is_different(self):
        for line in self:
            line.is_different = line.difference_p is not False and line.difference_p < SIGNIFICANT

    @api.depends("auc", "lift", "skill", "ece", "difference")
    @api.depends_context("lang")
    def _compute_texts(self):
        for line in self:
            line.auc_text = line._share_text(line.auc, line.auc_low, line.auc_high, 1)
            line.lift_text = line._times_text(line.lift, line.lift_low, line.lift_high)
            line.skill_text = line._share_text(line.skill, line.skill_low, line.skill_high, 1)
            line.ece_text = line._share_text(line.ece, digits=1)
            line.difference_text = line._share_text(
                line.difference, line.difference_low, line.difference_high, 1,
            )
