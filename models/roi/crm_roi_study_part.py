from odoo import api, fields, models

PARTS = [
    ("before", "Margin before"), ("volume", "Volume"), ("win_rate", "Win rate"),
    ("deal_size", "Deal size"), ("margin_rate", "Margin rate"), ("cycle", "Sales cycle"),
    ("after", "Margin after"),
]


class CrmRoiStudyPart(models.Model):
    """A step from the margin before to the margin after, both of an average month."""

    _name = "crm.roi.study.part"
    _inherit = ["crm.roi.study.result"]
    _description = "ROI Study: Part of the Margin"
    _order = "study_id, sequence, id"
    _rec_name = "code"

    sequence = fields.Integer(readonly=True)
    code = fields.Selection(PARTS, "Part", readonly=True, required=True)
    is_total = fields.Boolean("Total", compute="_compute_is_total")
    amount = fields.Monetary("Margin per Month", readonly=True)

    @api.depends("code")
    def _compute_is_total(self):
        for part in self:
            part.is_total = part.code in ("before", "after")
