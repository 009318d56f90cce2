from odoo import fields, models

from .crm_kpi import UNITS
from .optional_number import OptionalFloat


class CrmRoiStudyKpi(models.Model):
    """How a KPI changed from the baseline to the period of the study."""

    _name = "crm.roi.study.kpi"
    _inherit = ["crm.roi.study.result"]
    _description = "ROI Study: KPI"
    _order = "study_id, sequence, id"
    _rec_name = "code"

    sequence = fields.Integer(readonly=True)
    code = fields.Char(readonly=True, required=True)
    name = fields.Char("KPI", compute="_compute_texts")
    unit = fields.Selection(UNITS, readonly=True)
    better = fields.Selection(
        [("higher", "Higher is better"), ("lower", "Lower is better"), ("none", "Neither")],
        readonly=True,
    )
    before = OptionalFloat("Value Before", readonly=True, digits=(16, 6))
    after = OptionalFloat("Value After", readonly=True, digits=(16, 6))
    change = OptionalFloat(
        "Value Change", readonly=True, digits=(16, 6),
        help="After minus before; shares in fractions.",
    )
    low = OptionalFloat(
        "Change, Low", readonly=True, digits=(16, 6), help="Lower end of the 95 % interval.",
    )
    high = OptionalFloat(
        "Change, High", readonly=True, digits=(16, 6), help="Upper end of the 95 % interval.",
    )
    n_before = OptionalFloat("Records Before", readonly=True, digits=(16, 0))
    n_after = OptionalFloat("Records After", readonly=True, digits=(16, 0))
    verdict = fields.Selection(
        [("better", "Better"), ("worse", "Worse"), ("unclear", "Not certain"),
         ("same", "No change"), ("unknown", "Not known"), ("changed", "Changed")],
        readonly=True,
    )
    before_text = fields.Char("Before", compute="_compute_texts")
    after_text = fields.Char("After", compute="_compute_texts")
    change_text = fields.Char("Change", compute="_compute_texts")
    interval_text = fields.Char("95 % Interval", compute="_compute_texts")
    verdict_text = fields.Char("In Words", compute="_compute_texts")

    def _compute_texts(self):
        for line in self:
            for name, field in self._fields.items():
                if field.compute == "_compute_texts":
                    line[name] = False
