from datetime import timedelta
from unittest.mock import patch

from lxml import html

from odoo import fields
from odoo.exceptions import AccessError
from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..tools.retry import LONGEST, next_try
from .digest_common import DigestCase

LINES = "odoo.addons.crm_roi.models.delivery.digest_lines"
DIGEST = "odoo.addons.crm_roi.models.delivery.digest_digest"
MAIL = "odoo.addons.crm_roi.models.base.attempt"
CORPUS = (
    "<img src=x onerror=alert(1)>", "<script>alert(1)</script>", "{{7*7}}", "${7*7}",
    "<t t-out='1'/>", "%(name)s %s {0}", "\"'><b>x</b>",
)


@tagged("post_install", "-at_install", "fault")
class TestFaultDigest(DigestCase):
    """E: what goes wrong with digests; A6 and A7: whose figures they show."""

    def row(self, user=None, **vals):
        return self.Row.search([
            ("digest_id", "=", self.digest.id), ("user_id", "=", (user or self.manager).id),
        ])

    def poison(self, cls, name, victim):
        """Patch a method so that it raises for one record."""
        real = getattr(cls, name)

        def raising(records, *args, **kwargs):
            if victim(records, *args):
                raise ValueError("poison")
            return real(records, *args, **kwargs)

        return patch.object(cls, name, raising)

    # -- A: whose figures ------------------------------------------------------------------

    def test_A6_a_recipient_without_sales_rights_gets_the_mail_without_figures(self):
        internal = self._user("digest_internal", "base.group_user", self.company)
        self.digest.write({
            "user_ids": (internal + self.manager).ids, "kpi_mail_message_total": True,
        })
        with self.assertNoLogs("odoo", level="WARNING"):
            mails = self.send()
        bodies = {mail.email_to: mail.body_html for mail in mails}
        self.assertNotIn("data-kpi", bodies[internal.email_formatted])
        self.assertIn("kpi_mail_message_total", bodies[internal.email_formatted])
        self.assertIn("data-kpi", bodies[self.manager.email_formatted])

    def test_A7_figures_are_those_of_the_company_of_the_digest(self):
        """Odoo takes the recipient's own company."""
        self.close(self.week, won=2)
        self.close(self.week, won=5, company_id=self.other_company.id,
                   team_id=self.other_team.id, user_id=self.other_manager.id)
        self.other_manager.company_ids += self.company
        self.digest.user_ids = self.other_manager
        mail = self.send()
        row = html.fromstring(mail.body_html).xpath("//tr[@data-kpi='won_count']")[0]
        self.assertEqual(row[1].text_content().strip(), "2")
        self.assertIn("KPI North", mail.subject)
        self.assertNotIn("KPI West", mail.body_html)

    def test_A7_nobody_gets_figures_of_a_company_that_is_not_his(self):
        self.digest.user_ids = self.other_manager
        self.assertFalse(self.send())
        row = self.row(self.other_manager)
        self.assertEqual(row.state, "skipped")
        self.assertIn("KPI North", row.note)

    # -- E1: one that fails stops no other ---------------------------------------------------

    @mute_logger(MAIL)
    def test_E1_one_recipient_fails_the_others_get_theirs(self):
        self.digest.user_ids = self.rep + self.manager
        Digest = type(self.env["digest.digest"])
        with self.poison(Digest, "_crm_lines", lambda digest, user: user == self.rep):
            mails = self.send()
        self.assertEqual(mails.mapped("email_to"), [self.manager.email_formatted])
        row = self.row(self.rep)
        self.assertEqual((row.state, row.note, row.tries), ("waiting", "ValueError: poison", 1))
        self.assertFalse(self.send(), "not before its time")
        row.next_try = self.env.cr.now() - timedelta(minutes=1)
        self.assertEqual(self.send().mapped("email_to"), [self.rep.email_formatted])
        self.assertEqual((row.state, row.note), ("queued", False))

    @mute_logger(LINES)
    def test_E1_one_figure_of_odoo_fails_the_others_are_there(self):
        self.digest.write({"kpi_mail_message_total": True, "kpi_res_users_connected": True})
        Digest = type(self.env["digest.digest"])
        name = "_compute_kpi_res_users_connected_value"
        with self.poison(Digest, name, lambda digest: True):
            body = self.send().body_html
        self.assertIn("kpi_mail_message_total", body)
        self.assertNotIn("kpi_res_users_connected", body)
        self.assertIn("data-kpi", body)

    @mute_logger("odoo.addons.crm_roi.models.kpi.kpi_figures")
    def test_E1_one_of_our_kpis_fails_the_others_are_there(self):
        Kpi = type(self.env["crm.kpi"])
        self.close(self.week, won=2)
        with self.poison(Kpi, "_values", lambda kpi, codes, *args: "win_rate" in codes):
            body = self.send().body_html
        rows = {
            row.get("data-kpi"): row for row in html.fromstring(body).xpath("//tr[@data-kpi]")
        }
        self.assertEqual(rows["won_count"][1].text_content().strip(), "2")
        self.assertEqual(rows["win_rate"][1].text_content().strip(), "–")
        self.assertIn("could not be computed", rows["win_rate"].text_content())

    @mute_logger(DIGEST)
    def test_E1_one_digest_fails_the_others_are_sent(self):
        broken = self.env["digest.digest"].create({
            "name": "Broken", "user_ids": self.rep.ids, "next_run_date": fields.Date.today(),
        })
        self.digest.next_run_date = fields.Date.today()
        Digest = type(self.env["digest.digest"])
        with self.poison(Digest, "_check_daily_logs", lambda digest: digest == broken):
            mails = self.send(self.env["digest.digest"])
        self.assertEqual(mails.mapped("email_to"), [self.manager.email_formatted])
        self.assertEqual(broken.crm_problem, "poison")
        self.assertEqual(broken.next_run_date, fields.Date.today(), "tried again")

    @mute_logger(DIGEST)
    def test_E1_negative_control_sent_by_hand_the_error_is_seen(self):
        broken = self.env["digest.digest"].create({"name": "Broken", "user_ids": self.rep.ids})
        Digest = type(self.env["digest.digest"])
        with self.poison(Digest, "_check_daily_logs", lambda digest: digest == broken), \
                self.assertRaises(ValueError):
            broken.action_send()

    @mute_logger(MAIL)
    def test_E1_a_mail_that_never_works_ends(self):
        Digest = type(self.env["digest.digest"])
        with self.poison(Digest, "_crm_lines", lambda digest, user: True):
            self.send()
            for _try in range(20):
                self.row().next_try = False
                self.Row._run_mails()
        self.assertEqual(self.row().state, "failed")
        self.assertEqual(self.row().tries, 12)

    # -- E2, E3: the mail server ---------------------------------------------------------------

    def test_E2_mails_of_a_dead_server_go_back_to_the_queue(self):
        mail = self.send()
        row = self.row()
        for tries in range(1, 12):
            mail.write({"state": "exception", "failure_reason": "no server"})
            row.next_try = False
            self.Row._run_mails()
            self.assertEqual((mail.state, row.state, row.tries), ("outgoing", "queued", tries))
            self.assertEqual(row.next_try, next_try(self.env.cr.now(), tries))
        mail.state = "exception"
        row.next_try = False
        self.Row._run_mails()
        self.assertEqual((mail.state, row.state), ("exception", "failed"))
        self.assertLessEqual(next_try(self.env.cr.now(), 99) - self.env.cr.now(), LONGEST)

    def test_E2_back_up_after_two_hours_one_delivery_each(self):
        self.digest.user_ids = self.manager + self.rep
        mails = self.send()
        Server = type(self.env["ir.mail_server"])
        sent = []

        def down(server, *args, **kwargs):
            raise OSError("connection refused")

        def up(server, message, *args, **kwargs):
            sent.append(message["To"])
            return message["Message-Id"]

        with patch.object(Server, "_disable_send", lambda server: False), \
                patch.object(Server, "_connect__", down):
            mails.send()
        self.assertEqual(set(mails.mapped("state")), {"exception"})
        with patch.object(Server, "_disable_send", lambda server: False), \
                patch.object(Server, "_connect__", lambda server, **kwargs: None), \
                patch.object(Server, "send_email", up):
            for _hour in range(3):
                self.Row._run_mails()
                self.env["mail.mail"].search([
                    ("id", "in", mails.ids), ("state", "=", "outgoing"),
                ]).send()
        self.assertEqual(len(sent), 2)
        self.assertEqual(len(set(sent)), 2)
        rows = self.row(self.manager) + self.row(self.rep)
        self.assertEqual(set(rows.mapped("state")), {"sent"})
        self.assertTrue(all(rows.mapped("sent_at")))

    def test_E3_the_row_is_there_before_the_mail_and_once(self):
        self.assertEqual(len(self.send()), 1)
        self.due()
        self.assertFalse(self.send(), "a second run of the same period")
        self.assertEqual(len(self.row()), 1)

    def test_E3_a_row_left_by_a_crash_is_sent_once(self):
        """Claimed, then killed before the mail was made."""
        self.digest._queue_mails(is_manual=False)
        self.assertEqual(self.row().state, "waiting")
        self.assertEqual(len(self.send()), 1)
        self.assertFalse(self.send())

    # -- E4, E5: names ------------------------------------------------------------------------

    def test_E4_names_are_text(self):
        for payload in CORPUS:
            self.digest.name = payload
            self.company.name = payload
            self.manager.name = payload
            self.kpis[0].field_id.sudo().with_context(lang="en_US").field_description = payload
            self.env.registry.clear_cache("stable")
            preview = self.digest.with_user(self.manager).crm_preview
            self.digest.action_send_manual()
            before = self.env["mail.mail"].search([])
            self.Row._run_mails()
            body = (self.env["mail.mail"].search([]) - before).body_html
            for text in (body, preview):
                self.assertNotIn("<img src=x", text)
                self.assertNotIn("<script>", text)
                self.assertNotIn("<b>x</b>", text)
                self.assertNotIn("49", html.fromstring(text).xpath("string(//strong)"))
            self.assertIn(payload.strip(), html.fromstring(body).text_content())

    def test_E5_line_breaks_in_names_forge_no_header(self):
        for text in ("Week\r\nBcc: evil@example.com", "Week\nBcc: evil@example.com"):
            self.digest.name = text
            self.company.name = f"North {text}"
            self.company.partner_id.email = "north@example.com"
            self.manager.name = f"Manager {text}"
            self.digest.action_send_manual()
            before = self.env["mail.mail"].search([])
            self.Row._run_mails()
            mail = self.env["mail.mail"].search([]) - before
            self.assertEqual(len(mail), 1)
            for value in (mail.subject, mail.email_to, mail.email_from):
                self.assertNotRegex(value, r"[\r\n]")
            message = self.env["ir.mail_server"]._build_email__(
                mail.email_from, [mail.email_to], mail.subject, mail.body_html,
            )
            self.assertNotIn("Bcc", message)

    # -- E6: who gets none -----------------------------------------------------------------------

    def test_E6_who_left_gets_nothing_and_nothing_breaks(self):
        Users = self.env["res.users"]
        people = [self._user(f"digest_{name}", "sales_team.group_sale_manager", self.company)
                  for name in ("unsubscribed", "archived", "shared", "silent", "deleted")]
        self.digest.user_ids = Users.union(*people) + self.manager
        self.digest._queue_mails(is_manual=False)
        unsubscribed, archived, shared, silent, deleted = people
        self.digest._action_unsubscribe_users(unsubscribed)
        archived.active = False
        shared.group_ids = self.env.ref("base.group_portal")
        silent.email = False
        rows = self.row(deleted)
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM res_users WHERE id = %s", [deleted.id])
        self.env.invalidate_all()
        with self.assertNoLogs("odoo", level="WARNING"):
            self.Row._run_mails()
        self.assertFalse(rows.exists())
        for user in unsubscribed, archived, shared, silent:
            self.assertEqual(self.row(user).state, "skipped", user.login)
            self.assertTrue(self.row(user).note)
        self.assertEqual(self.row().state, "queued")

    # -- E8: downtime ---------------------------------------------------------------------------

    def test_E8_one_digest_after_weeks_of_downtime(self):
        self.due(days=30)
        mails = self.send()
        self.assertEqual(len(mails), 1)
        self.assertEqual(self.row().period, self.week.first)
        last = self.week.stop - timedelta(days=1)
        for day in self.week.first, last:
            self.assertIn(fields.Date.to_string(day)[:4], mails.body_html)
        self.assertIn(f"{self.week.first:%m/%d/%Y} – {last:%m/%d/%Y}", mails.body_html)

    def test_E8_what_waits_for_an_earlier_week_is_dropped(self):
        self.Row._claim(self.digest, self.before, False)
        old = self.row()
        mails = self.send(self.due())
        self.assertEqual(len(mails), 1)
        self.assertEqual(old.state, "skipped")

    def test_E8_a_mail_that_is_late_keeps_its_period(self):
        self.close(self.before, won=4)
        self.close(self.week, won=1)
        self.Row._claim(self.digest, self.before, False)
        self.Row._run_mails()
        row = html.fromstring(self.env["mail.mail"].search([], limit=1).body_html).xpath(
            "//tr[@data-kpi='won_count']")[0]
        self.assertEqual(row[1].text_content().strip(), "4")

    # -- E10 ------------------------------------------------------------------------------------

    def test_E10_a_neutralized_copy_tells_nobody(self):
        alert = self.env["crm.kpi.alert"].create({
            "kpi_id": self.kpis[0].id, "value": 1, "owner_id": self.manager.id,
            "company_id": self.company.id,
        })
        self.digest._queue_mails(is_manual=False)
        self.env.flush_all()
        for query in get_neutralization_queries(["crm_roi"]):
            self.env.cr.execute(query)
        self.env.invalidate_all()
        active = self.env["digest.digest"].search_count([("state", "=", "activated")])
        self.assertEqual((active, alert.active, self.row().state), (0, False, "skipped"))
        self.assertFalse(self.send())

    def test_nobody_but_managers_sends(self):
        internal = self._user("digest_curious", "base.group_user", self.company)
        for method in ("action_send", "action_send_manual"):
            with self.assertRaises(AccessError), self.env.cr.savepoint(), \
                    mute_logger("odoo.addons.base.models.ir_model"):
                getattr(self.digest.with_user(internal), method)()
        self.assertFalse(self.row())

    # -- E11, E12 -------------------------------------------------------------------------------

    def test_E11_rights_are_those_of_the_moment_of_sending(self):
        restricted = self.env["crm.kpi"].search([("is_restricted", "=", True)], limit=1)
        self.digest.crm_kpi_ids += restricted
        self.digest._queue_mails(is_manual=False)
        self.manager.group_ids = self.env.ref("sales_team.group_sale_salesman")
        self.assertNotIn(f'data-kpi="{restricted.code}"', self.send().body_html)

    def test_E12_language_and_direction_of_each_recipient(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        arabic = self.env["res.lang"]._activate_lang("ar_001")
        self.assertEqual(arabic.direction, "rtl")
        self.manager.lang, self.rep.lang = "fr_FR", "ar_001"
        self.close(self.week, won=1, revenue=12345)
        self.digest.user_ids = self.manager + self.rep
        bodies = {mail.email_to: mail.body_html for mail in self.send()}
        french, other = (bodies[user.email_formatted] for user in (self.manager, self.rep))
        self.assertIn("12\u202f345", french.replace("\xa0", "\u202f"))
        self.assertIn('dir="ltr"', french)
        self.assertIn('dir="rtl"', other)

    # -- E13 --------------------------------------------------------------------------------------

    def test_E13_progress_is_kept_for_each_recipient(self):
        users = [self._user(f"digest_{n}", "sales_team.group_sale_manager", self.company)
                 for n in range(4)]
        self.digest.user_ids = self.env["res.users"].union(*users)
        self.digest._queue_mails(is_manual=False)
        calls = []

        def progress(cron, processed=0, *, remaining=None, **kwargs):
            calls.append((processed, remaining))
            return 0 if len(calls) == 5 else 100.0

        with patch.object(type(self.env["ir.cron"]), "_commit_progress", progress):
            self.assertEqual(self.Row._run_mails(), 2)
        self.assertEqual(calls, [(0, 4), (0, None), (1, None), (0, None), (1, None)])
        self.assertEqual(self.Row._run_mails(), 2, "the next run goes on")

    def test_E13_claiming_ten_thousand_is_one_statement(self):
        self.digest._queue_mails(is_manual=False)  # warm
        self.digest.user_ids += self.rep + self.colleague
        self.env.flush_all()
        with self.assertQueryCount(3):
            self.Row._claim(self.digest, self.week, True)
