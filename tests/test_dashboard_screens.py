# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The dashboards as a manager and a salesperson open them, in a browser."""

from odoo.tests import tagged

from .common_screens import MANAGER, SALESPERSON, ScreensCase


@tagged("post_install", "-at_install", "fault")
class TestDashboardScreens(ScreensCase):
    def test_manager(self):
        self.start_tour("/odoo", "crm_roi_dashboards_manager", login=MANAGER)

    def test_A5_salesperson_sees_own_figures(self):
        self.start_tour("/odoo", "crm_roi_dashboards_salesperson", login=SALESPERSON)
