# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Unit tests of the screens, in a browser."""

from odoo.tests import HttpCase, no_retry, tagged

SUITE = "@crm_roi"


def job_id(name):
    """Return the id by which Odoo's unit tests are selected in the address."""
    value = 0
    for char in name:
        value = (value * 31 + ord(char)) & 0xFFFFFFFF
    return f"{value:08x}"


@tagged("post_install", "-at_install")
class TestWebUnit(HttpCase):
    @no_retry
    def test_views(self):
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&id={job_id(SUITE)}",
            "",
            login="admin",
            timeout=300,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=lambda message: "[HOOT]" not in message,
        )
