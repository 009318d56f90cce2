from datetime import date, datetime, timedelta

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from .common_roi import RoiCase

CALLS = [28, 15, 18, 10, 33, 13, 11, 20, 16, 9]


class WinningCase(RoiCase):
    """Ten people over the last twelve months; leads stand in for a habit, so that every figure
    comes from the snapshots alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = cls.env["res.users"]
        for number in range(10):
            cls.people |= new_test_user(
                cls.env, f"seller{number}", "sales_team.group_sale_salesman",
                company_id=cls.company.id, company_ids=cls.company.ids, name=f"Seller {number}",
            )
        cls.Analysis = cls.env["crm.winning.analysis"]
        cls.first, cls.last = cls.Analysis._default_dates()
        cls.habit = cls.env["crm.kpi"].search([("code", "=", "lead_count")])
        cls.other = cls.env["crm.kpi"].search([("code", "=", "order_count")])
        cls.rate = cls.env["crm.kpi"].search([("code", "=", "win_rate")])

    def _year(self, user, leads, won, closed, **figures):
        """The same figures in each of the twelve months."""
        for month in range(12):
            year, number = divmod(self.first.month - 1 + month, 12)
            self.measure(
                date(self.first.year + year, number + 1, 1), self.team, user_id=user.id,
                lead_count=leads, won_count=won, lost_count=closed - won, closed_count=closed,
                **figures,
            )

    def _analysis(self, **vals):
        return self.Analysis.create({
            "name": "Calls", "company_id": self.company.id, "habit_ids": self.habit.ids,
            "outcome_ids": self.rate.ids, **vals,
        })

    def _planted(self, **vals):
        for number, user in enumerate(self.people):
            self._year(user, CALLS[number], CALLS[number], 40, order_count=(number * 7) % 10)
        analysis = self._analysis(habit_ids=(self.habit + self.other).ids, **vals)
        analysis.action_run()
        return analysis


@tagged("post_install", "-at_install", "fault")
class TestWinning(WinningCase):
    def test_planted_habit_is_found_and_the_other_is_not(self):
        analysis = self._planted()
        found = {finding.habit_id: finding for finding in analysis.finding_ids}
        self.assertEqual(found[self.habit].verdict, "more")
        self.assertAlmostEqual(found[self.habit].rho, 1.0)
        self.assertEqual(found[self.other].verdict, "chance")
        self.assertEqual(found[self.habit].people_count, 10)
        self.assertIn("1 of 2", analysis.headline)
        self.assertIn("association, not cause", analysis.summary)
        self.assertIn("higher Win Rate", found[self.habit].sentence)

    def test_habits_are_counted_per_week(self):
        finding = self._planted().finding_ids.filtered(lambda f: f.habit_id == self.habit)
        x_values = {user: x for user, x, _y, _closed in finding.points}
        self.assertAlmostEqual(x_values[self.people[0].id], 12 * 28 / (365.25 / 7), 6)
        self.assertEqual({point[3] for point in finding.points}, {480})

    def test_habits_per_deal(self):
        finding = self._planted(per="deal").finding_ids.filtered(
            lambda f: f.habit_id == self.habit
        )
        x_values = {user: x for user, x, _y, _closed in finding.points}
        self.assertAlmostEqual(x_values[self.people[4].id], 33 / 40)

    def test_too_few_people_are_told_so(self):
        for number, user in enumerate(self.people[:7]):
            self._year(user, CALLS[number], 10, 40)
        analysis = self._analysis()
        analysis.action_run()
        self.assertEqual(analysis.finding_ids.verdict, "too_few")
        self.assertFalse(analysis.finding_ids.rho)
        self.assertIn("8 salespeople", analysis.summary)
        self.assertIn("there are 7", analysis.summary)

    def test_people_with_few_deals_are_ranked_but_not_compared(self):
        self.measure(self.first, self.team, user_id=self.people[0].id, won_count=4,
                     closed_count=4, lead_count=4)
        for number, user in enumerate(self.people[1:]):
            self._year(user, CALLS[number], 12, 40)
        analysis = self._analysis()
        analysis.action_run()
        self.assertEqual((analysis.people_count, analysis.left_out_count), (9, 1))
        lucky = analysis.place_ids.filtered(lambda place: place.user_id == self.people[0])
        self.assertEqual((lucky.rate, lucky.verdict), (1.0, "chance"))
        self.assertLess(lucky.shrunken_rate, 0.6)

    def test_quarters_of_the_same_person(self):
        for number, user in enumerate(self.people[:3]):
            for month in range(12):
                year, index = divmod(self.first.month - 1 + month, 12)
                day = date(self.first.year + year, index + 1, 1)
                leads = 10 * number + 5 + (index // 3) * 2
                self.measure(day, self.team, user_id=user.id, lead_count=leads,
                             closed_count=30, won_count=5 + (index // 3) + (2 - number) * 5)
        between = self._analysis()
        between.action_run()
        within = self._analysis(question="within")
        within.action_run()
        self.assertEqual(between.finding_ids.verdict, "too_few")
        self.assertEqual(within.finding_ids.verdict, "more")
        self.assertIn("same person", within.finding_ids.sentence)

    def test_inside_teams_the_territory_does_not_count(self):
        """In the better territory everybody wins more and calls less; inside each, who calls more
        wins more."""
        for number, user in enumerate(self.people):
            is_north = number % 2
            calls = 10 + number + 30 * (not is_north)
            self.measure(
                self.first, self.team if is_north else self.control, user_id=user.id,
                lead_count=calls, closed_count=100, won_count=20 + number + 40 * is_north,
            )
        between = self._analysis()
        between.action_run()
        inside = self._analysis(question="team")
        inside.action_run()
        self.assertLess(between.finding_ids.rho, 0)
        self.assertEqual(inside.finding_ids.verdict, "more")
        self.assertAlmostEqual(inside.finding_ids.rho, 1.0)
        self.assertIn("Inside the same team", inside.finding_ids.sentence)

    def test_few_lucky_deals_are_not_above_the_others(self):
        for user in self.people[1:]:
            self._year(user, 10, 14, 40)
        self.measure(self.first, self.team, user_id=self.people[0].id, won_count=7,
                     closed_count=8, lead_count=8)
        analysis = self._analysis()
        analysis.action_run()
        lucky = analysis.place_ids.filtered(lambda place: place.user_id == self.people[0])
        self.assertEqual(lucky.verdict, "chance")

    def test_other_period_team_and_company_do_not_count(self):
        for number, user in enumerate(self.people):
            self._year(user, CALLS[number], 12, 40)
        self.measure(self.first - timedelta(days=1), self.team, user_id=self.people[0].id,
                     lead_count=10_000, won_count=900, closed_count=900)
        self.measure(self.first, self.control, user_id=self.people[0].id, lead_count=10_000,
                     won_count=900, closed_count=900)
        self.measure(self.first, self.team, self.other_company, user_id=self.people[0].id,
                     lead_count=10_000, won_count=900, closed_count=900)
        analysis = self._analysis(team_id=self.team.id)
        analysis.action_run()
        self.assertEqual(set(analysis.place_ids.mapped("closed_count")), {480})
        self.assertGreater(analysis.spread_p, 0.99)
        self.assertIn("differ no more than chance", analysis.summary)

    def test_the_same_figures_give_the_same_results(self):
        analysis = self._planted()
        before = analysis.finding_ids.mapped("p"), analysis.place_ids.mapped("q")
        analysis.action_run()
        self.assertEqual(before, (
            analysis.finding_ids.mapped("p"), analysis.place_ids.mapped("q"),
        ))

    def test_changed_settings_need_another_run(self):
        analysis = self._planted().with_user(self.manager)
        analysis.per = "lead"
        self.assertEqual(analysis.state, "draft")
        self.assertFalse(analysis.headline)

    def test_A11_results_are_not_written_by_hand(self):
        analysis = self._planted().with_user(self.manager)
        with self.assertRaises(AccessError):
            analysis.write({"people_count": 99})
        with self.assertRaises(AccessError):
            analysis.finding_ids.write({"rho": 1.0})
        with self.assertRaisesRegex(ValidationError, "ends before it begins"):
            analysis.write({"date_to": self.first - timedelta(days=3)})

    def test_A5_a_salesperson_sees_his_own_place_only(self):
        analysis = self._planted()
        places = self.env["crm.winning.place"].with_user(self.people[2])
        own = places.with_context(allowed_company_ids=self.company.ids).search([])
        self.assertEqual(own.user_id, self.people[2])
        self.assertIn("all:", own.text)
        with self.assertRaises(AccessError):
            analysis.with_user(self.people[2]).read(["headline"])

    def test_A2_a_comparison_of_companies_is_its_maker_s(self):
        for number, user in enumerate(self.people[:5]):
            self._year(user, CALLS[number], 10, 40)
        for user in self.people[5:]:
            self.measure(self.first, self.team, self.other_company, user_id=user.id,
                         lead_count=10, won_count=10, closed_count=40)
        self.env.user.company_ids |= self.other_company
        both = self.Analysis.with_context(
            allowed_company_ids=[self.company.id, self.other_company.id],
        )
        analysis = both.create({
            "name": "All", "company_id": self.company.id, "all_companies": True,
            "habit_ids": self.habit.ids, "outcome_ids": self.rate.ids,
        })
        analysis.action_run()
        self.assertEqual(analysis.people_count, 10)
        # Whatever is switched on later, what was compared then is opened.
        later = analysis.with_context(allowed_company_ids=self.company.ids)
        found = later.finding_ids[:1].action_open_figures()
        self.assertEqual(set(self.Snapshot.with_context(**found["context"]).search(
            found["domain"]).user_id), set(self.people))
        foreign = later.place_ids.filtered(lambda place: place.user_id == self.people[7])
        self.assertIn(
            self.other_company.id, foreign.action_open_deals()["context"]["allowed_company_ids"])
        others = self.Analysis.with_user(self.manager).search([])
        self.assertNotIn(analysis, others)
        self.assertFalse(self.env["crm.winning.place"].with_user(self.people[7]).search([]))

    def test_results_go_when_they_would_be_shown_to_others(self):
        analysis = self._planted(all_companies=True)
        self.assertTrue(analysis.finding_ids and analysis.place_ids)
        analysis.all_companies = False
        self.assertFalse(analysis.finding_ids or analysis.place_ids)

    def test_what_stands_behind_it_is_named(self):
        for number, user in enumerate(self.people):
            lead = self._lead(user_id=user.id, company_id=self.company.id)
            self._date(lead, date_closed=datetime(2020 - CALLS[number] % 11, 1, 1))
        analysis = self._planted()
        finding = analysis.finding_ids.filtered(lambda f: f.habit_id == self.habit)
        self.assertIn("tenure", finding.adjusted)
        self.assertIsNotNone(finding.adjusted["tenure"])

    def test_figures_and_deals_can_be_opened(self):
        analysis = self._planted()
        action = analysis.finding_ids[:1].action_open_figures()
        snapshots = self.Snapshot.search(action["domain"])
        self.assertEqual(snapshots.user_id, self.people)
        place = analysis.place_ids[:1]
        self.assertEqual(place.action_open_deals()["res_model"], "crm.lead")
