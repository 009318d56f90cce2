from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ...tools.rhythm import Rhythm

EVERY = [("weekly", "Week"), ("monthly", "Month"), ("quarterly", "Quarter")]
WEEKDAYS = [
    ("0", "Monday"), ("1", "Tuesday"), ("2", "Wednesday"), ("3", "Thursday"), ("4", "Friday"),
    ("5", "Saturday"), ("6", "Sunday"),
]
PERIODS = [
    ("last_week", "Last week"), ("this_week", "This week so far"), ("last_7", "Last 7 days"),
    ("last_month", "Last month"), ("this_month", "This month so far"),
    ("last_30", "Last 30 days"), ("last_quarter", "Last quarter"),
    ("this_quarter", "This quarter so far"), ("last_90", "Last 90 days"),
    ("this_year", "This year so far"), ("last_year", "Last year"),
    ("last_365", "Last 365 days"),
]
SCOPES = [
    ("company", "Whole company"), ("own", "Each recipient's own figures"),
    ("teams", "Some sales teams"), ("people", "Some salespeople"),
]
CONDITIONS = [
    ("always", "Always"),
    ("attention", "Only if a figure reached its threshold"),
    ("behind", "Only if a figure is behind its target"),
    ("threshold", "Only if one KPI is below or above a value"),
]
# Changed, the kit waits for the next moment: what is past is not sent afterwards.
RHYTHM_FIELDS = {"active", "every", "weekday", "month_day", "hour"}


