from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmRoiBaseline(models.Model):
    """Monthly figures from before a change, to compare later ones with.

    Once confirmed it is frozen: neither a user nor a program changes it or its figures, and later
    changes of leads and orders do not move it. A mistake is mended in a copy.
    """

    _name = "crm.roi.baseline"
    _description = "ROI Baseline"
    _inherit = ["mail.thread"]
    _order = "date_from desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", "Company", required=True, index=True, ondelete="restrict",
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(
        "res.currency", "Currency", compute="_compute_currency_id", store=True, precompute=True,
        help="Currency of the amounts: the company's when the baseline was made.",
    )
    kind = fields.Selection(
        [("imported", "Figures of the old system"), ("period", "Earlier period of this CRM")],
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
    line_count = fields.Integer("Number of Figures", compute="_compute_line_count")
    month_count = fields.Integer("Months", compute="_compute_line_count")
    comparability = fields.Text(
        "To Bear in Mind", compute="_compute_comparability",
        help="What to bear in mind when later figures are compared with these.",
    )
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
        for baseline in self:
            baseline.currency_id = baseline.currency_id or baseline.company_id.currency_id

    @api.depends("line_ids.month")
    def _compute_line_count(self):
        for baseline in self:
            baseline.line_count = len(baseline.line_ids)
            baseline.month_count = len(set(baseline.line_ids.mapped("month")))

    @api.depends("line_ids.month", "line_ids.value", "date_from", "date_to")
    def _compute_comparability(self):
        self.comparability = False

    # ------------------------------------------------------------------
    # Freezing
    # ------------------------------------------------------------------

    def action_confirm(self):
        """Freeze the figures; those of an earlier period are read now, for the last time."""
        for baseline in self:
            if not baseline.line_ids:
                raise UserError(self.env._(
                    "Baseline “%(baseline)s” has no figures yet. Enter or read them first.",
                    baseline=baseline.display_name,
                ))
        self.filtered(lambda baseline: baseline.state == "draft").write({
            "state": "confirmed", "confirmed_by_id": self.env.uid,
            "confirmed_at": fields.Datetime.now(),
        })
