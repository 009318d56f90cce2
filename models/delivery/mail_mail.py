from odoo import api, fields, models


class MailMail(models.Model):
    _inherit = "mail.mail"

    crm_digest_mail_ids = fields.One2many(
        "crm.digest.mail", "mail_id", "Digest Mails", groups="base.group_system",
    )

    @api.model_create_multi
    def create(self, vals_list):
        row = self.env["crm.digest.mail"].browse(self.env.context.get("crm_digest_mail"))
        if row:
            vals_list = [row._mail_values(vals) for vals in vals_list]
        return super().create(vals_list)

    @api.model
    def _crm_wake_queue(self):
        """Have Odoo's queue run soon instead of within the hour."""
        cron = self.env.ref("mail.ir_cron_mail_scheduler_action", raise_if_not_found=False)
        if cron:
            # The queue is asked to run; what it sends is its own business.
            cron.sudo()._trigger()

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        # The ledger is the machine's; mails are sent by whoever runs the queue.
        rows = self.sudo().crm_digest_mail_ids
        if rows and not failure_type:
            rows.write({"state": "sent", "sent_at": fields.Datetime.now(), "note": False})
        elif rows and failure_type in ("mail_email_invalid", "mail_email_missing"):
            rows.write({"state": "failed", "note": failure_reason})
        return super()._postprocess_sent_message(
            success_pids, success_emails, failure_reason=failure_reason, failure_type=failure_type
        )
