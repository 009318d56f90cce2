from odoo.tests import tagged

from .access_roles import AccessCase


@tagged("post_install", "-at_install", "fault")
class TestAccessDigest(AccessCase):
    """Odoo's own digest mails while the addon is installed."""

    def digest_figures(self):
        return [
            name for name, field in self.env["digest.digest"]._fields.items()
            if name.startswith("kpi_") and field.type == "boolean"
        ]

    def test_A6_a_recipient_without_sales_rights_still_gets_the_mail(self):
        recipients = self.users["internal"] + self.users["own"] + self.users["settings"]
        digest = self.env["digest.digest"].create({
            "name": "Everything", "company_id": self.company_a.id, "user_ids": recipients.ids,
            **dict.fromkeys(self.digest_figures(), True),
        })
        before = self.env["mail.mail"].search([])
        with self.assertNoLogs(level="ERROR"):
            digest.action_send()
        mails = self.env["mail.mail"].search([]) - before
        self.assertEqual(len(mails), len(recipients))
        self.assertEqual(
            {mail.email_to for mail in mails}, {user.email_formatted for user in recipients}
        )