class CrmKpiReportSchedule(models.Model):
    """A report kit: which figures whom reach when, as a mail with files."""

    _name = "crm.kpi.report.schedule"
    _inherit = ["crm.roi.company.mixin", "crm.kpi.report.words", "crm.kpi.report.sending"]
    _description = "Report Kit"
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean("Switched On", default=True)
    company_id = fields.Many2one(
        "res.company", "Company", required=True, index=True, ondelete="cascade",
        default=lambda self: self.env.company,
        help="The figures are those of this company, whichever company a recipient works in.",
    )
    owner_id = fields.Many2one(
        "res.users", "Owner", index="btree_not_null", ondelete="set null", copy=False,
        default=lambda self: self.env.user, domain="[('share', '=', False)]",
        help="May change the kit, as every sales manager may.",
    )
    note = fields.Text("Introduction", translate=True, help="Stands above the figures.")

    every = fields.Selection(EVERY, default="weekly", required=True)
    weekday = fields.Selection(WEEKDAYS, "Day", default="0", required=True)
    month_day = fields.Integer(
        "Day of the Month", default=1, required=True,
        help="1 to 28; of a quarter's first month in a quarterly kit.",
    )
    hour = fields.Float("Time", default=7.0, required=True)
    since = fields.Datetime(
        "Due Since", readonly=True, copy=False, default=lambda self: self.env.cr.now(),
        help="Moments before this one are not made up for.",
    )

    period = fields.Selection(PERIODS, "Figures of", default="last_week", required=True)
    kpi_ids = fields.Many2many(
        "crm.kpi", "crm_kpi_report_schedule_kpi_rel", "schedule_id", "kpi_id", "KPIs",
        help="A recipient who may not see a KPI gets the kit without it.",
    )
    main_kpi_id = fields.Many2one(
        "crm.kpi", "Main KPI", index="btree_not_null", ondelete="set null",
        help="Comes first and is the one that is drawn. Empty: the first of the KPIs.",
    )
    seed_kpis = fields.Char(readonly=True, copy=False, help="Codes to be filled in once.")
    scope = fields.Selection(SCOPES, "About", default="company", required=True)
    team_ids = fields.Many2many("crm.team", string="Sales Teams", check_company=True)
    person_ids = fields.Many2many(
        "res.users", "crm_kpi_report_schedule_person_rel", "schedule_id", "user_id",
        "Salespeople", domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )

    with_trend = fields.Boolean("Trend", default=True)
    with_teams = fields.Boolean("By Sales Team", default=True)
    with_people = fields.Boolean("By Salesperson", default=True)
    with_sources = fields.Boolean("By Source")
    with_selling = fields.Boolean(
        "How Selling Happens",
        help="How fast leads are answered, what moved in the pipeline, what people did for it, "
             "and where deals stall.")
    with_stages = fields.Boolean(
        "Pipeline by Stage", help="Open opportunities by the stage they are in when it is sent.")
    with_slipping = fields.Boolean(
        "Customers Slipping Away", help="Those with most at stake, as far as the recipient may "
                                        "see them.")

    with_xlsx = fields.Boolean("Workbook (XLSX)", default=True)
    with_pdf = fields.Boolean("PDF")

    condition = fields.Selection(CONDITIONS, "Send", default="always", required=True)
    condition_kpi_id = fields.Many2one(
        "crm.kpi", "If", index="btree_not_null", ondelete="cascade",
    )
    condition_operator = fields.Selection(
        [("below", "is below"), ("above", "is above")], "Comparison", default="below",
        required=True,
    )
    condition_value = fields.Float(
        "Value", digits=(16, 4), help="Percentages as fractions: 0.25 is 25 %.")

    recipient_ids = fields.One2many(
        "crm.kpi.report.recipient", "schedule_id", "Recipients", copy=True,
    )
    log_ids = fields.One2many("crm.kpi.report.log", "schedule_id", "Log", copy=False)

    _month_day_range = models.Constraint(
        "CHECK (month_day BETWEEN 1 AND 28)",
        "The day of the month of a report kit lies between 1 and 28, so that every month has it.",
    )
    _hour_range = models.Constraint(
        "CHECK (hour >= 0 AND hour < 23.999)",
        "The time of a report kit lies between 00:00 and 23:59.",
    )
    _condition_complete = models.Constraint(
        "CHECK (condition <> 'threshold' OR condition_kpi_id IS NOT NULL)",
        "A report kit that is sent only if a KPI is below or above a value needs this KPI. Choose "
        "it, or set “Send” to Always.",
    )

    @api.constrains("condition", "condition_kpi_id", "kpi_ids", "main_kpi_id")
    def _check_condition_kpi(self):
        for kit in self:
            kpi = kit.condition_kpi_id
            if kit.condition == "threshold" and kpi and kpi not in kit.kpi_ids | kit.main_kpi_id:
                raise ValidationError(self.env._(
                    "Report kit “%(kit)s” is sent only by the KPI “%(kpi)s”, which it does not "
                    "hold. Add it to the KPIs of the kit.", kit=kit.name, kpi=kpi.name,
                ))

    @api.constrains("scope", "team_ids", "person_ids")
    def _check_scope(self):
        for kit in self:
            if kit.scope == "teams" and not kit.team_ids:
                raise ValidationError(self.env._(
                    "Report kit “%(kit)s” is about some sales teams: choose them in “Sales Teams”, "
                    "or set “About” to Whole company.", kit=kit.name))
            if kit.scope == "people" and not kit.person_ids:
                raise ValidationError(self.env._(
                    "Report kit “%(kit)s” is about some salespeople: choose them in “Salespeople”, "
                    "or set “About” to Whole company.", kit=kit.name))

    # ------------------------------------------------------------------
    # Whose kit it is
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        kits = super().create(vals_list)
        kits._check_owner()
        return kits

    def write(self, vals):
        if RHYTHM_FIELDS & vals.keys():
            vals = {"since": self.env.cr.now(), **vals}
        result = super().write(vals)
        if "owner_id" in vals:
            self._check_owner()
        return result

    def _is_for_others(self):
        """Whether the user may make kits that others own or get."""
        return self.env.su or self.env.user.has_group("sales_team.group_sale_manager")

    def _check_owner(self):
        if not self._is_for_others() and self.owner_id - self.env.user:
            raise AccessError(self.env._(
                "You can make report kits for yourself. Ask a sales manager for a kit that belongs "
                "to somebody else."))

    # ------------------------------------------------------------------

    def _rhythm(self):
        self.ensure_one()
        return Rhythm(self.every, int(self.weekday), self.month_day, self.hour)

    @api.model
    def _fill_seed_kpis(self):
        """Give supplied kits their KPIs once the dictionary knows them; never a second time."""
        waiting = self.with_context(active_test=False).search([("seed_kpis", "!=", False)])
        for kit in waiting:
            codes = kit.seed_kpis.split(",")
            kit.kpi_ids |= self.env["crm.kpi"].with_context(active_test=False).search(
                [("code", "in", codes)])
            kit.main_kpi_id = kit.kpi_ids.filtered(lambda kpi, code=codes[0]: kpi.code == code)
            kit.seed_kpis = False
