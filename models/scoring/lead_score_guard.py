"""Scoring that harms nobody: limited in time, and a rule that fails is found and switched off."""

import logging

import psycopg2

from odoo import api, models
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

# Milliseconds a statement may take: while somebody waits for a lead to be saved; in the
# background; a single rule when the culprit is looked for.
TIMEOUT_SAVE = 2_000
TIMEOUT_JOB = 120_000
TIMEOUT_RULE = 10_000
# The database asks for another try: no fault of a rule.
TRANSIENT = (psycopg2.errors.SerializationFailure, psycopg2.errors.LockNotAvailable,
             psycopg2.errors.DeadlockDetected)


class LeadScoreGuard(models.AbstractModel):
    _name = "crm.lead.score.guard"
    _inherit = ["crm.lead.score.engine"]
    _description = "Lead Scoring Guard"

    @api.model
    def _score_in_time(self, ids, milliseconds, now=None):
        """Score within a time limit for each statement; to be called inside a savepoint.

        :return: :class:`~.lead_score_engine.Crossing`
        """
        before = self._limit_time(milliseconds)
        crossing = self._score_leads(ids, now)
        self._limit_time(before)
        return crossing

    @api.model
    def _limit_time(self, limit):
        """:return: the limit until now"""
        return self.env.execute_query(SQL(
            """SELECT current_setting('statement_timeout'),
                      set_config('statement_timeout', %s, TRUE)""", str(limit),
        ))[0][0]

    @api.model
    def _score_batch(self, ids, now=None, analyzed=False):
        """Score a batch in the background. When a rule makes it fail, the rule is switched off
        and the others count.

        :param analyzed: the statistics are known to be fresh
        :raise psycopg2.Error: no single rule is to blame
        """
        self._flush_facts()
        if self._believed_leads() < len(ids):
            self._analyze()
        try:
            with self.env.cr.savepoint(flush=False):
                crossing = self._score_in_time(ids, TIMEOUT_JOB, now)
        except TRANSIENT:
            raise
        except psycopg2.Error as error:
            if not analyzed and isinstance(error, psycopg2.errors.QueryCanceled):
                self._analyze()
                return self._score_batch(ids, now, analyzed=True)
            _logger.warning("Lead scoring failed, looking for the rule: %s", error)
            if not self._switch_off_failing(ids, now):
                raise
            return self._score_batch(ids, now, analyzed)
        return crossing

    @api.model
    def _believed_leads(self):
        """:return: how many leads PostgreSQL believes there are. After an import that was rolled
            back and done again this may be none, and the plan made for them would be quadratic."""
        return self.env.execute_query(SQL(
            "SELECT reltuples FROM pg_class WHERE oid = 'crm_lead'::regclass",
        ))[0][0]

    @api.model
    def _analyze(self):
        """Renew the statistics of leads: after a large import PostgreSQL still plans for the few
        leads of before, and that is no fault of a rule."""
        self.env.execute_query(SQL("ANALYZE crm_lead"))

    @api.model
    def _switch_off_failing(self, ids, now=None):
        """Try each live rule alone on these leads.

        :return: the rules that failed and were switched off
        """
        broken = self.env["crm.lead.score.rule"]
        for set_id, _company_id in self._live_sets():
            scope = self._scope_now(SQL("lead.id = ANY(%s)", list(ids)), now)
            for rule in self._rules(set_id):
                error = self._try_rule(rule, scope, TIMEOUT_RULE)
                if error:
                    rule._switch_off(error)
                    broken |= rule
        return broken

    @api.model
    def _try_rule(self, rule, scope, milliseconds, analyzed=False):
        """Evaluate one rule alone.

        :param analyzed: the statistics are known to be fresh
        :return: text of the error; None when it works
        """
        plan = self._compile(rule.set_id.id, rule)
        if plan.broken:
            return next(iter(plan.broken.values()))
        scores = self._scores_sql(rule.set_id.id, scope, plan)
        trial = SQL("SELECT SUM(lead_score) FROM (%s) AS score", scores)
        self.env.flush_query(trial)
        try:
            with self.env.cr.savepoint(flush=False):
                before = self._limit_time(milliseconds)
                # What fails is said once, by the caller.
                self.env.cr.execute(trial, log_exceptions=False)
                self._limit_time(before)
        except TRANSIENT:
            raise
        except psycopg2.Error as error:
            if not analyzed and isinstance(error, psycopg2.errors.QueryCanceled):
                self._analyze()
                return self._try_rule(rule, scope, milliseconds, analyzed=True)
            return str(error).strip()
        return None

    @api.model
    def _switch_off_uncompiled(self):
        """Switch off live rules that can not even be compiled any more: a field was removed."""
        for set_id, _company_id in self._live_sets():
            for rule_id, error in self._plan(set_id).broken.items():
                self._rules(set_id).browse(rule_id)._switch_off(error)

    @api.model
    def _tell(self, crossing):
        """Let follow-up act on leads that have become hot, without any risk to the score."""
        leads = self.env["crm.lead"].with_context(active_test=False)
        for tell, ids in (
            (leads._lead_score_crossed, crossing.hot), (leads._lead_score_cooled, crossing.cooled),
        ):
            if not ids:
                continue
            self.env.flush_all()
            try:
                with self.env.cr.savepoint():
                    tell(leads.browse(ids))
            except Exception:
                # Whatever follow-up does: the lead and its score are saved.
                _logger.exception("Follow-up of leads %s failed", ids)
