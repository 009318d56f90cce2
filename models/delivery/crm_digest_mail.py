from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.tools import SQL, split_every

from ...tools.report_period import ReportPeriod
from ...tools.retry import next_try
from ..base.attempt import attempt, error_text

STATES = [
    ("waiting", "To send"), ("queued", "With the mail server"), ("sent", "Sent"),
    ("skipped", "Not sent"), ("failed", "Failed"),
]
# A mail that cannot be made is tried this often, one that the server refuses likewise.
MOST_TRIES = 12
# Caches are emptied after so many recipients.
BATCH = 50
# What became of so many mails is noted in one transaction.
FOLLOW_BATCH = 1000


class CrmDigestMail(models.Model):
    """Who gets which digest for which period: a row is there before its mail is, so that nobody
    gets one twice. Written by the scheduled action alone."""

    _name = "crm.digest.mail"
    _description = "Digest Mail"
    _order = "id desc"
    _rec_name = "period"

    digest_id = fields.Many2one(
        "digest.digest", required=True, readonly=True, index=True, ondelete="cascade",
    )
    user_id = fields.Many2one(
        "res.users", "To", required=True, readonly=True, index=True, ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", "Company", required=True, readonly=True, index=True, ondelete="cascade",
    )
    period = fields.Date(
        "First Day", required=True, readonly=True, help="Of the period told of.",
    )
    period_stop = fields.Date("Day After", required=True, readonly=True)
    period_key = fields.Char(required=True, readonly=True)
    is_manual = fields.Boolean("Sent by Hand", readonly=True)
    state = fields.Selection(STATES, required=True, readonly=True, default="waiting")
    note = fields.Char(readonly=True, help="Why it was not sent, or what went wrong last.")
    tries = fields.Integer(
        readonly=True, help="Attempts to make the mail; once it is made, refusals of the server.",
    )
    next_try = fields.Datetime(readonly=True)
    sent_at = fields.Datetime("Sent On", readonly=True)
    mail_id = fields.Many2one("mail.mail", readonly=True, index="btree_not_null",
                              ondelete="set null", groups="base.group_system")

    _once_uniq = models.UniqueIndex(
        "(digest_id, user_id, period, period_stop) WHERE is_manual IS NOT TRUE"
    )
    _open_idx = models.Index("(state) WHERE state IN ('waiting', 'queued')")

    @api.model
    def _claim(self, digest, period, is_manual):
        """Rows of all recipients who have none for the period yet; what waits for an earlier
        period is dropped: one digest after a month of downtime, not four."""
        self.env.flush_all()
        self.env.execute_query(SQL(
            """INSERT INTO crm_digest_mail
                   (digest_id, user_id, company_id, period, period_stop, period_key, is_manual,
                    state, tries, create_uid, create_date, write_uid, write_date)
               SELECT digest.id, person.id, COALESCE(digest.company_id, person.company_id),
                      %(first)s, %(stop)s, %(key)s, %(manual)s, 'waiting', 0,
                      %(uid)s, %(now)s, %(uid)s, %(now)s
               FROM digest_digest digest
               JOIN digest_digest_res_users_rel rel ON rel.digest_digest_id = digest.id
               JOIN res_users person ON person.id = rel.res_users_id
               WHERE digest.id = %(digest)s ORDER BY person.id
               ON CONFLICT DO NOTHING RETURNING id""",
            first=period.first, stop=period.stop, key=period.key, manual=is_manual,
            uid=self.env.uid, now=self.env.cr.now(), digest=digest.id,
        ))
        self.invalidate_model(flush=False)
        stale = self.search([
            ("digest_id", "=", digest.id), ("period", "<", period.first),
            ("state", "in", ("waiting", "queued")),
        ])
        stale.mail_id.filtered(lambda mail: mail.state == "exception").cancel()
        stale.filtered(lambda row: row.mail_id.state in (False, "cancel")).write({
            "state": "skipped", "note": self.env._("A later period was sent instead."),
        })

    # ------------------------------------------------------------------
    # The scheduled action
    # ------------------------------------------------------------------

    @api.model
    def _run_mails(self):
        """Send what waits, each mail in its own transaction; killed anywhere, the next run goes on.

        :return: number of mails handed to the mail server
        """
        self._follow_mails()
        due = ["|", ("next_try", "=", False), ("next_try", "<=", fields.Datetime.now())]
        # Whoever never failed comes first: one at whom the server dies holds up nobody.
        ids = self.search([("state", "=", "waiting"), *due], order="tries, id").ids
        progress = self.env["ir.cron"]._commit_progress
        left, sent = progress(remaining=len(ids)), 0
        for number, row_id in enumerate(ids):
            if not left:
                break
            sent += self.browse(row_id)._try_send()
            left = progress(processed=1)
            if number % BATCH == BATCH - 1:
                self.env.invalidate_all()
        if sent:
            self.env["mail.mail"]._crm_wake_queue()
        return sent

    def _try_send(self):
        """:return: whether a mail was made; one recipient who fails stops no other"""
        return attempt(
            self.env, f"Digest mail {self.id}", self._send,
            lambda error: self._note_failure(error_text(error), self.tries), take=self._take,
        )

    def _take(self):
        """Count the attempt before it is made, since one that kills the process counts, too.

        :return: whether this run is the one to make the mail
        """
        if not self._lock():
            return False
        if self.tries >= MOST_TRIES:
            self.write({"state": "failed", "note": self.note or self.env._(
                "It was begun %(count)s times and never finished.", count=self.tries,
            )})
            return False
        self.tries += 1
        self.env["ir.cron"]._commit_progress()
        return self._lock()

    def _lock(self):
        """:return: whether the mail is to be made and in nobody else's hands"""
        self.flush_recordset()
        self.invalidate_recordset(flush=False)
        return bool(self.env.execute_query(SQL(
            """SELECT id FROM crm_digest_mail
               WHERE id = %s AND state = 'waiting' FOR UPDATE SKIP LOCKED""", self.id,
        )))

    def _send(self):
        reason = self._reason_not_to_send()
        if reason:
            self.write({"state": "skipped", "note": reason})
            return False
        user = self.user_id
        digest = self.digest_id.with_context(
            lang=user.lang, tz=user.tz, crm_digest_mail=self.id,
        )
        digest._action_send_to_user(user, tips_count=1)
        self.write({"state": "queued", "note": False, "tries": 0, "next_try": False})
        return True

    def _reason_not_to_send(self):
        """Asked right before sending: people leave, and rights change, in the meantime."""
        digest, user = self.digest_id, self.user_id
        if user not in digest.with_context(active_test=False).user_ids:
            return self.env._("No longer a recipient.")
        if not user.active or user.share:
            return self.env._("The user is archived or not an internal user any more.")
        if not user.email_normalized:
            return self.env._("The user has no valid e-mail address.")
        if self.company_id not in user.company_ids:
            return self.env._(
                "The user may not work in %(company)s.", company=self.company_id.name
            )
        return False

    def _report_period(self):
        return ReportPeriod(self.period, self.period_stop, self.period_key)

    def _note_failure(self, text, tries):
        self.write({
            "tries": tries, "note": text, "next_try": next_try(self.env.cr.now(), tries),
            **({"state": "failed"} if tries >= MOST_TRIES else {}),
        })

    # ------------------------------------------------------------------
    # What became of the mails
    # ------------------------------------------------------------------

    @api.model
    def _follow_mails(self):
        """Mails the server did not take go back into its queue, a limited number of times."""
        lost = self.search([("state", "=", "queued"), ("mail_id", "=", False)])
        lost.write({"state": "failed", "note": self.env._("The mail was deleted.")})
        stuck_ids = self.search([
            ("state", "=", "queued"), ("mail_id.state", "=", "exception"),
            "|", ("next_try", "=", False), ("next_try", "<=", fields.Datetime.now()),
        ], order="id").ids
        for ids in split_every(FOLLOW_BATCH, stuck_ids):
            self.browse(ids)._requeue()
            self.env["ir.cron"]._commit_progress()
            self.env.invalidate_all()

    def _requeue(self):
        for row in self:
            row._note_failure(row.mail_id.failure_reason or "", row.tries + 1)
        self.filtered(lambda row: row.state == "queued").mail_id.mark_outgoing()
        self.env["mail.mail"]._crm_wake_queue()

    def _mail_values(self, vals):
        """Values of the mail of this row: its company in the subject, no line break in a header."""
        digest = self.digest_id.with_context(lang=self.user_id.lang)
        subject = f"{self.company_id.name}: {digest.name}"
        clean = {
            name: _one_line(vals[name]) for name in ("email_from", "email_to") if vals.get(name)
        }
        return {
            **vals, **clean, "subject": _one_line(subject),
            "crm_digest_mail_ids": [Command.set(self.ids)],
        }

    @api.autovacuum
    def _gc_old(self):
        limit = fields.Datetime.now() - timedelta(days=400)
        old = self.search([
            ("create_date", "<", limit), ("state", "not in", ("waiting", "queued")),
        ], limit=10000)
        old.unlink()
        return len(old), len(old) == 10000


def _one_line(text):
    return " ".join(text.split())
