from odoo import models

from ..kpi.kpi_declaration import flow, ratio, stock

# Leads and opportunities, open at the end of the night.
SCORED = (("active", "=", True), ("won_status", "=", "pending"), ("lead_score", "!=", False))


class CrmKpiSnapshot(models.Model):
    """Scores as they stood at the end of a day: levels, because a score fades and grows."""

    _inherit = "crm.kpi.snapshot"

    scored_lead_count = stock(
        "Scored Leads", "leads", SCORED, better="none",
        help="Open leads and opportunities that have a score at the end of the day; average of "
             "the nights in a longer period.",
    )
    hot_lead_count = stock(
        "Hot Leads", "leads", (*SCORED, ("is_hot", "=", True)),
        help="Open leads and opportunities whose score reaches the threshold of their team at the "
             "end of the day; average of the nights in a longer period.",
    )
    lead_score_total = flow(
        "Total Score", "leads", ("crm.lead", None, SCORED, "lead_score"), unit="points",
        aggregator="avg",
        help="Scores of the open leads and opportunities at the end of the day, summed; average "
             "of the nights in a longer period.",
    )
    average_lead_score = ratio(
        "Average Score", "leads", "lead_score_total / scored_lead_count", "points",
        digits=(16, 1),
        help="Mean score, 0 to 100, of the leads and opportunities open at the end of the day.",
    )
