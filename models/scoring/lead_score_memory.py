"""Remembers when a lead changed its grade or crossed into hot, and why."""

from odoo import api, models
from odoo.tools import SQL


class LeadScoreMemory(models.AbstractModel):
    _name = "crm.lead.score.memory"
    _description = "Lead Score Memory"

    @api.model
    def _remembered_columns(self, plan):
        """SQL columns of the statement that writes scores, for :meth:`_remember_sql`.

        A first score is no change, unless the lead is hot at once.
        """
        keys = [str(key) for key in plan.points]
        points = [
            SQL("round(%s::numeric, 1)::text", SQL.identifier("score", f"points_{key}"))
            for key in plan.points
        ]
        return SQL(
            """old.lead_grade AS old_grade, lead.lead_grade AS grade,
               old.lead_score AS old_score, lead.lead_score AS score,
               CASE WHEN %(crossed)s THEN jsonb_strip_nulls(
                   jsonb_object(%(keys)s::text[], ARRAY[%(points)s]::text[])) END AS reasons""",
            crossed=SQL(
                """old.lead_grade <> lead.lead_grade
                   OR lead.is_hot <> COALESCE(old.is_hot, FALSE)"""
            ),
            keys=keys, points=SQL(", ").join(points),
        )

    @api.model
    def _remember_sql(self, moment):
        """SQL that keeps the rows of ``changed`` that crossed something.

        :param moment: SQL of the moment of scoring
        """
        return SQL(
            """INSERT INTO crm_lead_score_history
                      (lead_id, date, old_grade, grade, old_score, score, was_hot, is_hot, reasons)
               SELECT id, %s, old_grade, grade, old_score, score,
                      COALESCE(was_hot, FALSE), is_hot, reasons
               FROM changed WHERE reasons IS NOT NULL
               RETURNING id""",
            moment,
        )
