from odoo import fields, models

from ..base.optional_number import OptionalFloat
from ..kpi.crm_kpi import UNITS


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
    n_before = OptionalFloat(
        "Cases Before", readonly=True, digits=(16, 0),
        help="What the figure rests on: records for shares and averages, else months.",
    )
    n_after = OptionalFloat("Cases After", readonly=True, digits=(16, 0))
    is_monthly = fields.Boolean("Per Month", readonly=True)
    verdict = fields.Selection(
        [("better", "Better"), ("worse", "Worse"), ("changed", "Changed"),
         ("unclear", "Not certain"), ("few", "Too few figures"), ("early", "Too early to say"),
         ("unknown", "Not known")],
        readonly=True,
    )
    before_text = fields.Char("Before", compute="_compute_texts")
    after_text = fields.Char("After", compute="_compute_texts")
    change_text = fields.Char("Change", compute="_compute_texts")
    interval_text = fields.Char("95 % Interval", compute="_compute_texts")
    verdict_text = fields.Char("In Words", compute="_compute_texts")
