"""Report kits in bad weather: nobody gets one twice, nobody is forgotten, nothing is executed."""

from ast import literal_eval
from datetime import datetime, timedelta
from pathlib import Path
from unittest.mock import patch

from lxml import html
from markupsafe import escape
from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.modules.module import get_module_path
from odoo.tests import tagged
from odoo.tools import html2plaintext, mute_logger

from ..models.delivery import kpi_report_follow
from .kit_common import MONDAY, KitCase

QUIET = "odoo.addons.crm_roi.models.base.attempt"
QUARTER = timedelta(minutes=15)


class Killed(BaseException):
    """What no code of ours catches, as when the process is ended."""


@tagged("post_install", "-at_install", "fault")
class TestFaultKit(KitCase):
    def to(self, mails):
        return sorted(mails.mapped("email_to"))

    # -- Who is due ------------------------------------------------------------------------

    def test_once_a_week_in_the_recipients_morning(self):
        self.rep.tz, self.colleague.tz = "Asia/Kolkata", "America/New_York"
        self.moment = MONDAY - timedelta(days=2)
        kit = self.make_kit(self.rep, self.colleague)
        self.assertEqual(kit.schedule_text.replace("\u202f", " "),
                         "Every Monday at 7:00 AM in each recipient's time zone")
        monday = MONDAY.replace(hour=0)
        self.assertFalse(self.run_kits(monday + timedelta(hours=1, minutes=29)))
        self.assertEqual(self.to(self.run_kits(monday + timedelta(hours=1, minutes=30))),
                         [f'"{self.rep.name}" <{self.rep.email}>'])
        # New York is four hours behind by then: its clock went forward the week before.
        self.assertFalse(self.run_kits(monday + timedelta(hours=10, minutes=59)))
        self.assertEqual(self.to(self.run_kits(monday + timedelta(hours=11))),
                         [f'"{self.colleague.name}" <{self.colleague.email}>'])
        self.assertFalse(self.run_kits(monday + timedelta(days=6)))
        self.assertEqual(len(self.run_kits(monday + timedelta(days=8))), 2)

    def test_E8_missed_weeks_make_one_kit(self):
        kit = self.make_kit(self.manager)
        mail = self.run_kits(MONDAY + timedelta(days=23))
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.subject, "Weekly: 03/29/2026 to 04/04/2026")
        self.assertIn("03/29/2026 to 04/04/2026", html2plaintext(mail.body_html))
        self.assertEqual(self.log_of(kit, self.manager).period_key, "2026-W15")
        self.assertFalse(self.run_kits(MONDAY + timedelta(days=23)))

    def test_what_was_before_switching_on_is_not_sent(self):
        self.moment = MONDAY + timedelta(days=2)
        kit = self.make_kit(self.manager)
        self.assertFalse(self.run_kits(MONDAY + timedelta(days=2)))
        kit.active = False
        self.assertFalse(self.run_kits(MONDAY + timedelta(days=8)))
        kit.active = True
        self.assertFalse(self.run_kits(MONDAY + timedelta(days=9)), "switched on since")
        self.assertEqual(len(self.run_kits(MONDAY + timedelta(days=14))), 1)

    def test_a_day_moved_within_the_week_sends_no_second_kit(self):
        kit = self.make_kit(self.manager)
        self.assertEqual(len(self.run_kits(MONDAY)), 1)
        kit.write({"weekday": "3"})
        self.assertFalse(self.run_kits(MONDAY + timedelta(days=3)))
        self.assertEqual(len(self.run_kits(MONDAY + timedelta(days=10))), 1)

    # -- E1: one that fails ----------------------------------------------------------------

    def test_E1_a_kit_that_fails_stops_no_other_and_is_tried_again(self):
        kit = self.make_kit(self.rep, self.manager)
        build = type(self.env["crm.kpi.kit"])._build

        def poison(content, *args, **kwargs):
            if content.env.user == self.rep:
                raise ZeroDivisionError("poison")
            return build(content, *args, **kwargs)

        with patch.object(self.env.registry["crm.kpi.kit"], "_build", poison), \
                mute_logger(QUIET):
            mail = self.run_kits(MONDAY)
            self.assertEqual(mail.email_to, f'"{self.manager.name}" <{self.manager.email}>')
            row = self.log_of(kit, self.rep)
            self.assertEqual((row.state, row.reason), ("failed", "ZeroDivisionError: poison"))
            self.assertFalse(self.run_kits(MONDAY + timedelta(minutes=1)), "not at once")
        again = self.run_kits(MONDAY + QUARTER)
        self.assertEqual(again.email_to, f'"{self.rep.name}" <{self.rep.email}>')
        self.assertEqual((self.log_of(kit, self.rep).state, row.attempts), ("queued", 2))
        self.assertFalse(self.run_kits(MONDAY + timedelta(days=1)))

    def test_E1_a_kit_that_always_fails_is_given_up(self):
        kit = self.make_kit(self.rep)

        def poison(*_args, **_kwargs):
            raise ZeroDivisionError("poison")

        with patch.object(self.env.registry["crm.kpi.kit"], "_build", poison), mute_logger(QUIET):
            for hour in range(24):
                self.run_kits(MONDAY + timedelta(hours=hour))
        row = self.log_of(kit, self.rep)
        self.assertEqual((row.state, row.attempts), ("given_up", 5))

    def test_E1_a_sql_error_leaves_the_others_their_kits(self):
        self.make_kit(self.rep, self.manager)
        build = type(self.env["crm.kpi.kit"])._build

        def poison(content, *args, **kwargs):
            if content.env.user == self.rep:
                content.env.cr.execute("SELECT 1 / 0")
            return build(content, *args, **kwargs)

        with patch.object(self.env.registry["crm.kpi.kit"], "_build", poison), \
                mute_logger(QUIET, "odoo.sql_db"):
            self.assertEqual(len(self.run_kits(MONDAY)), 1)

    # -- E2: a mail server that is down ----------------------------------------------------

    def serve(self, is_up):
        """What Odoo's queue does with our mails."""
        mails = self.env["mail.mail"].search([("state", "=", "outgoing"),
                                              ("subject", "=like", "Weekly:%")])
        mails.write({"state": "sent"} if is_up else {
            "state": "exception", "failure_type": "mail_smtp", "failure_reason": "refused"})
        return len(mails)

    def test_E2_a_mail_server_down_for_a_day_loses_and_doubles_nothing(self):
        kit = self.make_kit(self.rep, self.manager)
        made, delivered, moment = 0, 0, MONDAY
        while moment < MONDAY + timedelta(days=3):
            made += len(self.run_kits(moment))
            is_up = moment > MONDAY + timedelta(days=1)
            delivered += self.serve(is_up) * is_up
            moment += timedelta(hours=1)
        self.assertEqual((made, delivered), (2, 2))
        self.run_kits(moment)
        for user in (self.rep, self.manager):
            row = self.log_of(kit, user)
            self.assertEqual((row.state, row.mail_id.id), ("sent", False))
            self.assertGreater(row.deliveries, 3)
        self.assertFalse(self.env["mail.mail"].search([("subject", "=like", "Weekly:%")]),
                         "figures are not kept after they were sent")

    def test_E2_a_refused_address_is_not_tried_for_ever(self):
        kit = self.make_kit(self.rep)
        mail = self.run_kits(MONDAY)
        mail.write({"state": "exception", "failure_type": "mail_email_invalid",
                    "failure_reason": "no such mailbox"})
        self.run_kits(MONDAY + QUARTER)
        row = self.log_of(kit, self.rep)
        self.assertEqual((row.state, row.reason), ("given_up", "no such mailbox"))
        self.assertEqual(mail.state, "exception")

    def test_E2_who_unsubscribes_while_it_waits_gets_nothing(self):
        kit = self.make_kit(self.rep)
        mail = self.run_kits(MONDAY)
        self.serve(is_up=False)
        kit.recipient_ids._unsubscribe()
        self.run_kits(MONDAY + QUARTER)
        self.assertEqual(mail.state, "cancel")
        self.run_kits(MONDAY + 2 * QUARTER)
        self.assertEqual(self.log_of(kit, self.rep).state, "given_up")

    # -- E3: killed ------------------------------------------------------------------------

    def killed_run(self, moment):
        build = type(self.env["crm.kpi.kit"])._build

        def die(content, *args):
            if content.env.user == self.rep:
                raise Killed
            return build(content, *args)

        with patch.object(self.env.registry["crm.kpi.kit"], "_build", die):
            try:
                self.run_kits(moment)
            except Killed:
                return
        self.fail("nothing was made")

    def test_E3_killed_after_the_ledger_was_written(self):
        kit = self.make_kit(self.rep)

        self.killed_run(MONDAY)
        row = self.log_of(kit, self.rep)
        self.assertEqual((row.state, row.attempts, row.mail_id.id), ("claimed", 1, False))
        self.assertEqual(len(self.run_kits(MONDAY + QUARTER)), 1)
        self.assertFalse(self.run_kits(MONDAY + 2 * QUARTER))
        self.assertEqual(self.log_of(kit, self.rep), row, "one row, one mail")

    def test_E3_a_kit_that_kills_the_server_is_given_up(self):
        kit = self.make_kit(self.rep, self.manager)
        for number in range(5):
            self.killed_run(MONDAY + number * timedelta(days=1))
            state = self.log_of(kit, self.manager).state
            self.assertEqual(state, "queued" if number else "claimed", "the next run begins here")
        self.run_kits(MONDAY + timedelta(days=6))
        row = self.log_of(kit, self.rep)
        self.assertEqual(
            (row.state, row.reason), ("given_up", "It was begun 5 times and never finished."))

    def test_E2_kits_that_wait_hide_none_that_were_sent(self):
        kit = self.make_kit(self.rep, self.manager, self.colleague)
        mails = self.run_kits(MONDAY)
        self.serve(is_up=False)
        with patch.object(kpi_report_follow, "BATCH", 2):
            self.run_kits(MONDAY)
            states = set(kit.log_ids.mapped("state"))
            self.assertEqual(states, {"waiting"})
            mails[2].state = "sent"
            self.run_kits(MONDAY)
        self.Log.invalidate_model()
        states = [self.log_of(kit, user).state for user in (self.rep, self.manager, self.colleague)]
        self.assertEqual(sorted(states), ["sent", "waiting", "waiting"])
        self.assertFalse(mails[2].exists())

    def test_E3_the_ledger_lets_no_second_row_in(self):
        kit = self.make_kit(self.rep)
        claim = lambda kind: self.Log._claim(  # noqa: E731
            kit.recipient_ids, kind, MONDAY.date(), "2026-W12")
        self.assertTrue(claim("scheduled"))
        self.assertFalse(claim("scheduled"))
        self.assertTrue(claim("manual"))
        self.assertFalse(claim("manual"), "pressed twice")

    # -- H8: no room for files -------------------------------------------------------------

    @mute_logger(QUIET)
    def test_H8_a_full_disk_leaves_nothing_half_made(self):
        kit = self.make_kit(self.rep, with_xlsx=True)
        files = self.env["ir.attachment"].search_count([])
        full = OSError(28, "No space left on device")
        with patch.object(self.env.registry["ir.attachment"], "_file_write", side_effect=full):
            self.assertFalse(self.run_kits())
        self.assertEqual(self.env["ir.attachment"].search_count([]), files)
        row = self.log_of(kit, self.rep)
        self.assertEqual((row.state, row.attempts), ("failed", 1))
        self.assertIn("No space left", row.reason)
        mail = self.run_kits(MONDAY + timedelta(hours=6))
        self.assertEqual(len(mail.attachment_ids), 1)
        self.assertTrue(mail.attachment_ids.raw)
        self.assertEqual(self.log_of(kit, self.rep).state, "queued")

    def test_H8_a_missing_file_of_the_logo_stops_no_kit(self):
        self.company.logo = self.env["res.company"].search([], limit=1).logo
        self.env.flush_all()
        self.env.cr.execute(
            """UPDATE ir_attachment SET store_fname = '00/missing', db_datas = NULL
               WHERE res_model = 'res.partner' AND res_id = %s""", [self.company.partner_id.id],
        )
        self.env.invalidate_all()
        self.make_kit(self.rep, with_xlsx=True)
        with mute_logger("odoo.addons.base.models.ir_attachment"):
            self.assertEqual(len(self.run_kits().attachment_ids), 1)

    def test_nobody_forges_the_log(self):
        kit = self.make_kit(self.rep)
        self.run_kits()
        row = self.log_of(kit, self.rep).sudo()
        self.assertTrue(row)
        for forge in (lambda: row.create({"kind": "manual"}),
                      lambda: row.write({"state": "sent"}), row.unlink):
            with self.assertRaises(AccessError):
                forge()

    # -- E4, E5: what people type ----------------------------------------------------------

    def test_E4_names_are_written_as_text(self):
        for number, payload in enumerate((
            "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "{{7*7}}", "${7*7}",
            "<t t-out='env'/>", "\"><svg onload=alert(1)>", "&lt;b&gt;", "%(x)s %s {0}",
        )):
            self.team.name = self.rep.name = payload
            kit = self.make_kit(
                self.rep, name=f"Weekly {payload}", note=payload, scope="teams",
                team_ids=[Command.set(self.team.ids)], with_pdf=False)
            with self.subTest(payload=payload):
                mail = self.run_kits(MONDAY + timedelta(weeks=number))
                self.assertNotRegex(mail.body_html, r"<(script|img|svg|t)\b")
                self.assertIn(str(escape(payload)), mail.body_html)
                self.assertIn(payload, mail.subject)
            kit.unlink()

    def test_E5_line_ends_reach_no_header(self):
        evil = "Name\r\nBcc: spy@example.com\n"
        self.rep.name = self.company.name = evil
        self.make_kit(self.rep, name=evil)
        mail = self.run_kits()
        for header in (mail.subject, mail.email_to, mail.email_from):
            self.assertNotRegex(header, r"[\r\n]")
        message = self.env["ir.mail_server"]._build_email__(
            mail.email_from, [mail.email_to], mail.subject, mail.body_html, subtype="html",
            headers=literal_eval(mail.headers))
        self.assertIsNone(message["Bcc"])

    # -- E6, E11, A6, A7: who may not ------------------------------------------------------

    def test_E6_those_who_cannot_get_it_get_none_and_nobody_minds(self):
        users = self.env["res.users"]
        for name, change in (
            ("unsubscribed", lambda user: None), ("archived", lambda u: u.write({"active": False})),
            ("no_email", lambda user: user.write({"email": False})),
            ("no_rights", lambda user: user.write({"group_ids": [Command.set(
                self.env.ref("base.group_user").ids)]})),
            ("no_company", lambda user: user.write({
                "company_ids": [Command.set(self.other_company.ids)],
                "company_id": self.other_company.id})),
        ):
            user = self._user(f"kit_{name}", "sales_team.group_sale_salesman", self.company)
            user.email, user.tz = f"{name}@example.com", "UTC"
            users += user
            kit = self.make_kit(user)
            if name == "unsubscribed":
                kit.recipient_ids._unsubscribe()
            change(user)
            self.assertEqual(kit.recipient_ids.with_context(active_test=False).status, name)
        gone = self._user("kit_gone", "sales_team.group_sale_salesman", self.company)
        self.make_kit(gone)
        gone.unlink()
        with self.assertNoLogs("odoo.addons.crm_roi", "WARNING"):
            self.assertFalse(self.run_kits())
        reasons = self.Log.search([("user_id", "in", users.ids)]).mapped("reason")
        self.assertEqual(set(reasons), {
            "No valid e-mail address", "No rights in sales", "Not in the kit's company",
            "Archived or no employee"})

    def test_E11_rights_are_those_of_the_moment_of_sending(self):
        self.make_kit(self.colleague)
        self.colleague.write({"group_ids": [Command.set(
            self.env.ref("sales_team.group_sale_salesman").ids)]})
        text = html2plaintext(self.run_kits().body_html)
        self.assertNotIn(self.rep.name, text)
        self.assertIn("750", text)
        self.assertNotIn("4,750", text)

    def test_A7_the_kits_company_counts(self):
        self.other_manager.write({
            "company_ids": [Command.link(self.company.id)], "email": "other@example.com"})
        self.make_kit(self.other_manager)
        text = html2plaintext(self.run_kits().body_html)
        self.assertIn("4,750 €", text.replace("\xa0", " "))
        self.assertNotIn("9,999", text)

    # -- Only if ---------------------------------------------------------------------------

    def test_only_if_a_kpi_is_below_for_the_recipient(self):
        kit = self.make_kit(
            self.rep, self.manager, condition="threshold", condition_value=4500,
            condition_kpi_id=self.kpis["won_revenue"].id)
        mail = self.run_kits()
        self.assertEqual(mail.email_to, f'"{self.rep.name}" <{self.rep.email}>')
        row = self.log_of(kit, self.manager)
        self.assertEqual((row.state, row.reason),
                         ("skipped", "The condition of the kit is not met."))
        self.assertFalse(self.run_kits(MONDAY + timedelta(days=3)), "asked once a week")

    def test_no_data_crosses_nothing(self):
        self.make_kit(self.rep, condition="threshold", condition_value=0.5,
                      condition_kpi_id=self.kpis["win_rate"].id)
        self.assertFalse(self.run_kits(MONDAY + timedelta(days=21)))
        for expected, status, pace in (
            (True, "bad", None), (True, "warning", "on_track"), (False, "good", "behind"),
        ):
            figures = [{"status": status, "pace": pace}]
            kit = self.Kit.new({"condition": "attention"})
            self.assertEqual(kit._is_wanted(figures), expected)
            kit.condition = "behind"
            self.assertEqual(kit._is_wanted(figures), pace == "behind")

    # -- E10, E12, E13 ---------------------------------------------------------------------

    def test_E10_a_neutralized_copy_sends_nothing(self):
        kit = self.make_kit(self.rep, self.manager)
        self.Log._claim(kit.recipient_ids[0], "manual", MONDAY.date(), "2026-W12")
        self.env.flush_all()
        script = Path(get_module_path("crm_roi"), "data", "neutralize.sql").read_text()
        self.env.cr.execute(script)
        self.env.invalidate_all()
        self.assertFalse(self.Kit.search([]))
        self.assertFalse(self.run_kits())

    def test_E12_language_and_direction_of_each_recipient(self):
        for code in ("fr_FR", "ar_001"):
            self.env["res.lang"]._activate_lang(code)
        self.rep.lang, self.manager.lang = "fr_FR", "ar_001"
        self.make_kit(self.rep, self.manager, self.colleague)
        bodies = {mail.email_to: mail.body_html for mail in self.run_kits()}
        of = {user.login: next(body for to, body in bodies.items() if user.email in to)
              for user in (self.rep, self.manager, self.colleague)}
        self.assertIn('dir="rtl"', of[self.manager.login])
        self.assertIn('dir="ltr"', of[self.rep.login])
        # Weeks begin on Monday in France, on Sunday in the United States.
        self.assertIn("09/03/2026", of[self.rep.login])
        self.assertIn("03/08/2026", of[self.colleague.login])

    def test_E12_the_mail_is_readable_on_any_ground_and_from_either_side(self):
        """Mail programs give tables the colour of their page: white on white on a dark one."""
        self.env["res.lang"]._activate_lang("ar_001")
        self.rep.lang = "ar_001"
        self.make_kit(self.rep, self.manager)
        for mail in self.run_kits():
            page = html.fromstring(mail.body_html)
            tables = page.xpath("//table[.//th or .//h1]")
            self.assertGreater(len(tables), 3)
            for table in tables:
                style = table.get("style").replace(" ", "")
                self.assertIn(";color:#", style)
                self.assertIn("font-size:", style)
            figures = page.xpath("//td[contains(., '%')]")
            self.assertTrue(figures)
            self.assertEqual({cell.get("dir") for cell in figures if not cell.xpath(".//h1|.//h2")},
                             {"auto"})

    def test_E13_many_recipients_are_served_in_steps(self):
        users = self.env["res.users"].concat(*(
            self._user(f"kit_many_{number}", "sales_team.group_sale_salesman", self.company)
            for number in range(12)))
        users.write({"tz": "UTC"})
        kit = self.make_kit(*users)
        for number, user in enumerate(users):
            user.email = f"many{number}@example.com"
        served = []

        def deliver(_kit, recipient, row):
            served.append(recipient.user_id)
            row._put(state="skipped")
            self.left = 0 if len(served) % 5 == 0 else 60
            return False

        with patch.object(self.env.registry["crm.kpi.report.schedule"], "_deliver", deliver):
            for _run in range(3):
                self.left = 60
                self.run_kits()
        self.assertEqual(len(served), 12)
        self.assertEqual(len(set(served)), 12)
        self.assertGreaterEqual(self.commits, 24, "committed before and after each")
        self.assertEqual(len(kit.log_ids), 12)

    # -- By hand, and whose it is ----------------------------------------------------------

    def test_sent_by_hand_whatever_the_condition_says(self):
        kit = self.make_kit(self.manager, active=False, condition="threshold", condition_value=0,
                            condition_kpi_id=self.kpis["won_revenue"].id)
        self.moment = MONDAY
        for _press in range(2):
            kit.with_user(self.manager).action_send_now()
        self.assertEqual(len(self.run_kits()), 1)
        row = self.log_of(kit, self.manager)
        self.assertEqual((row.kind, row.state), ("manual", "queued"))

    def test_salespeople_make_kits_for_themselves(self):
        mine = self.Kit.with_user(self.rep).create({
            "name": "Mine", "company_id": self.company.id,
            "recipient_ids": [Command.create({"user_id": self.rep.id})]})
        for change in ({"recipient_ids": [Command.create({"user_id": self.colleague.id})]},
                       {"owner_id": self.colleague.id}):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                mine.write(change)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            mine.recipient_ids.write({"user_id": self.colleague.id})
        theirs = self.make_kit(self.rep, self.manager, owner_id=self.manager.id)
        self.assertEqual(theirs.with_user(self.rep).name, "Weekly")
        for forbidden in (lambda kit: kit.write({"name": "x"}), lambda kit: kit.action_send_now()):
            with self.assertRaises(AccessError):
                forbidden(theirs.with_user(self.rep))
        self.assertEqual(self.env["crm.kpi.report.recipient"].with_user(self.rep).search(
            [("schedule_id", "=", theirs.id)]).user_id, self.rep)
        with self.assertRaises(AccessError):
            self.make_kit(self.manager).with_user(self.rep).read(["name"])

    def test_preview_is_the_recipients_mail_for_who_may_see_it(self):
        kit = self.make_kit(self.rep, codes=("won_revenue", "cost_per_lead"))
        self.patch(self.env.registry["crm.kpi.report.schedule"], "_today_of",
                   lambda _kit: MONDAY.date())

        def preview(viewer, user):
            return self.env["crm.kpi.report.preview"].with_user(viewer).create(
                {"schedule_id": kit.id, "user_id": user.id}).body

        self.assertIn("4,250", preview(self.manager, self.rep))
        self.assertNotIn(self.colleague.name, preview(self.rep, self.rep))
        self.assertNotIn(kit.recipient_ids._token(), preview(self.manager, self.rep))
        with self.assertRaises(AccessError):
            preview(self.rep, self.manager)
        with self.assertRaises(AccessError):
            preview(self.other_manager, self.rep)

    def test_what_cannot_be_is_refused_with_a_remedy(self):
        for values, words in (
            ({"scope": "teams"}, "choose them in “Sales Teams”"),
            ({"scope": "people"}, "choose them in “Salespeople”"),
        ):
            with self.assertRaisesRegex(ValidationError, words):
                self.make_kit(**values)
        for values in ({"month_day": 31}, {"hour": 24}, {"condition": "threshold"}):
            with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"):
                self.make_kit(**values)
                self.env.flush_all()

    def test_dst_the_local_hour_stays(self):
        self.rep.tz = "Europe/Brussels"
        self.make_kit(self.rep, hour=2.5, weekday="6")
        sunday = datetime(2026, 3, 29)  # 02:30 does not exist: after 01:59 it is 03:00, 01:00 UTC
        self.run_kits(datetime(2026, 3, 28, 23))
        self.assertFalse(self.run_kits(sunday + timedelta(minutes=59)))
        self.assertEqual(len(self.run_kits(sunday + timedelta(hours=1))), 1)
        self.assertFalse(self.run_kits(sunday + timedelta(hours=3)))
