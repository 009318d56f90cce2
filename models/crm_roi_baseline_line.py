from odoo import api, fields, models

from .optional_number import OptionalFloat


class CrmRoiBaselineLine(models.Model):
    """One figure of a baseline: a KPI of a month, of one team or of all."""

    _name = "crm.roi.baseline.line"
    _description = "ROI Baseline Figure"
    _order = "month, team_id, code"
    _rec_name = "code"
    _check_company_auto = True

    baseline_id = fields.Many2one(
        "crm.roi.baseline", "Baseline", required=True, index=True, ondelete="cascade",
    )
    company_id = fields.Many2one(related="baseline_id.company_id", store=True, index=True)
    state = fields.Selection(related="baseline_id.state")
    month = fields.Date(required=True, help="Any day of the month; kept as its first day.")
    team_id = fields.Many2one(
        "crm.team", "Sales Team", check_company=True, ondelete="restrict", index="btree_not_null",
        falsy_value_label="All teams", help="Empty: the figure is that of all teams together.",
    )
    code = fields.Selection("_selection_code", "KPI", required=True)
    value = OptionalFloat(
        digits=(16, 2), help="Total of the month. Empty: not known, which is not zero.",
    )

    _figure_uniq = models.UniqueIndex(
        "(baseline_id, month, COALESCE(team_id, 0), code)",
        "A baseline has one figure for each month, team and KPI.",
    )

    @api.model
    def _selection_code(self):
        """Quantities that add up over months; ratios are computed from them."""
        Snapshot = self.env["crm.kpi.snapshot"]
        return [
            (name, Snapshot._fields[name]._description_string(self.env))
            for name in Snapshot._fields
            if Snapshot._kpi_kind(name) == "flow" and not Snapshot._fields[name].groups
        ]
