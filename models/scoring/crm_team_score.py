"""Thresholds of scores that a sales team sets for itself."""

from odoo import api, models
from odoo.exceptions import ValidationError

from ..base.optional_number import OptionalInteger

THRESHOLDS = {
    "score_fit_a", "score_fit_b", "score_engagement_1", "score_engagement_2", "score_hot",
}
HELP = "Empty: as in the rule set."


class CrmTeam(models.Model):
    _inherit = "crm.team"

    score_fit_a = OptionalInteger("Fit A from", help=HELP)
    score_fit_b = OptionalInteger("Fit B from", help=HELP)
    score_engagement_1 = OptionalInteger("Engagement 1 from", help=HELP)
    score_engagement_2 = OptionalInteger("Engagement 2 from", help=HELP)
    score_hot = OptionalInteger("Hot from", help=HELP)

    _score_thresholds_range = models.Constraint(
        """CHECK (score_fit_a BETWEEN 1 AND 100 AND score_fit_b BETWEEN 1 AND 100
                  AND score_engagement_1 BETWEEN 1 AND 100
                  AND score_engagement_2 BETWEEN 1 AND 100 AND score_hot BETWEEN 1 AND 100)""",
        "Thresholds of a sales team lie between 1 and 100.",
    )

    @api.constrains("score_fit_a", "score_fit_b", "score_engagement_1", "score_engagement_2")
    def _check_score_thresholds(self):
        for team in self:
            pairs = (
                (team.score_fit_a, team.score_fit_b),
                (team.score_engagement_1, team.score_engagement_2),
            )
            if any(high and low and high <= low for high, low in pairs):
                raise ValidationError(self.env._(
                    "Sales team “%(name)s”: A must begin above B, and 1 above 2.", name=team.name,
                ))

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & THRESHOLDS:
            live = [set_id for set_id, _ in self.env["crm.lead.score.engine"]._live_sets()]
            self.env["crm.lead.score.queue"]._put_sets(live)
        return result
