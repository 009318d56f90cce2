"""Messages to people that are tried again when something goes wrong."""

from odoo import fields, models
from odoo.tools import SQL

from ...tools.retry import next_try
from ..base.attempt import error_text

# With waits that double up to six hours: two days. Then it is given up.
MOST_TRIES = 12


class LeadRetry(models.AbstractModel):
    """A row of a ledger whose message may fail: begun, counted, and tried again later."""

    _name = "crm.lead.retry"
    _description = "Message That Is Tried Again"

    tries = fields.Integer(
        readonly=True, default=0, help="How often it was begun and not finished since then.",
    )
    next_try = fields.Datetime(readonly=True, help="It is not tried again before.")
    problem = fields.Char(readonly=True, help="What went wrong at the last attempt.")

    def _take_try(self, is_open):
        """Count the attempt before it is made, since one that kills the process counts, too.

        :param is_open: SQL condition on the row: it is still to be done
        :return: whether this run is the one to make it
        """
        if not self._lock_open(is_open):
            return False
        if self.tries >= MOST_TRIES:
            self._give_up(self.problem or self.env._(
                "It was begun %(count)s times and never finished.", count=self.tries,
            ))
            return False
        tries = self.tries + 1
        self.write({"tries": tries, "next_try": next_try(self.env.cr.now(), tries)})
        self.env["ir.cron"]._commit_progress()
        return self._lock_open(is_open)

    def _lock_open(self, is_open):
        """:return: whether it is to be done and in nobody else's hands"""
        self.flush_recordset()
        self.invalidate_recordset(flush=False)
        return bool(self.env.execute_query(SQL(
            "SELECT id FROM %s WHERE id = %s AND %s FOR UPDATE SKIP LOCKED",
            SQL.identifier(self._table), self.id, is_open,
        )))

    def _untake_try(self):
        """A clash with another transaction was nobody's fault."""
        self.write({"tries": max(self.tries - 1, 0), "next_try": False})

    def _note_failure(self, error):
        if self.tries >= MOST_TRIES:
            self._give_up(error_text(error))
        else:
            self.problem = error_text(error)

    def _give_up(self, text):
        self.problem = text
