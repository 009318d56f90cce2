"""The scheduled actions: what waits in the queue, and tickets that have waited long."""

import logging

import psycopg2

from odoo import api, models
from odoo.fields import Domain

from ..scoring.lead_score_guard import TIMEOUT_JOB, TRANSIENT

_logger = logging.getLogger(__name__)

BATCH = 200


class PriorityJob(models.AbstractModel):
    _name = "crm.priority.job"
    _inherit = ["crm.priority.queueing"]
    _description = "Priorities: Scheduled Actions"

    @api.model
    def _run_queue(self):
        """Raise the tickets that wait, a batch and a commit after another.

        Killed anywhere, the next run goes on: what was taken out comes back with the rollback.

        :return: number of tickets looked at
        """
        queue, progress = self.env["crm.priority.queue"], self.env["ir.cron"]._commit_progress
        progress(remaining=queue._count_due())
        done = 0
        while taken := queue._take(BATCH):
            for model_name, cause, attempts, ids in taken:
                self._raise_batch(model_name, cause, ids, attempts)
                done += len(ids)
            if not progress(processed=sum(len(row[3]) for row in taken)):
                break
        return done

    @api.model
    def _raise_batch(self, model_name, cause, ids, attempts=0):
        """Raise a batch; when it fails, one ticket after the other, so that one that fails keeps
        none of the others waiting."""
        if model_name not in self.env:
            return
        self.env.cr.flush()
        error = self._try(TIMEOUT_JOB, self._raise_tickets, model_name, cause, ids)
        if error and len(ids) > 1:
            for ticket in ids:
                self._raise_batch(model_name, cause, [ticket], attempts)
        elif error:
            self._raise_by_rule(model_name, cause, ids, attempts)

    @api.model
    def _raise_by_rule(self, model_name, cause, ids, attempts):
        """One rule after the other, so that one that fails keeps none of the others waiting."""
        for rule in self._rules_for(model_name, cause, ids):
            error = self._try(TIMEOUT_JOB, self._raise_tickets, model_name, cause, ids, None, rule)
            if error:
                _logger.warning(
                    "Priority rule “%s” failed for %s %s", rule.name, model_name, ids,
                    exc_info=error,
                )
                self.env["crm.priority.queue"]._put_safely(
                    model_name, ids, cause, error, attempts + 1
                )
                return

    @api.model
    def _aged(self, rule):
        """:return: ids of tickets to raise; none when the rule fails, so that the others go on"""
        try:
            with self.env.cr.savepoint(flush=False):
                return [row[0] for row in self.env.execute_query(
                    rule._candidates("ageing", Domain.TRUE)
                )]
        except TRANSIENT:
            raise
        except psycopg2.Error:
            _logger.warning("Ageing of the priority rule “%s” failed", rule.name, exc_info=True)
            return []

    @api.model
    def _run_ageing(self):
        """Raise open tickets that have waited for longer than their rule says.

        :return: number of tickets looked at
        """
        rules = self.env["crm.priority.rule"].search([("ageing_hours", ">", 0)])
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=len(rules))
        done = 0
        self.env.flush_all()
        for rule in rules:
            if not rule._find_problem():
                ids = self._aged(rule)
                for start in range(0, len(ids), BATCH):
                    self._raise_batch(rule.model_name, "ageing", ids[start:start + BATCH])
                    progress()
                done += len(ids)
            if not progress(processed=1):
                break
        return done
