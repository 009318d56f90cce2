import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from .crm_priority_applied import CAUSES

_logger = logging.getLogger(__name__)

# After so many failures a ticket waits for somebody to look at the log.
MAX_ATTEMPTS = 5


class CrmPriorityQueue(models.Model):
    """Tickets whose priority the scheduled action is to look at: what failed, what was too much at
    once, and open tickets of customers whose tier has changed.

    Rows are only inserted and taken out, so that nobody waits for anybody.
    """

    _name = "crm.priority.queue"
    _inherit = ["crm.machine.written"]
    _description = "Ticket Waiting for Its Priority"
    _order = "id"
    _rec_name = "id"
    _log_access = False

    model_id = fields.Many2one("ir.model", readonly=True, ondelete="cascade", index=True)
    model_name = fields.Selection(
        lambda self: self.env["crm.priority.rule"]._select_models(), "Tickets", readonly=True,
    )
    res_id = fields.Many2oneReference("Number", model_field="model_name", readonly=True)
    cause = fields.Selection(CAUSES, readonly=True)
    attempts = fields.Integer("Failed Attempts", readonly=True)
    error = fields.Char(readonly=True, help="Kind of error of the last attempt; see the log.")
    date = fields.Datetime("Not Before", readonly=True)

    def _refuse_manual_change(self):
        raise AccessError(self.env._(
            "“%s” is written by the program and can not be created, changed or deleted. The "
            "scheduled action empties it.", self._description,
        ))

    @api.model
    def _put(self, model_name, ids, cause, attempts=0, error=None):
        """Have tickets looked at by the scheduled action, soon; later after every failure."""
        if not ids:
            return
        self.env.execute_query(SQL(
            """INSERT INTO crm_priority_queue (
                   model_id, model_name, res_id, cause, attempts, error, date)
               SELECT %s, %s, ticket, %s, %s, %s,
                      NOW() AT TIME ZONE 'UTC' + CASE WHEN %s > 1 THEN INTERVAL '1 hour' * %s
                                                      ELSE INTERVAL '0' END
               FROM unnest(%s::int[]) ticket""",
            self.env["ir.model"]._get_id(model_name), model_name, cause, attempts, error,
            attempts, attempts, list(ids),
        ))
        self._wake()

    @api.model
    def _put_safely(self, model_name, ids, cause, error, attempts=1):
        """The same after an error, which must not become one of the ticket's."""
        try:
            with self.env.cr.savepoint(flush=False):
                self._put(model_name, ids, cause, attempts, type(error).__name__)
        except Exception:
            _logger.warning(
                "%s %s could not even be queued for their priority", model_name, list(ids),
                exc_info=True,
            )

    @api.model
    def _wake(self):
        """Have the scheduled action run as soon as this transaction is committed."""
        cron_id = self.env["ir.model.data"]._xmlid_to_res_id("crm_roi.ir_cron_priority_queue")
        if cron_id:
            # Whoever saves a ticket may have its priority set; nothing else of the action is his.
            self.env["ir.cron"].sudo().browse(cron_id)._trigger()

    @api.model
    def _take(self, limit):
        """:return: list of ``(model name, cause, attempts, ids)``, taken out of the queue"""
        return self.env.execute_query(SQL(
            """WITH taken AS (
                   DELETE FROM crm_priority_queue WHERE id IN (
                       SELECT id FROM crm_priority_queue
                       WHERE date <= NOW() AT TIME ZONE 'UTC' AND attempts < %s
                       ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED)
                   RETURNING model_name, cause, attempts, res_id)
               SELECT model_name, cause, attempts, array_agg(DISTINCT res_id) FROM taken
               GROUP BY model_name, cause, attempts
               ORDER BY model_name, cause""",
            MAX_ATTEMPTS, limit,
        ))

    @api.model
    def _count_due(self):
        return self.search_count([
            ("date", "<=", fields.Datetime.now()), ("attempts", "<", MAX_ATTEMPTS),
        ])
