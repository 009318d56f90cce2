from odoo import api, fields, models
from odoo.tools import SQL

from .crm_lead_score import GRADES
from .lead_score_sample import MOST_LEADS


class CrmLeadScoreProof(models.Model):
    """How the grades of open leads would move if the other rule set were the live one."""

    _inherit = "crm.lead.score.proof"

    grade_moves = fields.Json(readonly=True, copy=False)
    grade_moves_table = fields.Html(
        "Grades of Open Leads", compute="_compute_grade_moves_table", sanitize=False,
    )

    def _run(self):
        result = super()._run()
        self.sudo().grade_moves = self._count_moves()  # a result, as the others are the machine's
        return result

    def _count_moves(self):
        """:return: list of ``[grade, grade by the other set, number of open leads]``, ``False``
            without another set"""
        if not self.other_set_id:
            return False
        engine = self.env["crm.lead.score.sample"]
        scope = engine._scope_now(SQL("lead.id IN (%s)", self._open_leads_sql(engine)))
        rows = self.env.execute_query(SQL(
            """SELECT mine.lead_grade, other.lead_grade, COUNT(*)
               FROM (%s) AS mine JOIN (%s) AS other ON other.id = mine.id
               GROUP BY 1, 2 ORDER BY 1, 2""",
            engine._scores_sql(self.set_id.id, scope),
            engine._scores_sql(self.other_set_id.id, scope),
        ))
        return [list(row) for row in rows]

    def _open_leads_sql(self, engine):
        return SQL(
            """SELECT id FROM crm_lead
               WHERE active AND COALESCE(won_status, 'pending') = 'pending' AND %s AND %s
               ORDER BY id DESC LIMIT %s""",
            engine._of_company(self.company_id),
            SQL("team_id = %s", self.team_id.id) if self.team_id else SQL("TRUE"), MOST_LEADS,
        )

    @api.depends("grade_moves")
    @api.depends_context("lang")
    def _compute_grade_moves_table(self):
        for proof in self:
            if not proof.grade_moves:
                proof.grade_moves_table = False
                continue
            counts = {(mine, other): number for mine, other, number in proof.grade_moves}
            used = {grade for pair in counts for grade in pair}
            grades = [grade for grade, _label in GRADES if grade in used]
            proof.grade_moves_table = self.env["ir.qweb"]._render(
                "crm_roi.lead_score_grade_moves",
                {"proof": proof, "grades": grades, "counts": counts,
                 "moved": sum(n for (mine, other), n in counts.items() if mine != other),
                 "total": sum(counts.values())},
            )
