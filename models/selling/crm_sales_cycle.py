from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...tools.chart import Chart, Series
from ..base.optional_number import OptionalFloat


class CrmSalesCycle(models.Model):
    """How long opportunities take to be won or lost, computed every night.

    One row for a company, one for each of its teams and one for each salesperson.
    """

    _name = "crm.sales.cycle"
    _inherit = ["crm.machine.written"]
    _description = "Sales Cycle"
    _order = "company_id, level, started_count desc, id"
    _rec_names_search = ["team_id", "user_id"]
    _log_access = False

    company_id = fields.Many2one("res.company", readonly=True, index=True, ondelete="cascade")
    level = fields.Selection(
        [("1_company", "Company"), ("2_team", "Sales Team"), ("3_user", "Salesperson")],
        readonly=True, required=True,
    )
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True, ondelete="cascade")
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True, ondelete="cascade")
    computed_at = fields.Datetime("Computed On", readonly=True)
    started_count = fields.Integer(
        "Opportunities", readonly=True, aggregator=None,
        help="Opportunities that began in the last three years.",
    )
    won_count = fields.Integer("Won", readonly=True, aggregator=None)
    lost_count = fields.Integer("Lost", readonly=True, aggregator=None)
    open_count = fields.Integer("Open", readonly=True, aggregator=None)
    mean_won_days = OptionalFloat(
        "Mean Days to Win", readonly=True, aggregator=None, help="Of won opportunities.",
    )
    quarter_won_days = OptionalFloat(
        "A Quarter Won Within", readonly=True, aggregator=None, help="Days; of won opportunities.",
    )
    median_won_days = OptionalFloat(
        "Half Won Within", readonly=True, aggregator=None, help="Days; of won opportunities.",
    )
    most_won_days = OptionalFloat(
        "Three Quarters Won Within", readonly=True, aggregator=None,
        help="Days; of won opportunities.",
    )
    closed_days = OptionalFloat(
        "Half Closed Within, Closed Only", readonly=True, aggregator=None,
        help="Median days of those that were won or lost. Too low: whoever is still open is "
             "missing, and the slow ones are still open.",
    )
    close_days = OptionalFloat(
        "Half Closed Within", readonly=True, aggregator=None,
        help="Days after which half of all are won or lost, those still open included "
             "(Kaplan-Meier). Empty: less than half, however long one has watched.",
    )
    close_low = OptionalFloat("From", readonly=True, aggregator=None)
    close_high = OptionalFloat(
        "To", readonly=True, aggregator=None, help="95 % confidence interval.",
    )
    win_share = OptionalFloat(
        "Won After Half a Year", readonly=True, aggregator=None, digits=(6, 4),
        help="Share of all that are won within 180 days, lost ones being out of the race "
             "(Aalen-Johansen).",
    )
    win_low = OptionalFloat("At Least", readonly=True, aggregator=None, digits=(6, 4))
    win_high = OptionalFloat(
        "At Most", readonly=True, aggregator=None, digits=(6, 4), help="95 % confidence interval.",
    )
    curve = fields.Json(
        readonly=True, help="Rows of days, won, its limits, lost, still watched.",
    )
    chart = fields.Json("Won and Lost by Age", compute="_compute_chart")
    summary = fields.Text("In Words", compute="_compute_summary")

    @api.depends("level", "company_id", "team_id", "user_id")
    def _compute_display_name(self):
        for cycle in self:
            whose = {"2_team": cycle.team_id, "3_user": cycle.user_id}.get(
                cycle.level, cycle.company_id)
            cycle.display_name = whose.display_name

    @api.depends("curve")
    @api.depends_context("lang")
    def _compute_chart(self):
        for cycle in self:
            cycle.chart = cycle._chart() if cycle.curve else False

    def _chart(self):
        columns = list(zip(*self.curve, strict=True))
        days, won, low, high, lost, _at_risk = columns
        return Chart(
            "lines", [str(day) for day in days],
            [Series(self.env._("Won, %"), _percent(won), "gain", _percent(low), _percent(high)),
             Series(self.env._("Lost, %"), _percent(lost), "cost")],
            label_title=self.env._("Days since the opportunity began"),
            text=self.env._(
                "Share of all opportunities won and lost by their age. Those still open count for "
                "as long as they were watched."),
            limit_labels=(self.env._("at least"), self.env._("at most")),
        ).as_json(False)

    @api.depends("started_count", "close_days", "closed_days", "win_share")
    @api.depends_context("lang")
    def _compute_summary(self):
        for cycle in self:
            cycle.summary = "\n".join(filter(None, [cycle._close_text(), cycle._win_text()]))

    def _close_text(self):
        if not self.close_days:
            return self.env._(
                "Less than half of the %(count)s opportunities have been won or lost, however "
                "long one has watched.", count=self.started_count,
            )
        days = self.env["crm.kpi"]._unit_text
        return self.env._(
            "Half of the %(count)s opportunities are won or lost within %(days)s (95 %% interval "
            "%(low)s to %(high)s). Of the closed ones alone it would be %(closed)s, which leaves "
            "out those that take long.", count=self.started_count,
            days=days("days", self.close_days),
            low=days("days", self.close_low) if self.close_low else self.env._("unknown"),
            high=days("days", self.close_high) if self.close_high else self.env._("unknown"),
            closed=days("days", self.closed_days),
        )

    def _win_text(self):
        if self.win_share is False:
            return None
        share = self.env["crm.kpi"]._unit_text
        text = self.env._("Within half a year %s are won", share("percent", self.win_share))
        if self.win_low is not False:
            text += " " + self.env._(
                "(95 %% interval %(low)s to %(high)s)",
                low=share("percent", self.win_low), high=share("percent", self.win_high),
            )
        return text + "."

    def _refuse_manual_change(self):
        raise AccessError(self.env._(
            "“%s” is computed every night and cannot be created, changed or deleted. Correct the "
            "opportunities instead.", self._description,
        ))


def _percent(shares):
    return [None if share is None else round(100 * share, 1) for share in shares]
