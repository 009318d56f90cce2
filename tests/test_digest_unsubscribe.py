import re

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .digest_common import DigestCase


@tagged("post_install", "-at_install", "fault")
class TestDigestUnsubscribe(DigestCase, HttpCase):
    """E7: leaving a digest takes a click, the right token, and works once or ten times."""

    def address(self, user=None, token=None, route="unsubscribe"):
        user = user or self.manager
        token = token or self.digest._get_unsubscribe_token(user.id)
        return f"/digest/{self.digest.id}/{route}?token={token}&user_id={user.id}"

    def test_E7_following_the_link_unsubscribes_nobody(self):
        self.authenticate(None, None)
        for _visit in range(3):
            page = self.url_open(self.address())
            self.assertEqual(page.status_code, 200)
            self.assertIn("Unsubscribe", page.text)
            self.assertIn(self.manager, self.digest.user_ids)

    def test_E7_the_button_does_and_again_changes_nothing(self):
        self.authenticate(None, None)
        page = self.url_open(self.address())
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
        for _time in range(2):
            answer = self.url_open(f"/digest/{self.digest.id}/unsubscribe", data=fields)
            self.assertEqual(answer.status_code, 200)
            self.assertNotIn(self.manager, self.digest.user_ids)

    def test_E7_one_click_of_mail_programs(self):
        self.authenticate(None, None)
        address = self.address(route="unsubscribe_oneclik")
        with mute_logger("odoo.addons.http_routing.models.ir_http"):
            self.assertEqual(self.url_open(address).status_code, 405)
        self.assertIn(self.manager, self.digest.user_ids)
        self.assertEqual(self.url_open(address, method="POST").status_code, 200)
        self.assertNotIn(self.manager, self.digest.user_ids)

    @mute_logger("odoo.http", "odoo.addons.http_routing.models.ir_http")
    def test_E7_no_token_but_ones_own(self):
        self.authenticate(None, None)
        theirs = self.digest._get_unsubscribe_token(self.rep.id)
        guesses = [theirs, "x", "0" * 64]
        for guess in guesses:
            self.assertEqual(self.url_open(self.address(token=guess)).status_code, 404)
            one_click = self.address(token=guess, route="unsubscribe_oneclik")
            self.assertEqual(self.url_open(one_click, method="POST").status_code, 404)
        for user_id in ("", "abc", "-1", "1 OR 1"):
            address = f"/digest/{self.digest.id}/unsubscribe?token={theirs}&user_id={user_id}"
            self.assertEqual(self.url_open(address).status_code, 404, user_id)
        self.assertIn(self.manager, self.digest.user_ids)
