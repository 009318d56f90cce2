from odoo import api, fields, models
from odoo.fields import Domain

from ..base.optional_number import result

PARTS = [("grade", "Grade"), ("decile", "Tenth by Score"), ("bin", "Told Chance")]


class CrmLeadScoreProofSlice(models.Model):
    """Some of the leads of a test: those of a grade, a tenth by score, or with about one chance."""

    _name = "crm.lead.score.proof.slice"
    _inherit = ["crm.lead.score.interval"]
    _description = "Back-Test Part"
    _rec_name = "label"
    _order = "proof_id, part, kind, position"

    kind = fields.Selection(
        [("score", "This score"), ("other", "The other rule set"),
         ("pls", "Odoo's predictive probability")], "What", required=True, readonly=True,
    )
    part = fields.Selection(PARTS, required=True, readonly=True)
    position = fields.Integer(readonly=True, aggregator=None)
    label = fields.Char("Leads With", readonly=True)
    size = fields.Float(
        "Leads", digits=(16, 1), readonly=True,
        help="Fractions where leads of the same score lie in two tenths.",
    )
    won = fields.Float("Won", digits=(16, 1), readonly=True)
    rate = result("Win Rate")
    low = result()
    high = result()
    predicted = result("Told Chance")
    lift = result(
        "Times as Often", digits=2,
        help="Win rate divided by that of all leads of the test.",
    )
    counted_ids = fields.Json("Leads Counted", readonly=True, help="Of a grade: their ids.")
    rate_text = fields.Char("Won, of Them", compute="_compute_texts")
    lift_text = fields.Char("Against All Leads", compute="_compute_texts")

    @api.depends("rate", "low", "high", "lift")
    @api.depends_context("lang")
    def _compute_texts(self):
        for line in self:
            line.rate_text = line._share_text(line.rate, line.low, line.high)
            line.lift_text = line._times_text(line.lift)

    @api.readonly
    def action_drill(self, figure):
        """Action that opens the leads of a grade, as far as they may be read.

        :param figure: name of a field; ``won`` opens those that were won
        :return: dict of an ``ir.actions.act_window``
        """
        self.ensure_one()
        self.check_access("read")
        leads = Domain("id", "in", self.counted_ids or [])
        if figure == "won":
            leads &= Domain("won_status", "=", "won")
        return {
            "type": "ir.actions.act_window", "res_model": "crm.lead",
            "name": f"{self._fields[figure]._description_string(self.env)}: {self.label}",
            "domain": list(leads), "views": [(False, "list"), (False, "form")],
            "context": {"active_test": False, "create": False},
        }
