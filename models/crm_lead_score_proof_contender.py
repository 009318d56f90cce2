from odoo import api, fields, models

from .lead_score_words import VERDICTS
from .optional_number import OptionalFloat

# Differences are called such when chance would make them as large once in twenty times.
SIGNIFICANT = 0.05


class CrmLeadScoreProofContender(models.Model):
    """One way to tell who will win, with its figures on the leads of the test."""

    _name = "crm.lead.score.proof.contender"
    _description = "Back-Test Comparison"
    _order = "proof_id, sequence, id"

    proof_id = fields.Many2one(
        "crm.lead.score.proof", required=True, index=True, ondelete="cascade",
    )
    company_id = fields.Many2one(related="proof_id.company_id", store=True, index=True)
    sequence = fields.Integer()
    kind = fields.Selection([
        ("score", "This score"), ("other", "The other rule set"),
        ("pls", "Odoo's predictive probability"),
        ("today", "All rules, leads as they look today (no proof)"),
    ], "What", required=True, readonly=True)
    size = fields.Integer("Leads", readonly=True, aggregator=None)
    auc = OptionalFloat(
        "Pairs in Order", readonly=True, digits=(16, 4), aggregator=None,
        help="Area under the ROC curve: of a won and a lost lead, how often the won one had the "
             "better score. 50 % is tossing a coin.",
    )
    auc_low = OptionalFloat("At Least", readonly=True, digits=(16, 4), aggregator=None)
    auc_high = OptionalFloat("At Most", readonly=True, digits=(16, 4), aggregator=None)
    lift = OptionalFloat(
        "Best Tenth", readonly=True, digits=(16, 2), aggregator=None,
        help="How many times as often as all leads the best-scored tenth was won.",
    )
    lift_low = OptionalFloat(readonly=True, digits=(16, 2), aggregator=None)
    lift_high = OptionalFloat(readonly=True, digits=(16, 2), aggregator=None)
    skill = OptionalFloat(
        "Skill of the Forecast", readonly=True, digits=(16, 4), aggregator=None,
        help="Brier skill: the share of the squared error that is saved against always saying the "
             "win rate of the earlier leads. Below 0 it is worse than that.",
    )
    skill_low = OptionalFloat(readonly=True, digits=(16, 4), aggregator=None)
    skill_high = OptionalFloat(readonly=True, digits=(16, 4), aggregator=None)
    ece = OptionalFloat(
        "Off by", readonly=True, digits=(16, 4), aggregator=None,
        help="Calibration error: mean distance between the chance that was told and the share "
             "that was won, in ten groups of leads.",
    )
    difference = OptionalFloat(
        "Difference", readonly=True, digits=(16, 4), aggregator=None,
        help="Of the pairs in order, from those of this score.",
    )
    difference_low = OptionalFloat(readonly=True, digits=(16, 4), aggregator=None)
    difference_high = OptionalFloat(readonly=True, digits=(16, 4), aggregator=None)
    difference_p = OptionalFloat(
        "p", readonly=True, digits=(16, 4), aggregator=None,
        help="How often chance alone would make a difference so large.",
    )
    verdict = fields.Selection(VERDICTS, readonly=True)
    is_different = fields.Boolean(compute="_compute_is_different")
    interval = fields.Char("95 % Interval", compute="_compute_interval")

    @api.depends("difference_p")
    def _compute_is_different(self):
        for line in self:
            line.is_different = line.difference_p is not False and line.difference_p < SIGNIFICANT

    @api.depends("auc_low", "auc_high")
    @api.depends_context("lang")
    def _compute_interval(self):
        for line in self:
            line.interval = False if line.auc is False else self.env._(
                "%(low)s to %(high)s %%", low=f"{100 * line.auc_low:.1f}",
                high=f"{100 * line.auc_high:.1f}",
            )
