from odoo import api, fields, models
from odoo.tools import SQL

STATES = [
    ("pending", "Waiting"),
    ("notified", "Told"),
    ("repeated", "Told before"),
    ("cooled", "No longer hot"),
    ("closed", "Closed or archived"),
    ("expired", "Waited too long"),
    ("no_access", "Responsible may not open the lead"),
    ("switched_off", "Notices are off"),
    ("failed", "Failed"),
]


class CrmLeadHot(models.Model):
    """A lead that became hot, and who was told: one row for each crossing of the threshold.

    Written by scoring and by the scheduled action alone.
    """

    _name = "crm.lead.hot"
    _inherit = ["crm.lead.hot.notice", "crm.lead.retry"]
    _description = "Lead That Became Hot"
    _order = "date desc, id desc"
    _rec_name = "lead_id"
    _log_access = False

    lead_id = fields.Many2one(
        "crm.lead", "Lead", required=True, readonly=True, index=True, ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", "Company", readonly=True, index="btree_not_null", ondelete="cascade",
        help="Company of the lead. Empty for leads that are shared by all companies.",
    )
    date = fields.Datetime("Became Hot", required=True, readonly=True, index=True)
    score = fields.Integer(readonly=True, aggregator="avg", help="Score when it became hot.")
    grade = fields.Char(readonly=True, help="Grade when it became hot.")
    state = fields.Selection(
        STATES, default="pending", required=True, readonly=True,
        help="Waiting: for the end of the quiet hours, for a free place under the daily cap, or "
             "for somebody responsible.\n"
             "Told before: the same lead was hot a few days ago, or the call is still open.",
    )
    user_id = fields.Many2one("res.users", "Who Was Told", readonly=True, ondelete="set null")
    notified = fields.Datetime("Told On", readonly=True)
    day = fields.Date(readonly=True, help="Day of the daily cap, where the responsible is.")
    activity_id = fields.Many2one(
        "mail.activity", "Activity", readonly=True, index="btree_not_null", ondelete="set null",
    )

    _pending_uniq = models.UniqueIndex("(lead_id) WHERE state = 'pending'")
    _user_day_idx = models.Index("(user_id, day) WHERE state = 'notified'")

    @api.model
    def _record_crossing(self, ids):
        """Note leads that have just become hot. The scheduled action tells people: a person who
        saves a lead does not wait for mails, and a broken mail server harms no score."""
        self.env.flush_all()
        rows = self.env.execute_query(SQL(
            """INSERT INTO crm_lead_hot (lead_id, company_id, date, score, grade, state, tries)
               SELECT lead.id, lead.company_id, %(now)s, lead.lead_score, lead.lead_grade,
                      CASE WHEN %(is_repeated)s THEN 'repeated' ELSE 'pending' END, 0
               FROM crm_lead lead
               WHERE lead.id = ANY(%(ids)s)
               ON CONFLICT DO NOTHING
               RETURNING state""",
            now=self.env.cr.now(), ids=list(ids), is_repeated=self._is_repeated(ids),
        ))
        if ("pending",) in rows:
            self._wake()

    @api.model
    def _is_repeated(self, ids):
        """A score that moves around the threshold is one piece of news, not ten."""
        # Found once for all leads: asked for each, it would read what is being inserted.
        return SQL(
            """lead.id IN (
                   SELECT earlier.lead_id FROM crm_lead_hot earlier
                   LEFT JOIN mail_activity call ON call.id = earlier.activity_id
                   LEFT JOIN res_company own ON own.id = COALESCE(earlier.company_id, %(main)s)
                   WHERE earlier.lead_id = ANY(%(ids)s) AND earlier.state = 'notified'
                     AND (call.active OR earlier.notified > %(now)s::timestamp
                                         - make_interval(days => own.hot_repeat_days)))""",
            ids=list(ids), now=self.env.cr.now(),
            main=self.env["res.company"]._kpi_main_company().id,
        )

    @api.model
    def _record_cooling(self, ids):
        """Leads ceased to be hot before anybody was told."""
        self.env.flush_all()
        self.env.execute_query(SQL(
            """UPDATE crm_lead_hot SET state = 'cooled'
               WHERE state = 'pending' AND lead_id = ANY(%s) RETURNING id""", list(ids),
        ))
        self.invalidate_model(["state"], flush=False)

    @api.model
    def _wake(self):
        cron = self.env.ref("crm_roi.ir_cron_lead_hot", raise_if_not_found=False)
        if cron:
            # Whoever saves a lead may have people told; nothing else of the action is his.
            cron.sudo()._trigger()

    @api.autovacuum
    def _gc_old(self):
        """Forget after two years."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), years=2)
        old = self.search([("date", "<", limit)], limit=10000)
        old.unlink()
        return len(old), len(old) == 10000
