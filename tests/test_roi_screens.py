"""Studies, back-tests, imported costs and custom KPIs as a manager uses them, in a browser."""

from odoo.fields import Date
from odoo.tests import HttpCase, tagged

from .common_roi import day
from .common_screens import MANAGER, ScreensCase
from .test_roi_study import StudyHistoryCase
from .test_score_proof import ProofCase


def may_log_in(user):
    """A test user's password is its login."""
    user.sudo().password = user.login
    return user.login


@tagged("post_install", "-at_install")
class TestStudyTour(HttpCase, StudyHistoryCase):
    def test_study_in_the_browser(self):
        study = self.Study.create({
            "name": "Tour study", "company_id": self.company.id, "baseline_id": self.baseline.id,
            "date_from": day("2025-01-01"), "date_to": day("2025-12-31"),
            "switch_date": day("2025-01-01"), "treated_team_ids": self.team.ids,
        })
        self.start_tour("/odoo", "crm_roi_study_screens", login=may_log_in(self.manager))
        self.assertEqual((study.state, study.discount_rate), ("computed", 0.12))
        self.assertEqual(study.computed_by_id, self.manager)


@tagged("post_install", "-at_install")
class TestBackTestTour(HttpCase, ProofCase):
    def test_back_test_in_the_browser(self):
        self._rule("Good source", dimension="fit", points=40,
                   domain=f"[('source_id', '=', {self.good.id})]")
        self._history(300, lambda values: 0.7 if values["source_id"] == self.good.id else 0.3)
        proof = self.Proof.create({
            "name": "Tour proof", "set_id": self.rules.id, "company_id": self.company.id,
            "date_from": "2025-01-01", "date_to": "2026-06-30", "team_id": self.team.id,
        })
        self.start_tour("/odoo", "crm_roi_back_test", login=may_log_in(self.manager))
        self.assertEqual((proof.state, proof.run_by_id), ("done", self.manager))


@tagged("post_install", "-at_install")
class TestCostScreens(ScreensCase):
    def test_costs_from_a_file_in_the_browser(self):
        category = self.env["crm.roi.cost.category"].create(
            {"name": "Tour Media", "code": "tour-media", "kind": "acquisition"})
        self.start_tour("/odoo", "crm_roi_cost_import", login=MANAGER)
        costs = self.env["crm.roi.cost"].search([("category_id", "=", category.id)])
        self.assertEqual(sorted(costs.mapped("amount")), [800.0, 1200.5])
        self.assertEqual(costs.company_id, self.company)


@tagged("post_install", "-at_install")
class TestCustomKpiScreens(ScreensCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The field of the KPI is rolled back in the database; the registry is told here.
        cls.addClassCleanup(cls.registry._setup_models__, cls.env.cr, ["crm.kpi.snapshot"])
        cls.addClassCleanup(cls.registry.clear_cache, "stable")

    def test_made_by_picking_and_seen_on_the_board(self):
        self.start_tour("/odoo", "crm_roi_kpi_custom_made", login=MANAGER)
        custom = self.env["crm.kpi.custom"].search([("name", "=", "Tour Decided Deals")])
        self.assertEqual((custom.a_model, custom.a_date), ("crm.lead", "date_closed"))
        self.env["crm.kpi.snapshot"]._refresh(self.created_on, Date.today(), self.company)
        self.start_tour("/odoo", "crm_roi_kpi_custom_seen", login=MANAGER)
