"""Places in the sales race, and who sees whose."""

from unittest.mock import patch

from odoo.tests import BaseCase, tagged

from ..tools.places import places
from .activity_common import ActivityCase


class TestPlaces(BaseCase):
    def test_equal_results_share_a_place(self):
        results = {"a": 5, "b": 7, "c": 5, "d": None, "e": 0}
        self.assertEqual(places(results), {"b": 1, "a": 2, "c": 2, "e": 4})
        self.assertEqual(places(results, "lower"), {"e": 1, "a": 2, "c": 2, "b": 4})
        self.assertEqual(places({}), {})


@tagged("post_install", "-at_install", "fault")
class TestSalesRace(ActivityCase):
    def setUp(self):
        super().setUp()
        today = self._today()
        self.now, self.before = (f"{today.year - back}-06-15 12:00" for back in (1, 2))
        for user, won_now, won_before in ((self.rep, 2, 3), (self.colleague, 4, 1)):
            for closed, count in ((self.now, won_now), (self.before, won_before)):
                for _deal in range(count):
                    self._lead("won", closed[:8] + "01 12:00", closed, user_id=user.id)
        # "Last year", from the year before that.
        self.Snapshot._refresh(f"{today.year - 2}-01-01", f"{today.year}-01-01", self.company)

    def race(self, user, **values):
        race = self.env["crm.sales.race"].with_user(user).with_context(
            allowed_company_ids=self.company.ids
        ).create({"period": "last_year", **values})
        return [
            (line.place, line.runners, line.user_id, line.value_text, line.move_text)
            for line in race.line_ids
        ]

    def test_places_and_moves(self):
        self.assertEqual(self.race(self.manager), [
            (1, 2, self.colleague, "4", "▲ 1"), (2, 2, self.rep, "2", "▼ 1"),
        ])

    def test_A5_own_documents_own_place(self):
        self.assertEqual(self.race(self.rep), [(2, 2, self.rep, "2", "▼ 1")])
        # What the company shares is what people did, not what they sold.
        self.company.activity_shared = True
        self.assertEqual(len(self.race(self.rep)), 1)
        calls = self.env["crm.kpi"].search([("code", "=", "call_count")])
        with patch.object(type(self.env["crm.sales.race"]), "_results", lambda race: [
            {self.rep: 2, self.colleague: 5}, {self.rep: 1, self.colleague: 4},
        ]):
            self.assertEqual(len(self.race(self.rep, kpi_id=calls.id)), 2)
            self.assertEqual(len(self.race(self.rep)), 1)

    def test_A5_a_kpi_for_managers_has_no_race_of_others(self):
        restricted = self.env["crm.kpi"].search([("is_restricted", "=", True)], limit=1)
        self.assertTrue(restricted)
        race = self.env["crm.sales.race"].with_user(self.colleague).with_context(
            allowed_company_ids=self.company.ids
        )
        figures = race.env["crm.kpi.figures"]
        self.assertFalse(figures._kpis([restricted.code]))

    def test_a_company_may_switch_it_off(self):
        self.company.sales_race_off = True
        self.assertFalse(self.race(self.manager))
