"""Scoring of few leads while somebody waits: PostgreSQL plans the statement once a connection."""

from hashlib import md5

from odoo import api, models
from odoo.tools import SQL, ormcache

from .lead_score_engine import Crossing


class LeadScorePrepared(models.AbstractModel):
    """Planning takes ten times as long as scoring one lead: the plan is kept and reused."""

    _name = "crm.lead.score.prepared"
    _inherit = ["crm.lead.score.engine"]
    _description = "Prepared Lead Scoring"

    @api.model
    @ormcache("set_id")
    def _prepared(self, set_id):
        """:return: ``(name, text)`` of the statement that scores the leads ``$1`` as of ``$2``"""
        scope = self._scope(
            SQL("crm_lead lead"), SQL("$2::timestamp"),
            SQL("lead.id = ANY($1::int[]) AND %s", self._is_scored(set_id)),
        )
        sql = self._store_sql(set_id, scope, SQL("$2::timestamp"))
        text = self.env.cr.mogrify(sql.code, sql.params).decode()
        return f"crm_roi_score_{md5(text.encode()).hexdigest()}", text

    @api.model
    def _score_few(self, ids, milliseconds, now=None):
        """Like ``_score_leads``, within a time limit; to be called inside a savepoint.

        :return: :class:`~.lead_score_engine.Crossing`
        """
        crossing = Crossing([], [])
        for set_id, _company_id in self._live_sets():
            name, text = self._prepared(set_id)
            limit, mode, is_known = self._prepare_session(milliseconds, name)
            if not is_known:
                # Our own statement with its values filled in by the driver; no user's text in it.
                self.env.cr.execute(SQL(
                    f"PREPARE {name} (int[], timestamp) AS " + text.replace("%", "%%")
                ))
            some = self._stored(self.env.execute_query(SQL(
                "EXECUTE %s (%s, %s)", SQL.identifier(name), list(ids), now or self.env.cr.now(),
            )))
            self._restore_session(limit, mode)
            crossing.hot.extend(some.hot)
            crossing.cooled.extend(some.cooled)
        return crossing

    @api.model
    def _prepare_session(self, milliseconds, name):
        """:return: time limit and plan mode until now, whether the statement is prepared"""
        return self.env.execute_query(SQL(
            """SELECT current_setting('statement_timeout'), current_setting('plan_cache_mode'),
                      EXISTS (SELECT FROM pg_prepared_statements WHERE name = %s),
                      set_config('statement_timeout', %s, TRUE),
                      set_config('plan_cache_mode', 'force_generic_plan', TRUE)""",
            name, str(milliseconds),
        ))[0][:3]

    @api.model
    def _restore_session(self, limit, mode):
        self.env.execute_query(SQL(
            """SELECT set_config('statement_timeout', %s, TRUE),
                      set_config('plan_cache_mode', %s, TRUE)""", limit, mode,
        ))
