from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

STATES = [
    ("claimed", "Being Prepared"),
    ("queued", "Handed to the Mail Queue"),
    ("waiting", "Mail Server Refused, Tried Again"),
    ("sent", "Sent"),
    ("skipped", "Not Sent"),
    ("failed", "Failed, Tried Again"),
    ("given_up", "Given Up"),
]
KINDS = [("scheduled", "Scheduled"), ("manual", "Sent by Hand")]
# Built so many times at most; refused by a mail server so many times at most.
MOST_ATTEMPTS = 5
MOST_DELIVERIES = 9
# The first wait before something is tried again; each further one is twice as long.
FIRST_WAIT = timedelta(minutes=15)


class CrmKpiReportLog(models.Model):
    """The ledger of report kits: one row for a kit, a recipient and a period.

    The row is written and committed before the kit is made, so nobody gets one twice; what becomes
    of the mail is noted in it. It holds no figure.
    """

    _name = "crm.kpi.report.log"
    _inherit = ["crm.machine.written"]
    _description = "Report Kit Sent"
    _order = "created_at desc, id desc"
    _rec_name = "period_key"
    _log_access = False

    schedule_id = fields.Many2one(
        "crm.kpi.report.schedule", "Report Kit", readonly=True, index=True, ondelete="cascade",
    )
    user_id = fields.Many2one(
        "res.users", "Recipient", readonly=True, index=True, ondelete="set null",
    )
    company_id = fields.Many2one(
        "res.company", "Company", readonly=True, index=True, ondelete="cascade",
    )
    kind = fields.Selection(KINDS, readonly=True)
    day = fields.Date("For the Day", readonly=True, help="Day the figures look back from.")
    period_key = fields.Char("For", readonly=True, help="Week, month or quarter it was due in.")
    date_from = fields.Date("Figures From", readonly=True)
    date_to = fields.Date("Figures Until", readonly=True)
    state = fields.Selection(STATES, readonly=True)
    reason = fields.Char(readonly=True, help="Why it was not sent, or what went wrong.")
    formats = fields.Char(readonly=True, help="What the mail held.")
    missing = fields.Char(readonly=True, help="What could not be made; the rest was sent.")
    attempts = fields.Integer(readonly=True, help="How often it was made.")
    deliveries = fields.Integer(readonly=True, help="How often it was given to the mail server.")
    next_try = fields.Datetime(readonly=True)
    created_at = fields.Datetime("Begun", readonly=True)
    sent_at = fields.Datetime("Sent On", readonly=True)
    mail_id = fields.Many2one(
        "mail.mail", "Mail", readonly=True, index="btree_not_null", ondelete="set null",
    )

    _once_uniq = models.UniqueIndex("(schedule_id, user_id, period_key) WHERE kind = 'scheduled'")
    _manual_once_uniq = models.UniqueIndex(
        "(schedule_id, user_id) WHERE kind = 'manual' AND state = 'claimed'")
    _open_idx = models.Index("(state) WHERE state IN ('claimed', 'queued', 'waiting', 'failed')")

    def _refuse_manual_change(self):
        raise AccessError(self.env._(
            "The log of report kits is written when they are sent and cannot be created, changed "
            "or deleted."))

    # ------------------------------------------------------------------
    # Written by the program alone
    # ------------------------------------------------------------------

    @api.model
    def _claim(self, recipient, kind, day, period_key):
        """A new row for a kit that is about to be made.

        :return: the row; none when there is one already
        """
        rows = self.env.execute_query(SQL(
            """INSERT INTO crm_kpi_report_log
                   (schedule_id, user_id, company_id, kind, day, period_key, state, attempts,
                    deliveries, created_at)
               VALUES (%s, %s, %s, %s, %s, %s, 'claimed', 0, 0, %s)
               ON CONFLICT DO NOTHING RETURNING id""",
            recipient.schedule_id.id, recipient.user_id.id, recipient.company_id.id, kind, day,
            period_key, self.env.cr.now(),
        ))
        return self.browse(row[0] for row in rows)

    def _put(self, **values):
        """Write columns of one row, in SQL: by the ORM nobody may."""
        self.ensure_one()
        self.env.execute_query(SQL(
            "UPDATE crm_kpi_report_log SET %s WHERE id = %s RETURNING id",
            SQL(", ").join(
                SQL("%s = %s", SQL.identifier(name), value) for name, value in values.items()
            ), self.id,
        ))
        self.invalidate_recordset(values.keys(), flush=False)

    def _take(self):
        """Note one more attempt, and keep everybody else from making the same kit.

        :return: whether this run is the one to make it
        """
        self.ensure_one()
        # A run that is killed while it makes the kit has counted: a kit that kills is given up.
        if not self._lock():
            return False
        self._put(attempts=self.attempts + 1)
        self.env["ir.cron"]._commit_progress()
        return self._lock()

    def _lock(self):
        """:return: whether the kit is unfinished and in nobody else's hands"""
        self.invalidate_recordset(flush=False)
        return bool(self.env.execute_query(SQL(
            """SELECT id FROM crm_kpi_report_log
               WHERE id = %s AND state IN ('claimed', 'failed') FOR UPDATE SKIP LOCKED""", self.id,
        )))

    @api.autovacuum
    def _gc_old(self):
        """Forget after two years."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), years=2)
        gone = self.env.execute_query(SQL(
            """DELETE FROM crm_kpi_report_log WHERE id IN (
                   SELECT id FROM crm_kpi_report_log WHERE created_at < %s LIMIT 10000)
               RETURNING id""", limit,
        ))
        self.invalidate_model(flush=False)
        return len(gone), len(gone) == 10000
