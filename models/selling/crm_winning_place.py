from odoo import fields, models
from odoo.exceptions import UserError

from ..base.optional_number import result


class CrmWinningPlace(models.Model):
    """A salesperson's place by win rate, with what is left of it when chance is taken away."""

    _name = "crm.winning.place"
    _inherit = ["crm.winning.place.words"]
    _description = "Ranking of Salespeople"
    _order = "analysis_id desc, place, id"
    _rec_name = "user_id"

    analysis_id = fields.Many2one(
        "crm.winning.analysis", "Analysis", required=True, readonly=True, index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="analysis_id.company_id", store=True, index=True)
    # Salespeople do not read analyses; what their own place rests on they may know.
    date_from = fields.Date(related="analysis_id.date_from", store=True)
    date_to = fields.Date(related="analysis_id.date_to", store=True)
    mean_rate = fields.Float(
        "Win Rate of All", related="analysis_id.mean_rate", store=True, aggregator=None,
    )
    place = fields.Integer(readonly=True, aggregator=None)
    user_id = fields.Many2one(
        "res.users", "Salesperson", readonly=True, index=True, ondelete="set null",
        help="Empty once the user is deleted; the place stays, as the others are compared with it.",
    )
    won_count = fields.Integer("Won", readonly=True)
    closed_count = fields.Integer("Closed", readonly=True)
    rate = result(
        "Win Rate",
        help="Won deals of closed deals, as counted.",
    )
    shrunken_rate = result(
        "Expected",
        help="The win rate to expect: drawn towards that of all, the more so the fewer deals it "
             "rests on (beta-binomial).",
    )
    low = result("At Least")
    high = result(
        "At Most",
        help="95 % interval of the expected win rate.",
    )
    own_weight = fields.Float(
        "Own Weight", readonly=True, aggregator=None,
        help="How much of the expected win rate comes from the own deals.",
    )
    p = fields.Float(
        "p", readonly=True, digits=(16, 4), aggregator=None,
        help="Fisher's exact test against everybody else.",
    )
    q = fields.Float(
        "q", readonly=True, digits=(16, 4), aggregator=None,
        help="p, corrected for comparing everybody (Benjamini-Hochberg).",
    )
    verdict = fields.Selection(
        [("above", "Above the others"), ("below", "Below the others"),
         ("chance", "Not told from chance")],
        required=True, readonly=True,
    )

    drills = fields.Json("Records Behind", readonly=True)

    def action_open_deals(self):
        """The deals it is counted from."""
        self.ensure_one()
        if not self.drills:
            raise UserError(self.env._("Run the analysis again to open the deals of its ranking."))
        return self.env["crm.kpi.figures"].action_drill(self.drills["closed_count"])
