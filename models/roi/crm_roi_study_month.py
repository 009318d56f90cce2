from odoo import fields, models

from ..base.optional_number import OptionalMonetary


class CrmRoiStudyMonth(models.Model):
    """A month of a study's horizon: cost, gain, savings, and their running totals."""

    _name = "crm.roi.study.month"
    _inherit = ["crm.roi.study.result"]
    _description = "ROI Study: Month"
    _order = "study_id, month"
    _rec_name = "month"

    month = fields.Date(readonly=True, required=True, help="First day of the month.")
    kind = fields.Selection(
        [("before", "Before the change"), ("observed", "Observed"), ("projected", "Projected")],
        readonly=True,
    )
    crm_cost = OptionalMonetary("CRM Cost", readonly=True)
    acquisition_cost = OptionalMonetary("Acquisition Cost", readonly=True)
    cost = OptionalMonetary("Cost", readonly=True)
    gain = OptionalMonetary("Gain", readonly=True)
    gain_low = OptionalMonetary("Gain, Low", readonly=True)
    gain_high = OptionalMonetary("Gain, High", readonly=True)
    saving_cash = fields.Monetary("Savings in Cash", readonly=True)
    saving_other = fields.Monetary("Savings Not in Cash", readonly=True)
    net = OptionalMonetary("Net", readonly=True, help="Gain and cash savings, minus cost.")
    cumulative_cost = OptionalMonetary("Cost So Far", readonly=True)
    cumulative_gain = OptionalMonetary(
        "Gain So Far", readonly=True, help="Gain and cash savings from the first month on.",
    )
    cumulative_gain_low = OptionalMonetary("Gain So Far, Low", readonly=True)
    cumulative_gain_high = OptionalMonetary("Gain So Far, High", readonly=True)
    cumulative = OptionalMonetary("Net So Far", readonly=True)
    cumulative_low = OptionalMonetary("Net So Far, Low", readonly=True)
    cumulative_high = OptionalMonetary("Net So Far, High", readonly=True)
    discounted = OptionalMonetary("Net, Discounted", readonly=True)
    cumulative_discounted = OptionalMonetary("Net So Far, Discounted", readonly=True)
