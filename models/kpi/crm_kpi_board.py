from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.report_period import CALENDAR, ONE_DAY, ReportPeriod
from ..base.optional_number import OptionalFloat
from .crm_kpi_target_standing import STATUSES

# What the board shows until a manager chooses otherwise.
KEY_FIGURES = (
    "lead_count", "qualification_rate", "win_rate", "won_revenue", "average_deal_size",
    "average_cycle_days", "open_revenue", "weighted_revenue", "overdue_rate", "sales_velocity",
    "order_revenue", "order_margin", "margin_rate", "new_customer_count", "active_customer_count",
    "retention_rate", "hot_lead_count", "customer_acquisition_cost", "cost_per_lead",
    "revenue_to_cost",
    # How selling happens.
    "stage_entry_count", "reopened_count", "first_response_service_level",
    "first_response_hours_average", "first_response_unanswered_rate", "call_count",
    "meeting_count", "activities_per_won",
)
DEFAULT_PERIOD = "this_month"
SCOPE_CONTEXT = {"team_id": "kpi_team", "user_id": "kpi_user", "source_id": "kpi_source"}
BOARD_CONTEXT = ("kpi_period", "kpi_compare", "kpi_stock", *SCOPE_CONTEXT.values(),
                 "allowed_company_ids", "company", "lang", "uid")
SPARK_STEPS = 12
TEXTS = ("value_text", "change_text", "change_note", "target_text", "pace_text", "benchmark_text",
         "basis_text")


