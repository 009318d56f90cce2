from odoo import api, fields, models

from ..models.delivery.crm_kpi_report_schedule import PERIODS
from ..tools.places import places

DEFAULT_KPI = "won_count"
ALL_DOCUMENTS = "sales_team.group_sale_salesman_all_leads"


class CrmSalesRace(models.TransientModel):
    """A friendly leaderboard: places of salespeople by one KPI, and how they have moved.

    Who may see only his own documents sees his own place among how many, unless the company lets
    salespeople see each other's activities.
    """

    _name = "crm.sales.race"
    _description = "Sales Race"
    _rec_name = "period"
    _transient_max_hours = 1.0

    period = fields.Selection(PERIODS, required=True, default="this_month")
    kpi_id = fields.Many2one(
        "crm.kpi", "KPI", required=True, ondelete="cascade",
        domain=[("kind", "in", ("flow", "formula")), ("better", "!=", "none")],
        default=lambda self: self.env["crm.kpi"].search([("code", "=", DEFAULT_KPI)], limit=1),
    )
    line_ids = fields.One2many(
        "crm.sales.race.line", "race_id", compute="_compute_lines", store=True, readonly=True,
        compute_sudo=False,  # a stored field would be computed for a superuser
    )
    is_off = fields.Boolean(compute="_compute_is_off")

    @api.depends("period")
    def _compute_display_name(self):
        self.display_name = self.env._("Sales Race")

    @api.depends("period")
    def _compute_is_off(self):
        self.is_off = self.env.company.sales_race_off

    @api.depends("period", "kpi_id")
    def _compute_lines(self):
        for race in self:
            race.line_ids = [
                fields.Command.clear(),
                *(fields.Command.create(values) for values in race._lines()),
            ]

    def _lines(self):
        """:return: list of the values of the lines the reader may see, best first"""
        code = self.kpi_id.code
        if not self.period or not code or self.env.company.sales_race_off:
            return []
        now, before = self._results()
        better = self.kpi_id.better
        place, earlier = places(now, better), places(before, better)
        people = sorted(place, key=lambda user: (place[user], user.name))
        if not self._sees_everybody():
            people = [user for user in people if user == self.env.user]
        return [{
            "user_id": user.id, "place": place[user], "runners": len(place),
            "value_text": self.kpi_id._text(now[user]),
            "move_text": self._move_text(place[user], earlier.get(user)),
            "is_me": user == self.env.user,
            "drills": {"value_text": now[user] is not None and self.env[
                "crm.kpi.figures"]._drill_request(code, self.period, {"user_id": user.id})},
        } for user in people]

    def _results(self):
        """Results of all people of sales teams, in the period and the same days of the one before.

        :return: two dicts ``{res.users: number or None}``
        """
        Figures = self.env["crm.kpi.figures"]
        # Places are among all people; what the reader may not see is cut off in _lines.
        everybody = Figures.sudo()
        today, period = Figures._today(), Figures._period(self.period)
        # Who takes part; their names are shown only to who may see them.
        members = self.env["crm.team.member"].sudo().search([
            ("crm_team_id.company_id", "in", (False, self.env.company.id)),
            ("user_id.active", "=", True), ("user_id.company_id", "=", self.env.company.id),
        ]).user_id.sudo(False)
        # The KPI itself must be one that the reader may see.
        code = Figures._kpis([self.kpi_id.code]).code
        results = []
        for span in (period, period.compared(today)):
            rows = everybody._by([code], span, {"user_id": members.ids}, "user_id") if code else []
            found = {row["id"]: row[code] for row in rows}
            results.append({user: found.get(user.id) for user in members})
        return results

    def _sees_everybody(self):
        # The company shares what people did, not what they sold.
        is_shared = self.env.company.activity_shared and self.kpi_id.theme == "activities"
        return is_shared or self.env.user.has_group(ALL_DOCUMENTS)

    def _move_text(self, place, earlier):
        if earlier is None:
            return self.env._("new")
        if earlier == place:
            return "="
        return f"▲ {earlier - place}" if earlier > place else f"▼ {place - earlier}"
