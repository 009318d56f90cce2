from odoo import api, fields, models

from ..models.delivery.crm_kpi_report_schedule import PERIODS
from ..tools.quartiles import FEWEST_PEOPLE, quartiles

COMPARED = ("call_count", "call_connected_count", "email_count", "meeting_count", "task_count",
            "won_count")


class CrmActivityComparison(models.TransientModel):
    """What somebody did, beside what the team did, of which no person is named or shown."""

    _name = "crm.activity.comparison"
    _description = "How I Compare"
    _rec_name = "period"
    _transient_max_hours = 1.0

    period = fields.Selection(PERIODS, required=True, default="last_30")
    line_ids = fields.One2many(
        "crm.activity.comparison.line", "comparison_id", compute="_compute_lines", store=True,
        readonly=True, compute_sudo=False,  # a stored field would be computed for a superuser
    )
    group_text = fields.Char(compute="_compute_group_text")

    @api.depends("period")
    def _compute_display_name(self):
        self.display_name = self.env._("How I Compare")

    @api.depends("period")
    def _compute_group_text(self):
        people, team = self._people()
        for comparison in self:
            if len(people) < FEWEST_PEOPLE:
                comparison.group_text = self.env._(
                    "Your company has fewer than %s salespeople, so only your own figures are "
                    "shown.", FEWEST_PEOPLE,
                )
            elif team:
                comparison.group_text = self.env._(
                    "Compared with the %(count)s people of %(team)s.",
                    count=len(people), team=team.display_name,
                )
            else:
                comparison.group_text = self.env._(
                    "Compared with the %s salespeople of your company; a smaller team would show "
                    "single people.", len(people),
                )

    @api.depends("period")
    def _compute_lines(self):
        for comparison in self:
            comparison.line_ids = [
                fields.Command.clear(),
                *(fields.Command.create(values) for values in comparison._lines()),
            ]

    def _lines(self):
        """:return: list of the values of the lines, one for each KPI"""
        if not self.period:
            return []
        figures = self.env["crm.kpi.figures"]
        own = figures._figures(COMPARED, self.period, {"user_id": self.env.uid}, compare=None)
        people, _team = self._people()
        done = self._done_by(people)
        return [
            {"name": figure["name"], "mine": figure["value"] or 0,
             "drills": {"mine": figures._drill_request(
                 figure["code"], self.period, {"user_id": self.env.uid})},
             **self._distribution([counts.get(figure["code"]) or 0 for counts in done])}
            for figure in own
        ]

    @api.model
    def _distribution(self, values):
        found = quartiles(values)
        if not found:
            return {"lower": False, "middle": False, "upper": False}
        return {"lower": found.lower, "middle": found.middle, "upper": found.upper}

    def _done_by(self, people):
        """:return: list of dicts of figures, one for each person, in no telling order"""
        # Only quartiles of all these people leave this model; nobody's own figure does.
        figures = self.env["crm.kpi.figures"].sudo()
        rows = figures._by(COMPARED, self.period, {"user_id": people.ids}, "user_id")
        found = {row["id"]: row for row in rows}
        return [found.get(person_id, {}) for person_id in people.ids]

    @api.model
    def _people(self):
        """The people to compare with: the team, or all salespeople when the team is too small.

        :return: ``(res.users, crm.team or an empty one)``
        """
        # Who belongs to which team is needed to count them; names are not shown.
        members = self.env["crm.team.member"].sudo().search([
            ("crm_team_id.company_id", "in", (False, self.env.company.id)),
            ("user_id.active", "=", True), ("user_id.company_id", "=", self.env.company.id),
        ])
        team = members.filtered(lambda member: member.user_id == self.env.user).crm_team_id[:1]
        people = members.filtered(lambda member: member.crm_team_id == team).user_id
        if len(people) >= FEWEST_PEOPLE:
            return people, team
        return members.user_id, team.browse()
