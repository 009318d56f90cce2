"""Salespeople and their figures as arrays, read from the KPI snapshots."""

from datetime import timedelta
from typing import NamedTuple

from odoo import models

# Days of a month that a person was seen in, as weeks.
WEEKS_A_MONTH = 365.25 / 12 / 7
CLOSED, LEADS = "closed_count", "lead_count"


class Sample(NamedTuple):
    """Points, one for each person or for each quarter of a person.

    ``people``: user id of each point; ``blocks``: inside what outcomes may be exchanged, a label
    for each point, or None; ``values``: ``{KPI code: [number or None]}``, habits already
    per week, lead or deal; ``closed``: closed deals behind each point; ``left_out``: points with
    too few of them
    """

    people: list
    blocks: list | None
    values: dict
    closed: list
    left_out: int

    def both(self, habit, outcome):
        """:return: ``(places of points that have both figures)``"""
        pairs = zip(self.values[habit], self.values[outcome], strict=True)
        return [place for place, pair in enumerate(pairs) if None not in pair]


class WinningSample(models.AbstractModel):
    _name = "crm.winning.sample"
    _description = "Figures of Salespeople"

    def _sample(self, analysis):
        """:return: :class:`Sample`, with the rights of the current user"""
        habits = analysis.habit_ids.mapped("code")
        codes = list(dict.fromkeys([*habits, *analysis.outcome_ids.mapped("code"), CLOSED, LEADS]))
        is_within = analysis.question == "within"
        by = ["user_id", "day:quarter"] if is_within else ["user_id"]
        weeks = self._weeks(analysis, codes)
        people, closed, left_out = [], [], 0
        values = {code: [] for code in codes}
        for key, figures in self._figures(analysis, codes, by).items():
            deals = figures[CLOSED]["value"] or 0
            if not key[0] or deals < analysis.min_closed:
                left_out += bool(key[0]) and any(f["value"] for f in figures.values())
                continue
            people.append(key[0].id)
            closed.append(deals)
            size = {"week": weeks[key], "lead": figures[LEADS]["value"], "deal": deals}
            for code in codes:
                value = figures[code]["value"]
                if code in habits:
                    value = self._per(code, value, size[analysis.per])
                values[code].append(value)
        return Sample(people, self._blocks(analysis, people), values, closed, left_out)

    def _blocks(self, analysis, people):
        if analysis.question == "between":
            return None
        if analysis.question == "within":
            return people
        teams = self._teams(analysis)
        return [teams[user] for user in people]

    def _teams(self, analysis):
        """:return: ``{user id: id of the team in which most of the deals were closed}``"""
        figures = self._figures(analysis, [CLOSED], ["user_id", "team_id"])
        closed = sorted(
            (row[CLOSED]["value"] or 0, team.id, user.id) for (user, team), row in figures.items()
        )
        return {user: team for _count, team, user in closed}

    def _per(self, code, value, size):
        """A habit that is a sum grows with time and work; a share or average does not."""
        if self.env["crm.kpi.snapshot"]._kpi_kind(code) != "flow":
            return value
        return (value or 0) / size if size else None

    def _figures(self, analysis, codes, groupby):
        # Leads without a company belong to every view of the house.
        domain = [("company_id", "in", [*self.env.companies.ids, False])]
        if analysis.team_id:
            domain.append(("team_id", "=", analysis.team_id.id))
        return self.env["crm.kpi"]._values(
            codes, analysis.date_from, analysis.date_to + timedelta(days=1), domain, groupby,
        )

    def _weeks(self, analysis, codes):
        """:return: ``{group: weeks of the months in which the person had any figure}``"""
        groups = ["user_id", "day:month"]
        is_within = analysis.question == "within"
        found = {}
        for (user, month), figures in self._figures(analysis, codes, groups).items():
            if any(figure["value"] for figure in figures.values()):
                key = (user, self._quarter(month)) if is_within else (user,)
                found[key] = found.get(key, 0.0) + WEEKS_A_MONTH
        return found

    def _quarter(self, month):
        return month.replace(month=month.month - (month.month - 1) % 3)

    def _wins(self, analysis):
        """:return: ``{user: (won deals, closed deals)}`` of everybody who closed a deal"""
        figures = self._figures(analysis, ["won_count", CLOSED], ["user_id"])
        return {
            user: (row["won_count"]["value"] or 0, row[CLOSED]["value"])
            for (user,), row in figures.items() if user and row[CLOSED]["value"]
        }

    def _confounders(self, analysis, sample):
        """What may stand behind an association of people.

        :return: ``{"tenure" or "volume" or "quality": [number or None for each point]}``
        """
        leads = self._figures(analysis, [LEADS, "average_lead_score"], ["user_id"])
        by_user = {user.id: row for (user,), row in leads.items()}
        first = dict(self.env["crm.lead"].with_context(active_test=False)._read_group(
            [("user_id", "in", sample.people), ("date_closed", "!=", False)],
            ["user_id"], ["date_closed:min"],
        ))
        first = {user.id: moment for user, moment in first.items()}
        end = analysis.date_to
        return {
            "tenure": [
                (end - first[user].date()).days if user in first else None
                for user in sample.people
            ],
            "volume": [by_user[user][LEADS]["value"] for user in sample.people],
            "quality": [by_user[user]["average_lead_score"]["value"] for user in sample.people],
        }
