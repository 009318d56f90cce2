"""Writes the stage history: follows changes, and replays what Odoo's tracking remembers."""

from odoo import api, models
from odoo.tools import SQL

# Outcome of an opportunity as one word; archived but not lost is neither.
STATUS = SQL(
    """CASE WHEN lead.won_status IN ('won', 'lost') THEN lead.won_status
            WHEN lead.active THEN 'open' ELSE 'archived' END"""
)
KIND_STATUS = SQL("CASE WHEN event.kind IN ('entered', 'reopened') THEN 'open' ELSE event.kind END")
# Leads whose history is written by one statement.
RANGE = 50_000
READ = (
    "type", "active", "won_status", "stage_id", "date_closed", "date_conversion",
    "date_last_stage_update", "create_date", "import_date", "team_id",
)


class StageEventWriter(models.AbstractModel):
    _name = "crm.stage.event.writer"
    _description = "Stage History: Writing"

    @api.model
    def _follow(self, ids=None):
        """Add what has changed since the last row of opportunities that have a history.

        The moment is the one Odoo notes on the opportunity: closed on, last stage update.

        :param ids: leads; None for all
        :return: ids of the leads that got a row
        """
        rows = self.env.execute_query(SQL(
            """WITH ended AS (
                   UPDATE crm_stage_event event
                   SET left_at = date_trunc('second', GREATEST(event.entered_at, LEAST(%(now)s, CASE
                           WHEN %(status)s <> 'open' THEN lead.date_closed
                           WHEN %(old)s = 'open' THEN lead.date_last_stage_update END))),
                       outcome = CASE WHEN %(status)s <> 'open' THEN %(status)s
                           WHEN %(old)s <> 'open' THEN 'reopened' ELSE 'moved' END
                   FROM crm_lead lead
                   WHERE lead.id = event.lead_id AND %(scope)s
                     AND event.left_at IS NULL AND event.kind <> 'merged'
                     AND (%(old)s <> %(status)s OR (
                         %(status)s = 'open' AND event.stage_id IS DISTINCT FROM lead.stage_id))
                   RETURNING event.lead_id, event.left_at, event.outcome, lead.stage_id
               )
               INSERT INTO crm_stage_event
                      (lead_id, kind, stage_id, entered_at, is_first, is_assumed)
               SELECT lead_id, CASE outcome WHEN 'moved' THEN 'entered' ELSE outcome END, stage_id,
                      left_at,
                      outcome NOT IN ('lost', 'archived') AND NOT EXISTS (
                          SELECT FROM crm_stage_event old
                          WHERE old.lead_id = ended.lead_id
                            AND old.stage_id IS NOT DISTINCT FROM ended.stage_id
                            AND old.stage_name IS NULL
                            AND old.kind IN ('entered', 'reopened', 'won')),
                      FALSE
               FROM ended
               RETURNING lead_id""",
            now=self.env.cr.now().replace(microsecond=0), status=STATUS, old=KIND_STATUS,
            scope=self._scope_sql(ids),
        ))
        return [lead_id for (lead_id,) in rows]

    @api.model
    def _rebuild(self, ids):
        """Write the history of leads anew, for instance after an import has moved their dates."""
        self._flush()
        leads = self.env["crm.lead"].browse(ids)
        leads._kpi_mark_dirty()
        self.env.execute_query(SQL(
            "DELETE FROM crm_stage_event WHERE lead_id = ANY(%s) AND kind <> 'merged' RETURNING 1",
            list(ids),
        ))
        self._begin(ids)
        self._follow(ids)
        leads._kpi_mark_dirty()

    @api.model
    def _enter(self, ids):
        """Begin the history of opportunities that have just been created, as long as it is that
        they are in their stage; whatever is more than that is left to :meth:`_begin`, which asks
        the tracking.

        :return: ids of the leads that got a row
        """
        names = ("stage_id", "active", "won_status")
        tracked = [self.env["ir.model.fields"]._get("crm.lead", name).id for name in names]
        rows = self.env.execute_query(SQL(
            """INSERT INTO crm_stage_event
                      (lead_id, kind, stage_id, entered_at, is_first, is_assumed)
               SELECT lead.id, 'entered', lead.stage_id, date_trunc('second', lead.create_date),
                      TRUE, FALSE
               FROM crm_lead lead
               WHERE %(scope)s AND lead.type = 'opportunity' AND %(status)s = 'open'
                 AND lead.import_date IS NULL AND lead.date_conversion IS NULL
                 AND lead.date_last_stage_update <= lead.create_date + interval '1 second'
                 AND NOT EXISTS (SELECT FROM crm_stage_event old WHERE old.lead_id = lead.id)
                 AND NOT EXISTS (
                     SELECT FROM mail_message message
                     JOIN mail_tracking_value value ON value.mail_message_id = message.id
                     WHERE message.model = 'crm.lead' AND message.res_id = lead.id
                       AND value.field_id = ANY(%(tracked)s))
               RETURNING lead_id""",
            scope=self._scope_sql(ids), status=STATUS, tracked=tracked,
        ))
        return [lead_id for (lead_id,) in rows]

    @api.model
    def _begin(self, ids):
        """Write the history of those of the leads that have none, from Odoo's tracking."""
        return self.env["crm.stage.event.replay"]._replay(self._scope_sql(ids))

    @api.model
    def _scope_sql(self, ids):
        return SQL("TRUE") if ids is None else SQL("lead.id = ANY(%s)", list(ids))

    @api.model
    def _flush(self):
        self.env["crm.lead"].flush_model(READ)
        self.env["crm.stage"].flush_model(["sequence", "is_won", "name", "team_ids"])
        self.env["mail.message"].flush_model()
        self.env["mail.tracking.value"].flush_model()

    # ------------------------------------------------------------------
    # All leads: at installation, and what is missing since
    # ------------------------------------------------------------------

    @api.model
    def _ranges(self):
        """Ranges of leads, some of which have no history, as ``(first id, last id)``."""
        return self.env.execute_query(SQL(
            """SELECT MIN(lead.id), MAX(lead.id) FROM crm_lead lead
               WHERE lead.type = 'opportunity' AND NOT EXISTS (
                   SELECT FROM crm_stage_event event
                   WHERE event.lead_id = lead.id AND event.kind <> 'merged')
               GROUP BY lead.id / %(size)s ORDER BY 1""", size=RANGE,
        ))

    @api.model
    def _fill(self):
        """Write the history of all leads that have none, without a commit."""
        self._flush()
        for first, last in self._ranges():
            self._fill_range(first, last)
        self._follow()

    @api.model
    def _fill_range(self, first, last):
        self.env["crm.stage.event.replay"]._replay(
            SQL("lead.id BETWEEN %s AND %s", first, last)
        )

    @api.model
    def _run_nightly(self):
        """Fill in what is missing and follow what has passed the ORM by, a commit a range.

        There is no pointer: killed anywhere, the next run looks again for what is missing.

        :return: number of ranges done
        """
        progress = self.env["ir.cron"]._commit_progress
        self._flush()
        todo = self._ranges()
        companies = self.env["res.company"].search([], order="id")
        progress(remaining=len(todo) + len(companies) + 1)
        done = 0
        for first, last in todo:
            self._fill_range(first, last)
            done += 1
            if not progress(processed=1):
                return done
        self._follow()
        progress(processed=1)
        for company in companies:
            self.env["crm.sales.cycle"]._refresh(company)
            if not progress(processed=1):
                break
        return done
