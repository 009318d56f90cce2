"""The KPI board as a manager and a salesperson use it, in a browser."""

from odoo.tests import tagged

from .common_screens import MANAGER, SALESPERSON, ScreensCase


@tagged("post_install", "-at_install", "fault")
class TestBoardScreens(ScreensCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        kpi = cls.env["crm.kpi"].search([("code", "=", "won_revenue")])
        first = cls.closed_on.replace(day=1)
        # Three years that hold the last 365 days, wherever they begin.
        cls.env["crm.kpi.target"].create([
            {"kpi_id": kpi.id, "company_id": cls.company.id, "amount": 12000,
             "date_from": first.replace(month=1, year=first.year + offset)}
            for offset in (-1, 0, 1)
        ])

    def test_manager(self):
        self.start_tour("/odoo", "crm_roi_kpi_board_manager", login=MANAGER)

    def test_A5_salesperson_begins_with_own_figures(self):
        self.start_tour("/odoo", "crm_roi_kpi_board_salesperson", login=SALESPERSON)
