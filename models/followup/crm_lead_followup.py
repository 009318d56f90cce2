from odoo import api, fields, models

RESULTS = [
    ("scheduled", "Scheduled"),
    ("no_access", "Responsible may not open the lead"),
]


class CrmLeadFollowup(models.Model):
    """What follow-up rules have already done: one row for each cause, so that none acts twice.

    Written by the scheduled action alone.
    """

    _name = "crm.lead.followup"
    _description = "Follow-up"
    _order = "date desc, id desc"
    _rec_name = "lead_id"
    _log_access = False

    rule_id = fields.Many2one(
        "crm.lead.followup.rule", "Rule", required=True, readonly=True, ondelete="cascade",
    )
    lead_id = fields.Many2one(
        "crm.lead", "Lead", required=True, readonly=True, index=True, ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", "Company", readonly=True, index="btree_not_null", ondelete="cascade",
        help="Company of the lead. Empty for leads that are shared by all companies.",
    )
    user_id = fields.Many2one("res.users", "Responsible", readonly=True, ondelete="set null")
    cause = fields.Char(
        required=True, readonly=True,
        help="What the follow-up was about: the same thing never brings a second one.",
    )
    since = fields.Datetime("Since", readonly=True, help="When the cause began.")
    date = fields.Datetime("Scheduled On", required=True, readonly=True, index=True)
    day = fields.Date(
        required=True, readonly=True, help="Day of the company on which it was scheduled.",
    )
    result = fields.Selection(RESULTS, default="scheduled", required=True, readonly=True)
    activity_id = fields.Many2one(
        "mail.activity", "Activity", readonly=True, index="btree_not_null", ondelete="set null",
        help="The first activity that was scheduled. Empty when it was deleted.",
    )

    _cause_uniq = models.UniqueIndex("(rule_id, lead_id, cause)")

    @api.autovacuum
    def _gc_closed_leads(self):
        """Forget, after a year, the follow-ups of leads that are closed."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), years=1)
        old = self.search(
            [("date", "<", limit), ("lead_id.won_status", "in", ("won", "lost"))], limit=10000,
        )
        old.unlink()
        return len(old), len(old) == 10000
