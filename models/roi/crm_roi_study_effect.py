from odoo import fields, models

from ..base.optional_number import OptionalFloat, OptionalMonetary
from .crm_roi_study import METHODS


class CrmRoiStudyEffect(models.Model):
    """The gain by one method, or the reason why that method was refused."""

    _name = "crm.roi.study.effect"
    _inherit = ["crm.roi.study.result"]
    _description = "ROI Study: Method"
    _order = "study_id, sequence, id"
    _rec_name = "method"

    sequence = fields.Integer(readonly=True)
    method = fields.Selection(METHODS, readonly=True, required=True)
    is_used = fields.Boolean("Used", readonly=True)
    gain = OptionalMonetary(
        "Gain", readonly=True, help="Margin gained in the observed months, by this method.",
    )
    low = OptionalMonetary("Gain, Low", readonly=True, help="Lower end of the 95 % interval.")
    high = OptionalMonetary("Gain, High", readonly=True, help="Upper end of the 95 % interval.")
    monthly = OptionalMonetary("Gain per Month", readonly=True)
    standard_error = OptionalMonetary("Standard Error per Month", readonly=True)
    p_value = OptionalFloat(
        "p", readonly=True, digits=(16, 4),
        help="Probability of a difference this large if nothing had changed.",
    )
    permutation_p = OptionalFloat(
        "p by Permutation", readonly=True, digits=(16, 4),
        help="Share of teams that differ as much when each in turn is taken for the one that "
             "changed.",
    )
    pre_trend_p = OptionalFloat(
        "p of Earlier Trends", readonly=True, digits=(16, 4),
        help="Below 0.05 the teams were already drifting apart before the change.",
    )
    n_before = fields.Integer("Months Before", readonly=True)
    n_after = fields.Integer("Months After", readonly=True)
    refused_code = fields.Char(readonly=True)
    refused_data = fields.Json(readonly=True)
    refused = fields.Char("Why Not", compute="_compute_texts")
    evidence = fields.Char("Evidence", compute="_compute_texts")
