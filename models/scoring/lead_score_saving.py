"""Scores of the few leads that somebody has just saved, while he waits.

The statement is composed once for a rule set, until a rule changes; savepoint and time limit travel
together. (Preparing the statement in the database would save planning it, but Odoo discards what
a connection has prepared whenever the connection changes hands.)
"""

from odoo import api, models
from odoo.tools import SQL, ormcache


class LeadScoreSaving(models.AbstractModel):
    _name = "crm.lead.score.saving"
    _inherit = ["crm.lead.score.engine"]
    _description = "Scoring of Saved Leads"

    @api.model
    def _score_saved(self, ids, milliseconds):
        """Score leads in a savepoint, within a time limit for each statement.

        Everything must be flushed.

        :return: :class:`~.lead_score_engine.Crossing`
        """
        cr, rows = self.env.cr, []
        statements = [
            self._filled(set_id, ids) for set_id, _company_id in self._live_sets()
        ]
        cr.execute(SQL(
            """SAVEPOINT lead_score;
               SELECT set_config('crm_roi.timeout', current_setting('statement_timeout'), TRUE),
                      set_config('statement_timeout', %s, TRUE)""", str(milliseconds),
        ))
        try:
            for statement in statements:
                cr.execute(statement)
                rows += cr.fetchall()
        except Exception:  # whatever it was, the savepoint must not stay open
            # The time limit is that of before again, too.
            cr.execute(SQL("ROLLBACK TO SAVEPOINT lead_score; RELEASE SAVEPOINT lead_score"))
            raise
        cr.execute(SQL(
            """RELEASE SAVEPOINT lead_score;
               SELECT set_config('statement_timeout', current_setting('crm_roi.timeout'), TRUE)"""
        ))
        return self._stored(rows)

    @api.model
    def _filled(self, set_id, ids):
        template = self._template(set_id)
        values = {_IDS: list(ids), _NOW: self.env.cr.now()}
        return SQL(template.code, *(
            values[param] if isinstance(param, _Blank) else param for param in template.params
        ))

    @api.model
    @ormcache("set_id")
    def _template(self, set_id):
        """:return: SQL that scores leads by a live rule set and writes what has changed, with
            blanks for the leads and the moment"""
        moment = SQL("%s::timestamp", _NOW)
        where = SQL("lead.id = ANY(%s) AND %s", _IDS, self._is_scored(set_id))
        return self._store_sql(set_id, self._scope_now(where, moment), moment)


class _Blank:
    """A parameter that is filled in later."""


_IDS, _NOW = _Blank(), _Blank()
