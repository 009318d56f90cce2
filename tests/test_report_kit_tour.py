from odoo.fields import Command
from odoo.tests import tagged

from .common_screens import MANAGER, ScreensCase


@tagged("post_install", "-at_install")
class TestReportKitTour(ScreensCase):
    def test_preview_and_log(self):
        """A manager looks at the mail of a kit, sends it and finds it in the log."""
        kpis = self.env["crm.kpi"].search([("code", "in", ("won_count", "win_rate"))])
        self.env["crm.kpi.report.schedule"].with_context(active_test=False).search([]).unlink()
        self.env["crm.kpi.report.schedule"].create({
            "name": "Tour kit", "company_id": self.company.id, "period": "last_90",
            "kpi_ids": [Command.set(kpis.ids)],
            "recipient_ids": [Command.create({"user_id": self.manager.id})],
        })
        self.manager.email = "manager@example.com"
        self.start_tour("/odoo", "crm_roi_report_kit", login=MANAGER)
        row = self.env["crm.kpi.report.log"].search([("user_id", "=", self.manager.id)])
        self.assertEqual((row.kind, row.state), ("manual", "claimed"))
