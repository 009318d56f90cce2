"""Closed leads as arrays, each scored as of a moment before its outcome."""

from datetime import timedelta
from typing import NamedTuple

import numpy as np

from odoo import api, models
from odoo.tools import SQL

from ...tools.period import day_start

# The latest ones: more would not make the intervals visibly narrower.
MOST_LEADS = 50_000


class Sample(NamedTuple):
    """Closed leads, one value for each in every array.

    ``moments``, ``closed``: when it is looked at, and when it was closed (UTC); ``won``: 1 or 0;
    ``early``: number of leads closed before they would have been looked at, which are not here;
    ``is_cut``: there were more than are looked at
    """

    ids: np.ndarray
    moments: np.ndarray
    closed: np.ndarray
    won: np.ndarray
    early: int
    is_cut: bool

    def moment_of(self):
        """:return: ``{lead id: naive UTC datetime}``"""
        return dict(zip(self.ids.tolist(), self.moments.tolist(), strict=True))


class Scored(NamedTuple):
    """Scores of a sample: ``score``, ``grade`` and, by rule id, the share of its points."""

    score: np.ndarray
    grade: np.ndarray
    matches: dict


class LeadScoreSample(models.AbstractModel):
    _name = "crm.lead.score.sample"
    _inherit = ["crm.lead.score.engine", "crm.lead.score.past"]
    _description = "Closed Leads to Test Scores On"

    @api.model
    def _closed_leads(self, company, team, date_from, date_to, after_days):
        """Leads that a company won or lost.

        :param team: a team, or an empty record for all
        :param date_from, date_to: first and last local day on which they were closed
        :param after_days: age in days at which each is looked at
        :return: :class:`Sample`, ordered by id
        """
        rows = self.env.execute_query(SQL(
            """SELECT id, create_date + make_interval(days => %(days)s), date_closed,
                      (won_status = 'won')::int
               FROM crm_lead
               WHERE won_status IN ('won', 'lost') AND %(company)s AND %(team)s
                 AND date_closed >= %(start)s AND date_closed < %(end)s
               ORDER BY date_closed DESC, id DESC LIMIT %(limit)s""",
            days=after_days, company=self._of_company(company),
            team=SQL("team_id = %s", team.id) if team else SQL("TRUE"),
            start=self._day_start(company, date_from),
            end=self._day_start(company, date_to + timedelta(days=1)), limit=MOST_LEADS + 1,
        ))
        known = sorted(row for row in rows[:MOST_LEADS] if row[1] < row[2])
        ids, moments, closed, won = zip(*known, strict=True) if known else ((), (), (), ())
        return Sample(
            np.array(ids, dtype=int), np.array(moments, dtype="datetime64[us]"),
            np.array(closed, dtype="datetime64[us]"), np.array(won, dtype=int),
            early=len(rows[:MOST_LEADS]) - len(known), is_cut=len(rows) > MOST_LEADS,
        )

    @api.model
    def _day_start(self, company, day):
        return day_start(day, company._kpi_timezone())

    @api.model
    def _of_company(self, company):
        """SQL condition: the company's leads; those of no company follow the main company."""
        if company == company._kpi_main_company():
            return SQL("(company_id = %s OR company_id IS NULL)", company.id)
        return SQL("company_id = %s", company.id)

    @api.model
    def _scored(self, rule_set, rules, sample, as_then=True):
        """Scores of a sample by some rules of a set, under the set's thresholds.

        :param as_then: with the leads as they were; otherwise as they look today. What happened
            on them counts up to the moment in both
        :return: :class:`Scored`
        """
        moments = sample.moment_of()
        plan = self._compile(rule_set.id, rules)
        working = [rule for rule in rules if rule.id in plan.points]
        columns = SQL(", ").join(SQL.identifier(name) for name in (
            "id", "lead_score", "lead_grade", *(f"points_{rule.id}" for rule in working)
        ))
        statement = SQL(
            "SELECT %s FROM (%s) AS score ORDER BY id",
            columns, self._scores_sql(rule_set.id, self._scope_at(moments), plan),
        )
        if as_then:
            statement = SQL(
                "WITH crm_lead AS MATERIALIZED (%s) %s", self._past_leads(moments), statement,
            )
        rows = self.env.execute_query(statement) if moments else []
        columns = list(zip(*rows, strict=True)) or [()] * (3 + len(working))
        return Scored(
            np.array(columns[1], dtype=float), np.array(columns[2], dtype=object),
            {rule.id: _share(points, rule.points)
             for rule, points in zip(working, columns[3:], strict=True)},
        )

    @api.model
    def _past_stages(self, sample):
        """What Odoo's probability reads and tracking remembers.

        :return: ``{lead id: {"stage_id", "team_id", "email_state", "phone_state": value}}``
        """
        moments = sample.moment_of()
        if not moments:
            return {}
        rows = self.env.execute_query_dict(SQL(
            """WITH crm_lead AS MATERIALIZED (%s)
               SELECT id, stage_id, team_id, email_state, phone_state FROM crm_lead""",
            self._past_leads(moments),
        ))
        return {row.pop("id"): row for row in rows}


def _share(points, full):
    """Share of a rule's points: 0 where it does not match, 1 where they have not faded."""
    if not full:
        return np.array([point is not None for point in points], dtype=float)
    return np.array([0.0 if point is None else point / full for point in points])
