"""From a rule that a manager writes to the call that a salesperson finds, in the browser."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common_screens import MANAGER, SALESPERSON, ScreensCase


@tagged("post_install", "-at_install")
class TestHotLeadTour(ScreensCase):
    @classmethod
    def _make_leads(cls):
        cls.company.write({
            "hot_quiet_from": 0, "hot_quiet_to": 0, "hot_quiet_weekend": False,
        })
        rules = cls.env["crm.lead.score.set"].create({
            "name": "Tour Rules", "state": "live", "company_id": cls.company.id, "hot": 60,
            "fit_a": 50, "engagement_1": 50,
        })
        cls.env["crm.lead.score.rule"].create({
            "name": "Three stars", "set_id": rules.id, "dimension": "fit", "points": 80,
            "domain": "[('priority', '=', '3')]",
        })
        cls.lead, cls.cold = cls.env["crm.lead"].create([
            {"name": name, "type": "opportunity", "company_id": cls.company.id,
             "team_id": cls.north.id, "user_id": cls.salesperson.id, "priority": priority}
            for name, priority in (("Tour lead", "3"), ("Cold lead", "0"))
        ])
        met = fields.Datetime.now() - timedelta(hours=2)
        cls.env["calendar.event"].create({
            "name": "Visit", "opportunity_id": cls.lead.id, "user_id": cls.salesperson.id,
            "start": met, "stop": met,
        })

    def setUp(self):
        super().setUp()
        # Progress is committed for real by the scheduled jobs.
        self.patch(
            self.env.registry["ir.cron"], "_commit_progress", lambda _cron, *_args, **_kw: 60,
        )

    def test_rule_preview_reasons_and_call(self):
        self.env["crm.lead.score.set"]._run_scoring()
        self.env.invalidate_all()
        self.assertEqual((self.lead.lead_grade, self.lead.is_hot), ("A3", False))
        self.start_tour("/odoo", "crm_roi_hot_lead_rule", login=MANAGER)
        self.env["crm.lead.score.set"]._run_scoring()
        self.env["crm.lead.hot"]._run_notices()
        self.env.invalidate_all()
        self.assertEqual((self.lead.lead_grade, self.lead.is_hot), ("A1", True))
        self.assertFalse(self.cold.activity_ids)
        self.assertEqual(self.lead.activity_ids.user_id, self.salesperson)
        notice = self.env["mail.notification"].search([
            ("res_partner_id", "=", self.salesperson.partner_id.id),
            ("mail_message_id.res_id", "=", self.lead.id),
            ("mail_message_id.subject", "=", "Hot lead: Tour lead"),
        ])
        self.assertEqual(len(notice), 1)
        self.assertIn("Met us", notice.mail_message_id.body)
        self.start_tour("/odoo", "crm_roi_hot_lead_received", login=SALESPERSON)
