from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestImportScreens(HttpCase):
    def test_whole_way_in_the_browser(self):
        """A sales manager uploads a bad and a good file and reads the KPIs of what came in."""
        company = self.env["res.company"].create(
            {"name": "Import Tour", "currency_id": self.env.ref("base.USD").id, "kpi_tz": "UTC"})
        new_test_user(
            self.env, "import_tour", "base.group_user,sales_team.group_sale_manager",
            company_id=company.id, company_ids=[(6, 0, company.ids)])
        self.start_tour("/odoo", "crm_roi_import_history", login="import_tour", timeout=180)
        leads = self.env["crm.lead"].with_context(active_test=False).search(
            [("company_id", "=", company.id)], order="import_ref")
        self.assertEqual(leads.mapped("import_ref"), ["T1", "T2", "T3", "T4"])
        self.assertEqual(leads.mapped("won_status"), ["won", "won", "lost", "pending"])
        self.assertEqual(leads.team_id.mapped("name"), ["Tour North"])
        self.assertEqual(leads[0].tag_ids, leads[1].tag_ids)
