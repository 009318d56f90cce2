from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...tools.panel import month_day
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

    @api.readonly
    def action_drill(self, figure):
        """Action that opens the records behind a side of the comparison.

        :param figure: ``"before_text"`` or ``"after_text"``
        :return: dict of an ``ir.actions.act_window``
        :raise UserError: the figures of the old system have no records here
        """
        self.ensure_one()
        study = self.study_id
        study.check_access("read")
        is_before = figure == "before_text"
        if is_before and study.baseline_id.kind == "imported":
            raise UserError(self.env._(
                "The figures before are those of the old system: their records are not here. Open "
                "the baseline to see them."
            ))
        figures = study._figures()
        months = figures.season if is_before else figures.months_after
        days = Domain.OR(
            Domain("day", ">=", month_day(month)) & Domain("day", "<", month_day(month + 1))
            for month in months
        )
        group = figures.treated
        teams = Domain("team_id", "not in", group.without) if group.teams is None \
            else Domain("team_id", "in", group.teams)
        company = Domain("company_id", "=", self.company_id.id)
        snapshot = study._in_company(self.company_id).env["crm.kpi.snapshot"]
        return snapshot.action_drill(self.code, days & company & teams)
