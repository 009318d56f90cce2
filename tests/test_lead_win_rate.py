from odoo.tests import TransactionCase, tagged

from .facts_common import LeadFacts


@tagged("post_install", "-at_install")
class TestLeadWinRate(LeadFacts, TransactionCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_leads()
        cls.south = cls.env["crm.team"].create({"name": "South", "company_id": False})
        cls.west = cls.env["crm.team"].create({"name": "West", "company_id": False})
        cls.lost_only = cls.env["crm.team"].create({"name": "Lost", "company_id": False})
        for team, won, lost in ((cls.team, 1, 0), (cls.south, 1, 3), (cls.lost_only, 0, 2)):
            for _number in range(won):
                cls.new_lead(team.name, team_id=team.id, user_id=False).action_set_won()
            for _number in range(lost):
                cls.new_lead(team.name, team_id=team.id, user_id=False).action_set_lost()
        # None of these was decided as an opportunity.
        cls.new_lead("open", team_id=cls.west.id, user_id=False)
        cls.new_lead("lead", team_id=cls.west.id, user_id=False, type="lead").action_set_lost()
        cls.new_lead("void", team_id=cls.west.id, user_id=False).write(
            {"active": False, "probability": 30}
        )
        cls.teams = cls.team + cls.south + cls.west + cls.lost_only
        cls.domain = [("team_id", "in", cls.teams.ids)]
        cls.Lead = cls.env["crm.lead"]

    def rates(self, **context):
        rows = self.Lead.with_context(**context)._read_group(
            self.domain, ["team_id"], ["__count", "win_rate:avg"]
        )
        return {team: (count, rate) for team, count, rate in rows}

    def test_ratio_in_every_group(self):
        self.assertEqual(self.rates(active_test=False), {
            self.team: (1, 1.0), self.south: (4, 0.25), self.west: (3, False),
            self.lost_only: (2, 0.0),
        })

    def test_hidden_lost_leads_count_in_the_rate_and_nowhere_else(self):
        self.assertEqual(
            self.rates(), {self.team: (1, 1.0), self.south: (1, 0.25), self.west: (1, False)}
        )

    def test_total_is_no_average_of_averages(self):
        (rate,), = self.Lead._read_group(self.domain, [], ["win_rate:avg"])
        self.assertEqual(rate, 2 / 7)

    def test_search_that_names_active_is_taken_at_its_word(self):
        (rate,), = self.Lead._read_group(
            [*self.domain, ("active", "=", True)], [], ["win_rate:avg"]
        )
        self.assertEqual(rate, 1.0)

    def test_pivot_and_graph(self):
        self.assertEqual(self.Lead.fields_get(["win_rate"])["win_rate"]["aggregator"], "avg")
        sets = self.Lead.formatted_read_grouping_sets(
            self.domain, [["team_id", "won_status"], ["team_id"], []],
            ["win_rate:avg", "expected_revenue:sum"],
        )
        by_team = {group["team_id"][0]: group["win_rate:avg"] for group in sets[1]}
        self.assertEqual(
            by_team, {self.team.id: 1.0, self.south.id: 0.25, self.west.id: False}
        )
        self.assertEqual([group["win_rate:avg"] for group in sets[2]], [2 / 7])
        self.assertEqual(
            {(g["team_id"][0], g["won_status"]): g["win_rate:avg"] for g in sets[0]},
            {(self.team.id, "won"): 1.0, (self.south.id, "won"): 1.0,
             (self.west.id, "pending"): False},
        )
        groups = self.Lead.formatted_read_group(self.domain, ["team_id"], ["win_rate:avg"])
        self.assertEqual({g["team_id"][0]: g["win_rate:avg"] for g in groups}, by_team)

    def test_nothing_found(self):
        self.assertEqual(self.Lead._read_group([("id", "=", 0)], ["team_id"], ["win_rate:avg"]), [])
        (rate,), = self.Lead._read_group([("id", "=", 0)], [], ["win_rate:avg"])
        self.assertFalse(rate)

    def test_salesperson_gets_the_rate_of_own_leads(self):
        """The second reading obeys the same record rules as the first."""
        own = self.rep.copy({
            "login": "own", "group_ids": [(6, 0, [self.env.ref(
                "sales_team.group_sale_salesman").id])],
        })
        mine = self.new_lead("mine", team_id=self.south.id, user_id=own.id)
        mine.action_set_won()
        self.Lead.search([("team_id", "=", self.south.id), ("id", "!=", mine.id),
                          ("active", "in", (True, False))]).user_id = self.rep
        (rate,), = self.Lead.with_user(own)._read_group(
            [("team_id", "=", self.south.id)], [], ["win_rate:avg"]
        )
        self.assertEqual(rate, 1.0)
