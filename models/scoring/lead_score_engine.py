"""Scores: one statement for all rules of a set and all leads of a batch."""

from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL, ormcache

from .lead_score_event import EVENT_MODELS, MORE_MODELS

STORED = ("lead_score_fit", "lead_score_engagement", "lead_score", "lead_grade", "is_hot")


class Crossing(NamedTuple):
    """Ids of leads whose score has just crossed the threshold, by direction."""

    hot: list
    cooled: list


class LeadScoreEngine(models.AbstractModel):
    _name = "crm.lead.score.engine"
    _inherit = ["crm.lead.score.plan", "crm.lead.score.memory"]
    _description = "Lead Scoring Engine"

    # ------------------------------------------------------------------
    # Which leads, as of when
    # ------------------------------------------------------------------

    @api.model
    def _scope_now(self, where, now=None):
        """SQL rows (id, moment, timezone, today) of leads as of now.

        :param where: SQL condition over the alias ``lead``
        :param now: naive UTC datetime; the clock when omitted
        """
        return self._scope(
            SQL("crm_lead lead"), SQL("%s::timestamp", now or self.env.cr.now()), where,
        )

    @api.model
    def _scope_at(self, moments):
        """The same of leads as of chosen moments.

        :param moments: ``{lead id: naive UTC datetime}``
        """
        return self._scope(
            SQL(
                """crm_lead lead JOIN unnest(%s::int[], %s::timestamp[]) AS past(id, moment)
                   ON past.id = lead.id""", list(moments), list(moments.values()),
            ),
            SQL("past.moment"), SQL("TRUE"),
        )

    @api.model
    def _scope(self, tables, moment, where):
        units = SQL(", ").join(
            SQL("(%s, %s)", company_id or 0, timezone)
            for company_id, timezone in self.env["res.company"]._kpi_timezones()
        )
        return SQL(
            """SELECT id, moment, timezone,
                      (moment AT TIME ZONE 'UTC' AT TIME ZONE timezone)::date AS today
               FROM (SELECT lead.id, %(moment)s AS moment,
                            COALESCE(unit.timezone, 'UTC') AS timezone
                     FROM %(tables)s
                     LEFT JOIN (VALUES %(units)s) AS unit(company_id, timezone)
                       ON unit.company_id = COALESCE(lead.company_id, 0)
                     WHERE %(where)s) AS chosen""",
            moment=moment, tables=tables, units=units, where=where,
        )

    # ------------------------------------------------------------------
    # Scores
    # ------------------------------------------------------------------

    @api.model
    def _scores_sql(self, set_id, scope, plan=None):
        """SQL rows of scores, without writing any.

        Columns: ``id``; ``points_<rule id>`` for each rule, NULL where it does not match;
        ``day_<rule id>``, the date its points fade from; ``lead_score_fit``,
        ``lead_score_engagement``, ``lead_score``, ``lead_grade``, ``is_hot``.

        :param set_id: id of the set whose rules and thresholds count; live or shadow
        :param scope: SQL of :meth:`_scope_now` or :meth:`_scope_at`
        :param plan: the compiled rules; those of the set by default
        """
        plan = plan or self._plan(set_id)
        facts = [
            SQL("%s AS %s", sql, SQL.identifier(f"{prefix}_{key}"))
            for prefix, parts in (("points", plan.points), ("day", plan.days))
            for key, sql in parts.items()
        ]
        totals = [
            SQL("floor(GREATEST(0, LEAST(100, %s)) + 0.5)::int AS %s",
                plan.totals[dimension], SQL.identifier(f"lead_score_{dimension}"))
            for dimension in ("fit", "engagement")
        ]
        # OFFSET 0 keeps PostgreSQL from copying the sums into each place that names them.
        return SQL(
            """SELECT total.*, %(grade)s
               FROM (SELECT fact.*, %(totals)s
                     FROM (WITH scope AS MATERIALIZED (%(scope)s)
                           SELECT %(columns)s FROM %(tables)s OFFSET 0) AS fact
                     OFFSET 0) AS total
               LEFT JOIN crm_team team ON team.id = total.team_id
               OFFSET 0""",
            grade=self._grade_sql(plan.thresholds), totals=SQL(", ").join(totals), scope=scope,
            columns=SQL(", ").join([SQL("crm_lead.id, crm_lead.team_id"), *facts]),
            tables=plan.tables,
        )

    @api.model
    def _scores_at(self, set_id, moments):
        """Scores of leads as of chosen moments, without writing any. Events count as they were
        known then; the fields of the lead are those of today.

        :param set_id: id of a rule set, live or shadow
        :param moments: ``{lead id: naive UTC datetime}``
        :return: list of dicts with the columns of :meth:`_scores_sql`
        """
        self._flush_facts()
        return self.env.execute_query_dict(self._scores_sql(set_id, self._scope_at(moments)))

    @api.model
    def _grade_sql(self, thresholds):
        def threshold(name):
            return SQL(
                "COALESCE(%s, %s)", SQL.identifier("team", f"score_{name}"), thresholds[name]
            )

        # Half a point counts: fit 57 and engagement 58 make 58.
        score = SQL("(lead_score_fit + lead_score_engagement + 1) / 2")
        return SQL(
            """%(score)s AS lead_score,
               CASE WHEN lead_score_fit >= %(a)s THEN 'A' WHEN lead_score_fit >= %(b)s THEN 'B'
                    ELSE 'C' END
               || CASE WHEN lead_score_engagement >= %(one)s THEN '1'
                       WHEN lead_score_engagement >= %(two)s THEN '2' ELSE '3' END AS lead_grade,
               %(score)s >= %(hot)s AS is_hot""",
            score=score, a=threshold("fit_a"), b=threshold("fit_b"),
            one=threshold("engagement_1"), two=threshold("engagement_2"), hot=threshold("hot"),
        )

    @api.model
    def _store_scores(self, set_id, scope, now=None):
        """Write the scores of open leads that have changed, in one statement.

        :return: :class:`Crossing`
        """
        moment = SQL("%s::timestamp", now or self.env.cr.now())
        return self._stored(self.env.execute_query(self._store_sql(set_id, scope, moment)))

    @api.model
    def _store_sql(self, set_id, scope, moment):
        # Days are for whoever reads the reasons.
        plan = self._plan(set_id)._replace(days={})
        return SQL(
            """WITH score AS MATERIALIZED (%(scores)s), changed AS (
                   UPDATE crm_lead lead SET (%(columns)s, lead_score_date) = (%(new)s, %(moment)s)
                   FROM score JOIN crm_lead old ON old.id = score.id
                   WHERE lead.id = score.id AND (%(stored)s) IS DISTINCT FROM (%(new)s)
                   RETURNING lead.id, lead.is_hot, old.is_hot AS was_hot, %(remembered)s
               ), kept AS (%(remember)s)
               SELECT id, is_hot, was_hot FROM changed""",
            scores=self._scores_sql(set_id, scope, plan), moment=moment,
            columns=SQL(", ").join(map(SQL.identifier, STORED)),
            remembered=self._remembered_columns(plan), remember=self._remember_sql(moment),
            new=SQL(", ").join(SQL.identifier("score", name) for name in STORED),
            stored=SQL(", ").join(SQL.identifier("lead", name) for name in STORED),
        )

    @api.model
    def _stored(self, rows):
        """:return: :class:`Crossing` of rows (lead id, is hot, was hot) that were written"""
        if rows:
            self.env["crm.lead"].invalidate_model([*STORED, "lead_score_date"], flush=False)
        return Crossing(
            [lead_id for lead_id, is_hot, was_hot in rows if is_hot and not was_hot],
            [lead_id for lead_id, is_hot, was_hot in rows if was_hot and not is_hot],
        )

    # ------------------------------------------------------------------
    # Sets and their leads
    # ------------------------------------------------------------------

    @api.model
    @ormcache()
    def _live_sets(self):
        """:return: tuple of ``(live rule set id, company id or False)``"""
        # Every lead is scored, whoever saves it; sets of other companies are not shown to him.
        sets = self.env["crm.lead.score.set"].sudo().search([("state", "=", "live")])
        return tuple((rule_set.id, rule_set.company_id.id) for rule_set in sets)

    @api.model
    def _set_of(self, company_id):
        """:return: id of the live set that scores the leads of a company (False: of none); None
            when there is no such set"""
        sets = {company: set_id for set_id, company in self._live_sets()}
        return sets.get(company_id, sets.get(False))

    @api.model
    def _is_scored(self, set_id):
        """:return: SQL condition over ``lead``: an open lead that this live set scores"""
        companies = dict(self._live_sets())
        if companies[set_id]:
            of_set = SQL("lead.company_id = %s", companies[set_id])
        else:
            own = [company_id for company_id in companies.values() if company_id]
            of_set = SQL("(lead.company_id IS NULL OR lead.company_id <> ALL(%s))", own)
        return SQL(
            "lead.active AND COALESCE(lead.won_status, 'pending') = 'pending' AND %s", of_set,
        )

    @api.model
    @ormcache()
    def _read_columns(self):
        """:return: frozenset of the columns of leads that live rules read"""
        return frozenset().union(*(self._plan(set_id).columns for set_id, _ in self._live_sets()))

    @api.model
    @ormcache()
    def _read_events(self):
        """:return: frozenset of the events that live rules count"""
        return frozenset().union(*(self._plan(set_id).events for set_id, _ in self._live_sets()))

    @api.model
    def _score_leads(self, ids, now=None):
        """Score these open leads by the live rules and store the result. Closed ones stay.

        :return: :class:`Crossing`
        """
        crossing = Crossing([], [])
        for set_id, _company_id in self._live_sets():
            where = SQL("lead.id = ANY(%s) AND %s", list(ids), self._is_scored(set_id))
            some = self._store_scores(set_id, self._scope_now(where, now), now)
            crossing.hot.extend(some.hot)
            crossing.cooled.extend(some.cooled)
        return crossing

    @api.model
    def _flush_facts(self):
        """Send to the database what scores are read from."""
        recorded = {*EVENT_MODELS.values(), *MORE_MODELS}
        for model in ("crm.lead", "crm.team", "res.partner", *sorted(recorded)):
            if model in self.env:
                self.env[model].flush_model()
