from odoo import fields, models

from ..base.optional_number import result

FINDINGS = [
    ("more", "Goes with it"), ("less", "Goes the other way"), ("band", "Best in the middle"),
    ("chance", "No more than chance"), ("too_few", "Too few people"),
]


class CrmWinningFinding(models.Model):
    """A habit beside a result: how closely they go together."""

    _name = "crm.winning.finding"
    _inherit = ["crm.winning.finding.words"]
    _description = "Habit and Result"
    _order = "analysis_id, q, id"
    _rec_name = "habit_id"

    analysis_id = fields.Many2one(
        "crm.winning.analysis", required=True, readonly=True, index=True, ondelete="cascade",
    )
    company_id = fields.Many2one(related="analysis_id.company_id", store=True, index=True)
    habit_id = fields.Many2one(
        "crm.kpi", "Habit", required=True, readonly=True, index=True, ondelete="cascade",
    )
    outcome_id = fields.Many2one(
        "crm.kpi", "Result", required=True, readonly=True, index=True, ondelete="cascade",
    )
    verdict = fields.Selection(FINDINGS, "Finding", required=True, readonly=True)
    rho = result(
        "Rank Correlation", digits=2,
        help="Spearman's rho: 1 when the order by the habit is the order by the result, 0 without "
             "any connection, −1 when it is turned round.",
    )
    low = result("From", digits=2)
    high = result(
        "To", digits=2,
        help="95 % interval (Fisher's z), from ten independent points on.",
    )
    p = result(
        "p",
        help="How often results dealt out at random go together as closely.",
    )
    q = result(
        "q",
        help="The same, corrected for everything that is compared here (Benjamini-Hochberg). "
             "Below 0.05 is more than chance.",
    )
    point_count = fields.Integer("Points", readonly=True, aggregator=None)
    people_count = fields.Integer("Salespeople", readonly=True, aggregator=None)
    adjusted = fields.Json(readonly=True)
    bend_p = result("p of the Bend")
    bend_q = result(
        "q of the Bend",
        help="Whether a bent line foretells people who were left out better than a straight one, "
             "by permutation and corrected like q.",
    )
    bands = fields.Json(readonly=True)
    points = fields.Json("Figures of Each Point", readonly=True)

    def action_open_figures(self):
        """The figures behind it: the KPI pivot of these people in this period."""
        self.ensure_one()
        analysis = self.analysis_id
        companies = analysis.counted_company_ids or analysis.company_id.ids
        action = self.env["ir.actions.actions"]._for_xml_id("crm_roi.crm_kpi_snapshot_action")
        domain = [("day", ">=", analysis.date_from), ("day", "<=", analysis.date_to),
                  ("user_id", "in", [point[0] for point in self.points or []]),
                  ("company_id", "in", [*companies, False])]
        if analysis.team_id:
            domain.append(("team_id", "=", analysis.team_id.id))
        return {
            **action, "name": self.habit_id.name, "domain": domain,
            "context": {
                "pivot_measures": [self.habit_id.code, self.outcome_id.code, "closed_count"],
                "pivot_row_groupby": ["user_id", "day:quarter"] if analysis.question == "within"
                else ["user_id"],
                "pivot_column_groupby": [],
                "allowed_company_ids": companies,
            },
        }
