"""Scores of leads: what is stored on the lead."""

from odoo import api, fields, models

from ..base.optional_number import OptionalInteger

GRADES = [(letter + digit, letter + digit) for letter in "ABC" for digit in "123"]
SCORES = (
    "lead_score_fit", "lead_score_engagement", "lead_score", "lead_grade", "is_hot",
    "lead_score_date",
)


class CrmLead(models.Model):
    _inherit = "crm.lead"

    lead_score_fit = OptionalInteger(
        "Fit", readonly=True, copy=False, aggregator="avg",
        help="How well the lead fits, 0 to 100: the points of the fit rules it matches.",
    )
    lead_score_engagement = OptionalInteger(
        "Engagement", readonly=True, copy=False, aggregator="avg",
        help="How much the lead does, 0 to 100: the points of the engagement rules it matches, "
             "fading with time.",
    )
    lead_score = OptionalInteger(
        "Score", readonly=True, copy=False, index=True, aggregator="avg",
        help="The average of fit and engagement, 0 to 100. Empty: not scored yet. It stays as it "
             "was when the lead is won, lost or archived.",
    )
    lead_grade = fields.Selection(
        GRADES, "Grade", readonly=True, copy=False,
        help="A letter for the fit, A is best, and a digit for the engagement, 1 is best.",
    )
    is_hot = fields.Boolean(
        "Hot", readonly=True, copy=False,
        help="The score reaches the threshold of the sales team.",
    )
    lead_score_date = fields.Datetime(
        "Scored On", readonly=True, copy=False, help="When the score last changed.",
    )

    _hot_idx = models.Index("(user_id) WHERE is_hot")

    @api.model
    def _kpi_measured_fields(self):
        return super()._kpi_measured_fields() | set(SCORES)
