from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools.translate import LazyTranslate

from ...tools.attainment import MONTHS, ONE_DAY
from ...tools.report_period import ReportPeriod

_lt = LazyTranslate(__name__)

# A change of anything else moves no month.
FIGURES = {
    "amount", "company_id", "date_from", "kpi_id", "period_type", "spread", "team_id", "user_id",
}

HOLDER = ("kpi_id", "company_id", "team_id", "user_id")


class CrmKpiTarget(models.Model):
    """What a company, team or salesperson is to reach of a KPI in a month, quarter or year."""

    _name = "crm.kpi.target"
    _inherit = ["crm.roi.company.mixin"]
    _description = "KPI Target"
    _order = "date_from desc, kpi_id, team_id, user_id, id"
    _check_company_auto = True
    _rec_names_search = ["kpi_id.name", "team_id.name", "user_id.name"]

    kpi_id = fields.Many2one("crm.kpi", "KPI", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company,
        ondelete="cascade",
    )
    team_id = fields.Many2one(
        "crm.team", "Sales Team", index="btree_not_null", check_company=True, ondelete="cascade",
        falsy_value_label=_lt("All teams"),
    )
    user_id = fields.Many2one(
        "res.users", "Salesperson", index="btree_not_null", check_company=True,
        ondelete="cascade", domain="[('share', '=', False)]", falsy_value_label=_lt("Everybody"),
    )
    period_type = fields.Selection(
        [("month", "Month"), ("quarter", "Quarter"), ("year", "Year")], "Period", default="year",
        required=True,
    )
    date_from = fields.Date(
        "From", required=True, default=lambda self: fields.Date.today().replace(month=1, day=1),
        help="Targets begin on the first of a month; a year may begin in any month.",
    )
    date_to = fields.Date("To", compute="_compute_date_to", store=True, precompute=True)
    amount = fields.Float(
        "Target", required=True, digits=False, aggregator=None,
        help="In the unit of the KPI, for the whole period. Percentages as fractions: 0.25 is "
             "25 %. Of a ratio or level: the value each month should have.",
    )
    spread = fields.Selection(
        [("even", "Evenly"), ("season", "By last year's season")], default="even", required=True,
        help="How the months share the target of a longer period. Ratios and levels are not "
             "shared: each month has the same.",
    )
    is_season_missing = fields.Boolean(
        readonly=True, help="Last year's figures are missing or zero: spread evenly instead.",
    )
    note = fields.Char()
    currency_id = fields.Many2one(
        "res.currency", compute="_compute_currency_id", store=True, precompute=True,
        help="The company's currency when the target was set.",
    )
    unit = fields.Selection(related="kpi_id.unit")
    kind = fields.Selection(related="kpi_id.kind")
    amount_text = fields.Char("Target with Unit", compute="_compute_amount_text")
    month_ids = fields.One2many("crm.kpi.target.month", "target_id", "Months", readonly=True)

    _amount_not_negative = models.Constraint(
        "CHECK(amount >= 0)", "A target is a number from 0 up. Correct the target."
    )

    @api.depends("kpi_id", "team_id", "user_id", "date_from", "period_type")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for target in self:
            parts = [target.kpi_id.name, target.user_id.name or target.team_id.name,
                     target._period_text() if target.date_from else None]
            target.display_name = " · ".join(part for part in parts if part)

    @api.depends("date_from", "period_type")
    def _compute_date_to(self):
        for target in self:
            target.date_to = target.date_from and target.period_type and (
                target.date_from.replace(day=1) + relativedelta(months=MONTHS[target.period_type])
                - ONE_DAY
            )

    @api.depends("company_id")
    def _compute_currency_id(self):
        for target in self:
            target.currency_id = target.company_id.currency_id

    @api.depends("amount", "kpi_id", "currency_id")
    @api.depends_context("lang")
    def _compute_amount_text(self):
        Figures = self.env["crm.kpi.figures"]
        for target in self:
            target.amount_text = target.kpi_id and Figures._text(
                target.kpi_id.code, target.amount, target.currency_id
            )

    @api.onchange("date_from")
    def _onchange_date_from(self):
        if self.date_from:
            self.date_from = self.date_from.replace(day=1)

    @api.constrains("kpi_id", "company_id", "team_id", "user_id", "date_from", "period_type")
    def _check_overlap(self):
        for target in self:
            other = self.search(target._holder_domain() & Domain([
                ("id", "!=", target.id), ("date_from", "<=", target.date_to),
                ("date_to", ">=", target.date_from),
            ]), limit=1)
            if other:
                raise ValidationError(self.env._(
                    "“%(other)s” is a target for the same months as “%(target)s”. Change that one, "
                    "or choose other months.",
                    other=other.display_name, target=target.display_name,
                ))

    def _holder_domain(self):
        """Domain of the targets of the same KPI for the same company, team and salesperson."""
        return Domain([(name, "=", self[name].id or False) for name in HOLDER])

    def _has_same_holder(self, other):
        return all(self[name] == other[name] for name in HOLDER)

    def _copied(self):
        """Values of a copy, but for the amount and the period."""
        return {
            **{name: self[name].id for name in HOLDER}, "period_type": self.period_type,
            "spread": self.spread, "note": self.note,
        }

    def _period(self):
        return ReportPeriod(self.date_from, self.date_to + ONE_DAY, self.period_type)

    def _period_text(self):
        """Such as "March 2026", "Q1 2026", "2026" or "Apr 1, 2026 – Mar 31, 2027"."""
        return self.env["crm.kpi.figures"]._period_text(self._period())

    # ------------------------------------------------------------------
    # In step with the months
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        targets = super().create([self._from_month_start(vals) for vals in vals_list])
        targets._spread_out()
        return targets

    def write(self, vals):
        result = super().write(self._from_month_start(vals))
        if FIGURES & vals.keys():
            self._spread_out()
        return result

    @api.model
    def _from_month_start(self, vals):
        day = fields.Date.to_date(vals.get("date_from"))
        return {**vals, "date_from": day.replace(day=1)} if day else vals
