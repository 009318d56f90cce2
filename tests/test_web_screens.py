# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The KPI screens as a manager and a salesperson use them, in a browser."""

from odoo.tests import tagged

from .common_screens import MANAGER, SALESPERSON, ScreensCase


@tagged("post_install", "-at_install", "fault")
class TestWebScreens(ScreensCase):
    def test_manager(self):
        self.start_tour("/odoo", "crm_roi_kpi_manager", login=MANAGER)

    def test_A5_salesperson_sees_own_figures(self):
        self.start_tour("/odoo", "crm_roi_kpi_salesperson", login=SALESPERSON)

    def test_negative_control_stock_pivot(self):
        """Without our views a cell without data reads 0.00 %, and the check of blanks says so."""
        view = self.env["ir.ui.view"].create(
            {
                "name": "stock pivot",
                "model": "crm.kpi.snapshot",
                "arch": """<pivot><field name="team_id" type="row"/>
                    <field name="win_rate" type="measure" widget="percentage"/></pivot>""",
            }
        )
        action = self.env["ir.actions.act_window"].create(
            {
                "name": "Stock pivot",
                "res_model": "crm.kpi.snapshot",
                "view_mode": "pivot",
                "view_id": view.id,
            }
        )
        self.start_tour(f"/odoo/action-{action.id}", "crm_roi_stock_pivot", login=MANAGER)
