from odoo import api, fields, models

KINDS = [("overdue", "Overdue activities"), ("summary", "Summary for the team leader")]


class CrmLeadReminder(models.Model):
    """Reminders: a row is there before its message is, so that nobody gets one twice.

    Written by the scheduled action alone.
    """

    _name = "crm.lead.reminder"
    _inherit = ["crm.lead.reminder.sending", "crm.lead.retry"]
    _description = "Reminder of CRM Activities"
    _order = "day desc, id desc"
    _rec_name = "kind"
    _log_access = False

    kind = fields.Selection(KINDS, required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", "To", required=True, readonly=True, ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", "Company", required=True, readonly=True, index=True, ondelete="cascade",
    )
    day = fields.Date(required=True, readonly=True, help="Day, or Monday of the week, it is for.")
    # By default True: rows of earlier versions were written when a reminder was sent.
    is_done = fields.Boolean(
        "Done", readonly=True, default=True, help="It was sent, or there was nothing to tell.",
    )

    _once_uniq = models.UniqueIndex("(user_id, kind, day)")

    @api.autovacuum
    def _gc_old(self):
        limit = fields.Date.subtract(fields.Date.today(), months=3)
        old = self.search([("day", "<", limit)], limit=10000)
        old.unlink()
        return len(old), len(old) == 10000
