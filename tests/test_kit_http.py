"""Addresses of report kits: leaving one from its mail, printing one, looking at a preview."""

import json
from ast import literal_eval
from unittest.mock import patch

from odoo.fields import Command
from odoo.http import Request
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .kit_common import MONDAY, KitCase

QUIET = ("odoo.http", "odoo.addons.base.models.ir_rule", "odoo.addons.web.controllers.report")


@tagged("post_install", "-at_install", "fault")
class TestKitHttp(HttpCase, KitCase):
    def setUp(self):
        super().setUp()
        self.kit = self.make_kit(self.rep, self.manager)
        self.mine, self.theirs = self.kit.recipient_ids

    def address(self, recipient, token=None):
        return f"/crm_roi/report_kit/{recipient.id}/{token or recipient._token()}/unsubscribe"

    def is_subscribed(self, recipient):
        recipient.invalidate_recordset()
        return not recipient.unsubscribed_at

    # -- E7 --------------------------------------------------------------------------------

    def test_E7_the_mail_carries_what_mail_programs_need(self):
        mail = self.run_kits().filtered(lambda one: self.rep.email in one.email_to)
        headers = literal_eval(mail.headers)
        self.assertEqual(headers["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click")
        self.assertEqual(headers["List-Unsubscribe"], f"<{self.mine._unsubscribe_url()}>")
        self.assertIn(self.mine._unsubscribe_url(), mail.body_html)
        self.assertNotIn(self.theirs._token(), mail.body_html + mail.headers)

    def test_E7_opening_the_address_asks_only(self):
        served, original = [], Request._serve_ir_http

        def serve(request, rule, args):
            served.append(request.env.cr.readonly)
            return original(request, rule, args)

        with patch.object(Request, "_serve_ir_http", serve):
            for _prefetch in range(3):
                response = self.url_open(self.address(self.mine))
                self.assertEqual(response.status_code, 200)
        self.assertIn("Stop sending it?", response.text)
        self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
        self.assertTrue(self.is_subscribed(self.mine))
        self.assertTrue(all(served) and served, "H6: reading needs no write")

    def test_E7_one_click_from_a_mail_program(self):
        for _replay in range(2):
            response = self.url_open(
                self.address(self.mine), data={"List-Unsubscribe": "One-Click"})
            self.assertEqual(response.status_code, 200)
            self.assertIn("does not get this report kit any more", response.text)
        self.assertFalse(self.is_subscribed(self.mine))
        self.assertTrue(self.is_subscribed(self.theirs))
        first = self.mine.unsubscribed_at
        self.assertTrue(first)
        self.assertNotIn("Stop sending it?", self.url_open(self.address(self.mine)).text)
        self.assertEqual(self.mine.status, "unsubscribed")
        self.assertEqual(len(self.run_kits()), 1)

    @mute_logger(*QUIET)
    def test_E7_a_wrong_signature_is_not_found(self):
        own = self.mine._token()
        other_kit = self.make_kit(self.rep).recipient_ids
        for recipient, token in (
            (self.mine, "0" * 64), (self.mine, self.theirs._token()), (self.mine, own[:-1]),
            (self.mine, other_kit._token()), (self.theirs, own), (self.mine, "%C3%A9" * 20),
            (self.env["crm.kpi.report.recipient"].browse(2**31 - 1), own),
        ):
            for values in (None, {"List-Unsubscribe": "One-Click"}):
                response = self.url_open(self.address(recipient, token), data=values)
                self.assertEqual(response.status_code, 404)
                self.assertNotIn("Weekly", response.text)
        self.assertTrue(self.is_subscribed(self.mine) and self.is_subscribed(self.theirs))

    def test_E4_the_page_writes_names_as_text(self):
        self.kit.name = self.rep.name = "<script>alert(1)</script>"
        for values in (None, {"a": "b"}):
            text = self.url_open(self.address(self.mine), data=values).text
            self.assertNotIn("<script>alert", text)
            self.assertIn("&lt;script&gt;alert", text)

    # -- Rights by address -----------------------------------------------------------------

    @mute_logger(*QUIET)
    def test_G6_a_kit_by_its_address_only_for_who_may_read_it(self):
        password = "kpi_other"
        self.authenticate(password, password)
        path = f"/report/html/crm_roi.report_kpi_kit/{self.kit.id}"
        refused = self.url_open(path)
        self.assertNotIn("Won Revenue", refused.text)
        self.assertGreaterEqual(refused.status_code, 400)
        self.authenticate("kpi_rep", "kpi_rep")
        self.patch(self.env.registry["crm.kpi.report.schedule"], "_today_of",
                   lambda _kit: MONDAY.date())
        shown = self.url_open(path)
        self.assertEqual(shown.status_code, 200)
        self.assertIn("4,250", shown.text)
        self.assertNotIn("4,750", shown.text)

    @mute_logger(*QUIET)
    def test_G6_files_of_a_preview_are_its_makers(self):
        self.kit.with_xlsx = True
        preview = self.env["crm.kpi.report.preview"].with_user(self.manager).create(
            {"schedule_id": self.kit.id, "user_id": self.manager.id})
        path = f"/web/content/crm.kpi.report.preview/{preview.id}/xlsx_file"
        for login, is_served in (("kpi_manager", True), ("kpi_rep", False), (None, False)):
            self.authenticate(login, login)
            response = self.url_open(path)
            self.assertEqual(response.content[:2] == b"PK", is_served, login)

    def call(self, model, method, *args, **kwargs):
        return self.url_open(
            f"/web/dataset/call_kw/{model}/{method}", headers={"Content-Type": "application/json"},
            data=json.dumps({"params": {
                "model": model, "method": method, "args": args, "kwargs": kwargs}})).json()

    @mute_logger(*QUIET)
    def test_A8_nobody_runs_or_forges_from_outside(self):
        self.authenticate("kpi_rep", "kpi_rep")
        for method, args in (
            ("_run_kits", []), ("_deliver", [[self.kit.id], 1, 1]),
            ("write", [[self.kit.id], {"name": "forged"}]),
        ):
            answer = self.call("crm.kpi.report.schedule", method, *args)
            self.assertIn("error", answer, method)
        for model, method in (
            ("crm.kpi.report.log", "_put"), ("crm.kpi.report.recipient", "_token"),
            ("crm.kpi.report.recipient", "_unsubscribe"), ("crm.kpi.kit", "_build"),
        ):
            self.assertIn("error", self.call(model, method, [1]), method)
        answer = self.call("crm.kpi.report.recipient", "action_unsubscribe", self.theirs.ids)
        self.assertIn("error", answer)
        self.assertTrue(self.is_subscribed(self.theirs))
        answer = self.call("crm.kpi.report.recipient", "action_unsubscribe", self.mine.ids)
        self.assertNotIn("error", answer)
        self.assertFalse(self.is_subscribed(self.mine))

    def test_copying_a_kit_copies_no_signature_and_no_log(self):
        self.run_kits()
        copy = self.kit.copy({"recipient_ids": [Command.create({"user_id": self.rep.id})]})
        self.assertFalse(copy.log_ids)
        self.assertNotEqual(copy.recipient_ids._token(), self.mine._token())
