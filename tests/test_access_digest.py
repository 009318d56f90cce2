from odoo.tests import tagged

from .access_roles import AccessCase


@tagged("post_install", "-at_install", "fault")
class TestAccessDigest(AccessCase):
    """Digest mails while the addon is installed; it adds no figure of its own to them yet."""

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

    def test_A7_no_figure_of_ours_without_its_company_test(self):
        """A digest takes the recipient's company, not its own: a figure of ours must not."""
        ours = [
            name for name in self.digest_figures()
            if self.env["digest.digest"]._fields[name]._module == "crm_roi"
        ]
        self.assertEqual(ours, [], "test that it shows the digest's company, and to whom")
