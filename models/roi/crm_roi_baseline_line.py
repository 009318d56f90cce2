from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date
from odoo.tools.translate import LazyTranslate

from ..base.optional_number import OptionalFloat

_lt = LazyTranslate(__name__)


class CrmRoiBaselineLine(models.Model):
    """One figure of a baseline: a KPI of a month, of one team or of all."""

    _name = "crm.roi.baseline.line"
    _inherit = ["crm.roi.company.mixin"]
    _description = "ROI Baseline Figure"
    _order = "month, team_id, id"
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
        falsy_value_label=_lt("All teams"), help="Empty: the figure is that of all teams together.",
    )
    code = fields.Selection("_selection_code", "KPI", required=True)
    value = OptionalFloat(help="Total of the month. Empty: not known, which is not zero.")

    _figure_uniq = models.UniqueIndex(
        "(baseline_id, month, COALESCE(team_id, 0), code)",
        "A baseline has one figure for each month, team and KPI.",
    )

    @api.model
    def _selection_code(self):
        Snapshot = self.env["crm.kpi.snapshot"]
        return [
            (code, Snapshot._fields[code]._description_string(self.env))
            for code in self.env["crm.roi.panel"]._codes()
        ]

    @api.constrains("value", "code")
    def _check_value(self):
        labels = dict(self._selection_code())
        for line in self:
            unit = self.env["crm.kpi.snapshot"]._fields[line.code].unit
            if line.value is not False and line.value < 0 and unit in ("count", "days"):
                raise ValidationError(self.env._(
                    "%(kpi)s in %(month)s: %(value)s is not possible, a number cannot be negative.",
                    kpi=labels[line.code], value=line.value,
                    month=format_date(self.env, line.month, date_format="MMMM yyyy"),
                ))

    @api.constrains("month", "baseline_id")
    def _check_month(self):
        for line in self:
            baseline = line.baseline_id
            if not baseline.date_from.replace(day=1) <= line.month <= baseline.date_to:
                raise ValidationError(self.env._(
                    "%(month)s is not in the period of baseline “%(baseline)s”, %(first)s to "
                    "%(last)s. Correct the month or the period.",
                    month=format_date(self.env, line.month, date_format="MMMM yyyy"),
                    baseline=baseline.name, first=format_date(self.env, baseline.date_from),
                    last=format_date(self.env, baseline.date_to),
                ))

    # ------------------------------------------------------------------
    # Frozen with their baseline, for everybody
    # ------------------------------------------------------------------

    def _refuse_frozen(self, baselines):
        for baseline in baselines.filtered(lambda baseline: baseline.state == "confirmed"):
            raise UserError(self.env._(
                "The figures of baseline “%(baseline)s” are frozen: nobody can change, add or "
                "delete one. Duplicate the baseline and correct the copy.", baseline=baseline.name,
            ))

    @api.model_create_multi
    def create(self, vals_list):
        ids = {vals["baseline_id"] for vals in vals_list if vals.get("baseline_id")}
        self._refuse_frozen(self.env["crm.roi.baseline"].browse(ids))
        return super().create([self._in_months(vals) for vals in vals_list])

    def write(self, vals):
        self._refuse_frozen(self.baseline_id)
        result = super().write(self._in_months(vals))
        self._refuse_frozen(self.baseline_id)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_frozen(self):
        self._refuse_frozen(self.baseline_id)

    @api.model
    def _in_months(self, vals):
        month = fields.Date.to_date(vals.get("month"))
        return {**vals, "month": month.replace(day=1)} if month else vals
