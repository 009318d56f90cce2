"""The funnel as a manager uses it, in a browser."""

from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestFunnelScreens(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Funnel Tour"})
        cls.manager = new_test_user(
            cls.env, "funnel_manager", "sales_team.group_sale_manager",
            company_id=cls.company.id, company_ids=[Command.set(cls.company.ids)],
        )
        teams = cls.env["crm.team"].create([
            {"name": f"Tour {name}", "company_id": cls.company.id} for name in ("East", "West")])
        Stage = cls.env["crm.stage"]
        Stage.search([]).team_ids = cls.env["crm.team"].create({"name": "Elsewhere"})
        Stage.search([]).sequence = 99
        stages = Stage.create([
            {"name": f"Tour {name}", "sequence": place, "is_won": name == "Won"}
            for place, name in enumerate(("New", "Offer", "Won"))])
        leads = cls.env["crm.lead"].create([
            {"name": "Tour deal", "type": "opportunity", "stage_id": stages[0].id,
             "company_id": cls.company.id, "team_id": teams[number % 2].id,
             "user_id": cls.manager.id, "probability": 10}
            for number in range(24)])
        cls.env.flush_all()
        begin = fields.Datetime.now() - timedelta(days=120)
        cls.env.cr.execute(
            "UPDATE crm_lead SET create_date = %s, date_last_stage_update = %s WHERE id = ANY(%s)",
            [begin, begin, leads.ids])
        cls.env.invalidate_all()
        cls.env["crm.stage.event.writer"]._rebuild(leads.ids)
        for days, some, stage in ((10, leads[:20], stages[1]), (20, leads[:3], stages[2])):
            some.stage_id = stage
            cls.env.flush_all()
            moment = begin + timedelta(days=days)
            cls.env.cr.execute(
                """UPDATE crm_lead SET date_last_stage_update = %s,
                          date_closed = CASE WHEN date_closed IS NOT NULL THEN %s::timestamp END
                   WHERE id = ANY(%s)""", [moment, moment, some.ids])
            cls.env.invalidate_all()
            cls.env["crm.stage.event.writer"]._follow(some.ids)
        cls.env["crm.sales.cycle"]._refresh(cls.company)

    def test_funnel(self):
        self.start_tour("/odoo", "crm_roi_funnel", login="funnel_manager")
