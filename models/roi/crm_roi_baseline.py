from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.panel import ALL, Panel, month_day, month_number

# What may still be written once a baseline is frozen.
ABOUT_IT = {"active", "note"}
FROZEN_BY = {"state", "confirmed_by_id", "confirmed_at", "declarations"}


class CrmRoiBaseline(models.Model):
    """Monthly figures from before a change, to compare later ones with.

    Once frozen, neither a user nor a program changes it or its figures, and later changes of leads
    and orders do not move it. A mistake is mended in a copy.
    """

    _name = "crm.roi.baseline"
    _description = "ROI Baseline"
    _inherit = ["mail.thread", "crm.roi.panel", "crm.roi.company.mixin"]
    _order = "date_from desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", "Company", required=True, index=True, ondelete="restrict",
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(
        "res.currency", "Currency", compute="_compute_currency_id", store=True, precompute=True,
        help="Currency of the amounts: the company's when the baseline was made.",
    )
    kind = fields.Selection(
        [("period", "Earlier period of this CRM"), ("imported", "Figures of the old system")],
        "Figures From", required=True, default="period",
    )
    date_from = fields.Date(
        "First Day", required=True, default=lambda self: self._default_day(24),
    )
    date_to = fields.Date(
        "Last Day", required=True, default=lambda self: self._default_day(12, days=-1),
        help="The last day belongs to the period.",
    )
    team_ids = fields.Many2many(
        "crm.team", string="Sales Teams", check_company=True,
        help="Figures of these teams only. Empty: of all teams.",
    )
    state = fields.Selection(
        [("draft", "Draft"), ("confirmed", "Frozen")], required=True, default="draft",
        readonly=True, copy=False, tracking=True,
    )
    confirmed_by_id = fields.Many2one("res.users", "Frozen By", readonly=True, copy=False)
    confirmed_at = fields.Datetime("Frozen On", readonly=True, copy=False)
    declarations = fields.Json(
        readonly=True, copy=False, help="What each KPI counted when the baseline was frozen.",
    )
    line_ids = fields.One2many("crm.roi.baseline.line", "baseline_id", "Monthly Figures", copy=True)
    line_count = fields.Integer("Number of Figures", compute="_compute_counts")
    month_count = fields.Integer("Months", compute="_compute_counts")
    note = fields.Html()

    _period_check = models.Constraint(
        "CHECK(date_to >= date_from)", "The last day of a baseline cannot be before its first day.",
    )

    @api.model
    def _default_day(self, months_ago, days=0):
        company = self.env.company
        month = company._kpi_today(company._kpi_timezone()).replace(day=1)
        return month - relativedelta(months=months_ago) + relativedelta(days=days)

    @api.depends("company_id")
    def _compute_currency_id(self):
        # Not of the company's currency: figures entered in the old one stay what they were.
        for baseline in self:
            baseline.currency_id = baseline.company_id.currency_id

    @api.depends("line_ids.month")
    def _compute_counts(self):
        for baseline in self:
            baseline.line_count = len(baseline.line_ids)
            baseline.month_count = len(set(baseline.line_ids.mapped("month")))

    # ------------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------------

    def _figures(self):
        """The figures as a `Panel`."""
        self.ensure_one()
        panel = Panel()
        for line in self.line_ids:
            value = None if line.value is False else line.value
            panel.add(month_number(line.month), line.team_id.id or ALL, line.code, value)
        return panel

    def _measured_figures(self):
        """The figures of the period as this CRM knows them now, as a `Panel`."""
        self.ensure_one()
        months, _missing = self._measured_months(
            self.company_id, self.date_from, self.date_to + timedelta(days=1)
        )
        return self._panel(self.company_id, months, self.team_ids.ids)

    def action_read(self):
        """Read the figures of an earlier period of this CRM; those read before are replaced."""
        for baseline in self.filtered(lambda baseline: baseline.kind == "period"):
            figures = baseline._measured_figures().figures
            if not figures:
                raise UserError(self.env._(
                    "Baseline “%(baseline)s”: no whole month between %(first)s and %(last)s has "
                    "been measured. Choose a period in which this CRM was used, or measure it "
                    "first in the settings of the CRM.",
                    baseline=baseline.name, first=baseline.date_from, last=baseline.date_to,
                ))
            baseline.line_ids.unlink()
            self.env["crm.roi.baseline.line"].create([
                {"baseline_id": baseline.id, "month": month_day(month), "team_id": team or False,
                 "code": code, "value": value}
                for (month, team, code), value in figures.items()
            ])

    # ------------------------------------------------------------------
    # Freezing
    # ------------------------------------------------------------------

    def action_confirm(self):
        """Freeze the figures; those of an earlier period are read now, for the last time."""
        draft = self.filtered(lambda baseline: baseline.state == "draft")
        draft.action_read()
        for baseline in draft:
            if not baseline.line_ids:
                raise UserError(self.env._(
                    "Baseline “%(baseline)s” has no figures yet. Enter or import the monthly "
                    "figures of the old system first.", baseline=baseline.name,
                ))
        draft.line_ids._check_company()
        draft.write({"state": "confirmed"})

    def _freeze_values(self):
        declared = self.env["crm.kpi"].search_fetch([], ["code", "declaration"])
        return {
            "state": "confirmed", "confirmed_by_id": self.env.uid,
            "confirmed_at": fields.Datetime.now(),
            "declarations": {kpi.code: kpi.declaration for kpi in declared},
        }

    @api.model
    def _about_it(self, name):
        """Whether a field says something about a frozen baseline without being part of it."""
        return name in ABOUT_IT or name.startswith(("message_", "activity_"))

    def write(self, vals):
        if any(baseline.state == "confirmed" for baseline in self) and not all(
            map(self._about_it, vals)
        ):
            raise UserError(self.env._(
                "Baseline “%(baseline)s” is frozen: nobody can change it. Duplicate it and "
                "correct the copy.",
                baseline=self.filtered(lambda baseline: baseline.state == "confirmed")[0].name,
            ))
        frozen = self._freeze_values() if vals.get("state") == "confirmed" else {}
        kept = {name: value for name, value in vals.items() if name not in FROZEN_BY}
        return super().write({**kept, **frozen})

    @api.model_create_multi
    def create(self, vals_list):
        # A baseline is born a draft, whatever a file or a program says.
        return super().create([
            {name: value for name, value in vals.items() if name not in FROZEN_BY}
            for vals in vals_list
        ])

    @api.ondelete(at_uninstall=False)
    def _unlink_except_frozen(self):
        for baseline in self.filtered(lambda baseline: baseline.state == "confirmed"):
            raise UserError(self.env._(
                "Baseline “%(baseline)s” is frozen and cannot be deleted. Archive it instead.",
                baseline=baseline.name,
            ))