class CrmKpi(models.Model):
    """The KPI board: figures of a period and scope that the search bar puts into the context.

    ``kpi_period`` is a key of :class:`ReportPeriod`, ``kpi_team``, ``kpi_user`` and ``kpi_source``
    are ids, ``kpi_compare`` says with what to compare, ``kpi_stock`` how levels are read.
    """

    _inherit = "crm.kpi"

    is_key = fields.Boolean(
        "Key Figure", help="Shown on the KPI board when it is opened.",
    )
    scope_team_id = fields.Many2one(
        "crm.team", "Sales Team", compute="_compute_scope", search="_search_scope"
    )
    scope_user_id = fields.Many2one(
        "res.users", "Salesperson", compute="_compute_scope", search="_search_scope"
    )
    scope_source_id = fields.Many2one(
        "utm.source", "Lead Source", compute="_compute_scope", search="_search_scope"
    )
    period_text = fields.Char("Period", compute="_compute_board")
    value_text = fields.Char("Value", compute="_compute_board")
    change_text = fields.Char("Change", compute="_compute_board")
    change_note = fields.Char("Compared with", compute="_compute_board")
    trend = fields.Selection(
        [("better", "Better"), ("worse", "Worse")], compute="_compute_board"
    )
    status = fields.Selection(STATUSES, compute="_compute_board")
    attainment = OptionalFloat("Reached", compute="_compute_board", aggregator=None)
    target_text = fields.Char("Target", compute="_compute_board")
    pace_text = fields.Char("Pace", compute="_compute_board")
    benchmark_text = fields.Char("Benchmark of Others", compute="_compute_board")
    basis_text = fields.Char(
        "Rests on", compute="_compute_board",
        help="Number of records (n) and 95 % interval: so much may be chance.",
    )
    sparkline = fields.Json("Course", compute="_compute_sparkline")

    # ------------------------------------------------------------------
    # Which figures
    # ------------------------------------------------------------------

    @api.model
    def _sync(self):
        result = super()._sync()
        # Runs at the end of an installation or upgrade; a manager's choice is never NULL.
        self.flush_model(["is_key"])
        self.env.execute_query(SQL(
            "UPDATE crm_kpi SET is_key = code = ANY(%s) WHERE is_key IS NULL RETURNING id",
            list(KEY_FIGURES),
        ))
        self.invalidate_model(["is_key"])
        return result

    @api.model
    def _board_period(self):
        return self.env["crm.kpi.figures"]._period(
            self.env.context.get("kpi_period") or DEFAULT_PERIOD)

    @api.model
    def _board_scope(self):
        """:return: scope of the figures service, from the context"""
        scope = {name: self.env.context[key] for name, key in SCOPE_CONTEXT.items()
                 if self.env.context.get(key)}
        if scope.get("user_id") == "me":
            scope["user_id"] = self.env.uid
        return {**scope, "company_ids": self.env.companies.ids}

    @api.depends_context(*SCOPE_CONTEXT.values())
    def _compute_scope(self):
        for name in SCOPE_CONTEXT:
            ids = self.env["crm.kpi.figures"]._scope_ids(self._board_scope().get(name))
            # Several cannot be named in one field.
            self[f"scope_{name}"] = ids[0] if len(ids) == 1 else False

    @api.model
    def _search_scope(self, operator, value):
        """A scope chooses figures, not KPIs: every KPI has one."""
        return []

    # ------------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------------

    @api.model
    def _read_group(self, domain, groupby=(), aggregates=(), *args, **kwargs):
        """Themes in the order of the sales process, not of their names."""
        rows = super()._read_group(domain, groupby, aggregates, *args, **kwargs)
        if list(groupby) != ["theme"]:
            return rows
        order = [theme for theme, _label in self._fields["theme"]._description_selection(self.env)]
        return sorted(rows, key=lambda row: order.index(row[0]) if row[0] else len(order))

    @api.depends("code")
    @api.depends_context(*BOARD_CONTEXT)
    def _compute_board(self):
        Figures = self.env["crm.kpi.figures"]
        period, today = self._board_period(), Figures._today()
        compare = self.env.context.get("kpi_compare") or "previous"
        note = self.env._("vs. %s", Figures._short_period_text(period.compared(today, compare)))
        figures = {
            figure["code"]: figure for figure in Figures._figures(
                self.mapped("code"), period, self._board_scope(), compare)
        }
        for kpi in self:
            values = {**dict.fromkeys(TEXTS, False), "trend": False, "status": False,
                      "attainment": False, "period_text": Figures._period_text(period)}
            if kpi.code in figures:
                values.update(kpi._board_values(figures[kpi.code], period.is_running(today)))
                values["change_note"] = figures[kpi.code]["change_kind"] != "none" and note
            kpi.update(values)

    def _board_values(self, figure, is_running):
        Figures, code = self.env["crm.kpi.figures"], self.code
        values = {
            "value_text": figure["error"] or Figures._text(code, figure["value"]),
            "change_text": Figures._change_text(figure),
            "trend": {True: "better", False: "worse", None: False}[figure["improved"]],
            "status": figure["status"],
            "pace_text": Figures._pace_text(figure["pace"], is_running),
            "basis_text": figure["value"] is not None and Figures._basis_text(figure),
        }
        if figure["target"] is not None:
            reached = figure["attainment"]
            values["attainment"] = False if reached is None else reached
            values["target_text"] = self.env._(
                "%(share)s of %(target)s", share=Figures._share_text(reached),
                target=Figures._text(code, figure["target"]))
        if figure["benchmark"] is not None:
            values["benchmark_text"] = self.env._(
                "%(value)s: %(source)s", value=Figures._text(code, figure["benchmark"]),
                source=figure["benchmark_source"])
        return values

    @api.depends("code")
    @api.depends_context(*BOARD_CONTEXT)
    def _compute_sparkline(self):
        Figures = self.env["crm.kpi.figures"]
        step, window = self._spark_window()
        series = Figures._series(self.mapped("code"), window, self._board_scope(), step)
        for kpi in self:
            points = series.get(kpi.code) or []
            kpi.sparkline = kpi._spark(points, step) if any(
                value is not None for _day, value in points) else False

    @api.model
    def _spark_window(self):
        """The twelve weeks or months that end with the period."""
        period = self._board_period()
        step = "week" if period.days <= CALENDAR["week"].days else "month"
        Figures = self.env["crm.kpi.figures"]
        last = period.elapsed(Figures._today()).stop
        current = ReportPeriod.of(f"this_{step}", last - ONE_DAY, Figures._week_start())
        return step, ReportPeriod(current.first - CALENDAR[step] * (SPARK_STEPS - 1), last)

    def _spark(self, points, step):
        """A small chart: ``values``, ``texts`` (what is said of each) and ``label``."""
        Figures = self.env["crm.kpi.figures"]
        days = [ReportPeriod(day, day + CALENDAR[step], step) for day, _value in points]
        texts = [
            f"{Figures._period_text(day)}: {Figures._text(self.code, value)}"
            for day, (_day, value) in zip(days, points, strict=True)
        ]
        return {
            "values": [value for _day, value in points], "texts": texts,
            "label": self.env._("%(kpi)s. First %(first)s, last %(last)s", kpi=self.name,
                                first=texts[0], last=texts[-1]),
            "is_running": days[-1].is_running(Figures._today()),
        }

    # ------------------------------------------------------------------
    # What is behind
    # ------------------------------------------------------------------

    @api.model
    def _board_action(self):
        """The board as a window action; who sees only own figures begins with those."""
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_roi.crm_kpi_board_action")
        context = {"search_default_this_month": 1, "search_default_key": 1}
        if not self.env.user.has_group("sales_team.group_sale_salesman_all_leads"):
            context["search_default_mine"] = 1
        if not self.env["crm.kpi.snapshot"].search_count([], limit=1):
            action["domain"] = [("id", "=", False)]
        return {**action, "context": context}

    def _board_domain(self):
        """Domain on the snapshots of the board's period and scope, as a list."""
        Figures = self.env["crm.kpi.figures"]
        period = self._board_period()
        scope = Figures._scope_domain(self._board_scope())
        return [("day", ">=", str(period.first)), ("day", "<", str(period.stop)), *scope]

    @api.readonly
    def action_open_records(self):
        """:return: window action of the records behind the figure"""
        self.ensure_one()
        return self.env["crm.kpi.snapshot"].action_drill(self.code, self._board_domain())

    @api.readonly
    def action_open_pivot(self):
        """:return: window action of the pivot with this KPI alone"""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_roi.crm_kpi_snapshot_action")
        context = {"pivot_measures": [self.code], "graph_measure": self.code}
        if self.env.context.get("kpi_stock"):
            context["kpi_stock"] = self.env.context["kpi_stock"]
        return {**action, "name": self.name, "domain": self._board_domain(), "context": context}
