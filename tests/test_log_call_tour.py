"""A call is logged in the browser, from the list of leads that wait."""

from datetime import datetime, timedelta

from odoo.tests import tagged
from odoo.tools import SQL

from .common_screens import SALESPERSON, ScreensCase


@tagged("post_install", "-at_install")
class TestLogCallTour(ScreensCase):
    @classmethod
    def _make_leads(cls):
        cls.lead = cls.env["crm.lead"].create({
            "name": "Waiting lead", "company_id": cls.company.id, "team_id": cls.north.id,
            "user_id": cls.salesperson.id,
        })
        cls.env.flush_all()
        cls.env.cr.execute(SQL(
            "UPDATE crm_lead SET create_date = %s WHERE id = %s",
            datetime.now() - timedelta(hours=50), cls.lead.id,
        ))
        cls.env.invalidate_all()

    def test_log_a_call(self):
        self.start_tour("/odoo", "crm_roi_log_call", login=SALESPERSON)
        self.env.invalidate_all()
        fact = self.env["crm.activity.fact"].search([("lead_id", "=", self.lead.id)])
        self.assertEqual(
            (fact.kind, fact.direction, fact.minutes, fact.user_id),
            ("call", "in", 12, self.salesperson),
        )
        self.assertEqual(self.lead.response_status, "answered")
