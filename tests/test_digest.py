from datetime import timedelta
from unittest.mock import patch

from lxml import html

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .digest_common import DigestCase


@tagged("post_install", "-at_install", "fault")
class TestDigest(DigestCase):
    def lines(self, mail):
        """:return: ``{code: [texts of the cells]}`` of a mail"""
        tree = html.fromstring(mail.body_html)
        return {
            row.get("data-kpi"): [" ".join(cell.text_content().split()) for cell in row]
            for row in tree.xpath("//tr[@data-kpi]")
        }

    def test_lines_are_the_figures_of_the_last_whole_week(self):
        self.close(self.before, won=1, lost=1, revenue=500)
        self.close(self.week, won=3, lost=1, revenue=1000)
        mail = self.send()
        lines = self.lines(mail)
        self.assertEqual(list(lines), ["won_count", "win_rate", "average_deal_size"])
        self.assertEqual(lines["won_count"][:2], ["Won Deals", "3"])
        self.assertEqual(lines["win_rate"][1], "75.0 %")
        self.assertIn("+25.0 points", lines["win_rate"][2])
        self.assertIn("50.0 %", lines["win_rate"][2])
        self.assertIn("▲ +200.0 %", lines["won_count"][2])
        self.assertIn("+100.0 %", lines["average_deal_size"][2])
        self.assertEqual(mail.subject, "KPI North: Week")
        self.assertEqual(mail.email_to, self.manager.email_formatted)

    def test_values_are_those_of_the_dictionary(self):
        self.close(self.week, won=2, lost=5)
        figures = self.digest._crm_figures_of(self.manager)
        expected = self.env["crm.kpi"].with_user(self.manager)._values(
            self.kpis.mapped("code"), self.week.first, self.week.stop
        )[()]
        lines = self.lines(self.send())
        for code, values in expected.items():
            text = figures._text(code, values["value"])
            self.assertEqual(lines[code][1], " ".join(text.split()))

    def test_E9_from_nothing_to_nothing_and_the_wrong_way(self):
        """0 to 100 is new, 100 to 0 is -100 %, less of what should be less is for the better."""
        self.digest.crm_kpi_ids = self.kpi("lost_count", "won_count")
        self.close(self.before, lost=4)
        self.close(self.week, won=2, lost=2)
        tree = html.fromstring(self.send().body_html)
        spans = {
            row.get("data-kpi"): row.xpath(".//span")[0] for row in tree.xpath("//tr[@data-kpi]")
        }
        self.assertIn("new", spans["won_count"].text_content())
        self.assertIn("▼ −50.0 %", " ".join(spans["lost_count"].text_content().split()))
        self.assertIn("#0a6b2d", spans["lost_count"].get("style"))

    def test_no_data_is_a_dash(self):
        lines = self.lines(self.send())
        self.assertEqual(lines["win_rate"][1], "–")

    def test_rights_are_those_of_the_recipient(self):
        """A5: own documents only; figures of colleagues are in no mail of a salesperson."""
        self.close(self.week, won=1)
        self.close(self.week, won=4, user_id=self.colleague.id)
        self.digest.user_ids = self.rep + self.manager
        found = {
            mail.email_to: self.lines(mail)["won_count"][1] for mail in self.send()
        }
        self.assertEqual(found, {
            self.rep.email_formatted: "1", self.manager.email_formatted: "5",
        })

    def test_kpis_for_managers_are_not_in_the_mail_of_a_salesperson(self):
        restricted = self.env["crm.kpi"].search([("is_restricted", "=", True)], limit=1)
        self.assertTrue(restricted)
        self.digest.crm_kpi_ids += restricted
        self.digest.user_ids = self.rep + self.manager
        found = {mail.email_to: restricted.code in self.lines(mail) for mail in self.send()}
        self.assertEqual(found, {
            self.rep.email_formatted: False, self.manager.email_formatted: True,
        })

    def test_preview_shows_the_same_lines(self):
        self.close(self.week, won=3, lost=1)
        mail = self.send()
        digest = self.digest.with_user(self.manager)
        self.assertEqual(
            [row.text_content() for row in html.fromstring(digest.crm_preview).xpath("//tr")],
            [row.text_content() for row in html.fromstring(mail.body_html).xpath(
                "//tr[@data-kpi or th[text()='KPI']]")],
        )

    def test_a_manager_changes_crm_digests_of_his_companies_only(self):
        plain = self.env["digest.digest"].create({"name": "Plain"})
        mine = self.digest.with_user(self.manager)
        mine.write({"name": "Renamed", "user_ids": [(4, self.rep.id)]})
        mine.action_deactivate()
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            plain.with_user(self.manager).name = "Mine now"
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            self.digest.with_user(self.other_manager).name = "Mine now"
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            mine.company_id = self.other_company
        administrator = self.env.ref("base.user_admin")
        administrator.group_ids += self.env.ref("base.group_erp_manager")
        plain.with_user(administrator).with_context(
            allowed_company_ids=administrator.company_id.ids
        ).name = "Still theirs"

    def test_a_digest_without_our_kpis_stays_as_it_was(self):
        plain = self.env["digest.digest"].create({
            "name": "Plain", "user_ids": self.rep.ids, "kpi_mail_message_total": True,
        })
        before = self.env["mail.mail"].search([])
        plain.action_send()
        self.assertEqual(len(self.env["mail.mail"].search([]) - before), 1)
        self.assertFalse(self.Row.search([("digest_id", "=", plain.id)]))

    def test_a_digest_that_nobody_reads_online_keeps_its_rhythm(self):
        self.send()
        self.assertEqual(self.digest.periodicity, "weekly")
        self.assertEqual(
            self.digest.next_run_date, self.env.cr.now().date() + timedelta(days=7)
        )

    def test_sent_by_hand_goes_out_again(self):
        self.send()
        before = self.env["mail.mail"].search([])
        self.digest.action_send_manual()
        self.digest.action_send_manual()
        self.Row._run_mails()
        self.assertEqual(len(self.env["mail.mail"].search([]) - before), 2)

    def test_supplied_digests_wait_for_somebody_to_switch_them_on(self):
        for name, code in (("weekly", "win_rate"), ("monthly", "retention_rate")):
            digest = self.env.ref(f"crm_roi.digest_crm_{name}")
            self.assertEqual(digest.state, "deactivated")
            self.assertIn(code, digest.crm_kpi_ids.mapped("code"))
            self.assertFalse(digest.crm_seed_kpis)

    def test_supplied_digests_are_filled_once(self):
        digest = self.env.ref("crm_roi.digest_crm_weekly")
        digest.write({"crm_kpi_ids": [(5,)], "user_ids": [(5,)]})
        self.env["crm.kpi"]._sync()
        self.assertFalse(digest.crm_kpi_ids)
        self.assertFalse(digest.user_ids)

    def test_a_target_stands_beside_the_figure(self):
        self.close(self.week, won=3)
        Figures = type(self.env["crm.kpi.figures"])
        real = Figures._figures

        def with_target(self, *args, **kwargs):
            return [{**figure, "target": 6.0, "attainment": 0.5}
                    for figure in real(self, *args, **kwargs)]

        with patch.object(Figures, "_figures", with_target):
            lines = self.lines(self.send())
        self.assertEqual(lines["won_count"][3], "50.0 % 6")
