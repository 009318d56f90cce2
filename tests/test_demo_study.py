"""The studies of the demo story: the planted effect is found, and none where none was planted.

The monthly figures are added up here from the story's own events; the studies read them as if
they had been measured.
"""

from collections import Counter, defaultdict

import pytz

from odoo.tests import tagged

from ..demo import load_studies, story, world
from .common_roi import RoiCase
from .test_demo_story import TODAY, status

TEAMS = ("west", "central")


def month_of(team, moment):
    zone = pytz.timezone(world.COMPANIES[world.TEAMS[team].company]["tz"])
    return pytz.utc.localize(moment).astimezone(zone).date().replace(day=1)


def monthly_figures(plan):
    """:return: dict ``{(team, first day of month): {code: number}}``"""
    found = defaultdict(Counter)
    for deal in plan.deals:
        if deal.team not in TEAMS:
            continue
        found[deal.team, month_of(deal.team, deal.created)]["lead_count"] += 1
        outcome = status(deal)
        if deal.kind == "opportunity" and outcome in ("won", "lost"):
            row = found[deal.team, month_of(deal.team, deal.closed)]
            row["closed_count"] += 1
            row[f"{outcome}_count"] += 1
            if outcome == "won":
                row["won_revenue"] += deal.revenue
                row["won_cycle_count"] += 1
                row["cycle_days_total"] += (
                    deal.closed - (deal.converted or deal.created)).total_seconds() / 86400
    for order in plan.orders:
        # Orders in the team's own currency tell the margin rate.
        if order.team in TEAMS and order.state == "sale" and order.currency == "EUR":
            row = found[order.team, month_of(order.team, order.at)]
            row["order_count"] += 1
            row["order_revenue"] += order.untaxed
            row["order_margin"] += order.margin
    return found


@tagged("post_install", "-at_install")
class TestDemoStudy(RoiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = story.plan(7, TODAY)
        cls.figures = monthly_figures(cls.plan)
        cls.company.name = world.COMPANIES["eu"]["name"]
        cls.teams = {key: cls._team(world.TEAMS[key].name, cls.company) for key in TEAMS}
        months = sorted({month for _team, month in cls.figures if month >= cls.plan.start})
        for (team, month), row in cls.figures.items():
            if month in months:
                cls.measure(month, cls.teams[team], **row)
        cls.log_days(months[0], TODAY)
        cls.Cost.create({
            "name": "Roll-out", "company_id": cls.company.id, "date_from": cls.plan.rollout,
            "category_id": cls.licences.id, "amount": 60000, "team_id": cls.teams["west"].id,
            "currency_id": cls.company.currency_id.id,
        })
        cls.found, cls.placebo = load_studies.load_studies(cls.env, cls.plan)

    def truth(self):
        """Margin of the deals that the roll-out won: its share of what was won since."""
        effect = story.PLANTED_EFFECT
        months = [month.month for month in self.found.month_ids if month.kind == "observed"]
        rows = [self.figures["west", month] for month in months]
        revenue = sum(row["won_revenue"] for row in rows)
        rate = sum(row["order_margin"] for row in rows) / sum(row["order_revenue"] for row in rows)
        return revenue * effect["win_rate_lift"] / effect["win_rate_after"] * rate

    def test_planted_gain_is_within_its_interval(self):
        self.assertEqual(self.found.method_used, "did")
        used = self.found.effect_ids.filtered("is_used")
        truth = self.truth()
        self.assertGreater(truth, 100000)
        self.assertLess(used.low, truth)
        self.assertGreater(used.high, truth)
        self.assertGreater(used.gain, 0)
        self.assertLess(used.p_value, 0.1)

    def test_planted_win_rate_is_found(self):
        line = self.found.kpi_ids.filtered(lambda kpi: kpi.code == "win_rate")
        lift = story.PLANTED_EFFECT["win_rate_lift"]
        self.assertEqual(line.verdict, "better")
        self.assertAlmostEqual(line.change, lift, delta=0.04)
        self.assertTrue(line.low < lift < line.high)

    def test_placebo_finds_nothing(self):
        used = self.placebo.effect_ids.filtered("is_used")
        self.assertTrue(used.low < 0 < used.high, (used.low, used.high))
        line = self.placebo.kpi_ids.filtered(lambda kpi: kpi.code == "win_rate")
        self.assertIn(line.verdict, ("unclear", "same"))
        self.assertTrue(line.low < 0 < line.high)

    def test_charts_carry_the_stored_figures(self):
        for study in self.found, self.placebo:
            chart = study.chart_cumulative
            by_label = [column["values"] for column in chart["columns"]]
            self.assertEqual(by_label[0], study.month_ids.mapped("cumulative_gain"))
            self.assertEqual(by_label[3], study.month_ids.mapped("cumulative_cost"))
            parts = study.chart_parts["series"][0]["values"]
            self.assertAlmostEqual(sum(parts[:-1]), parts[-1], 2)
        costs = self.found.chart_costs["columns"]
        for place, month in enumerate(self.found.month_ids):
            self.assertAlmostEqual(
                sum(column["values"][place] for column in costs), month.cost, 2)
        self.assertIn("Subscriptions", [column["label"] for column in costs])

    def test_cost_chart_follows_what_was_computed(self):
        """When the ledger changes, the chart keeps the computed totals, and says so."""
        study = self.found
        total = study.total_cost
        self.cost(999, self.plan.rollout, team_id=self.teams["west"].id,
                  category_id=self.licences.id)
        study.invalidate_recordset()
        self.assertIn("compute again", study.chart_costs["text"])
        values = [value for column in study.chart_costs["columns"] for value in column["values"]]
        self.assertAlmostEqual(sum(values), total, 2)
        study._recompute()
        self.assertNotIn("compute again", study.chart_costs["text"])

    def test_costs_that_are_not_counted_do_not_move_the_first_month(self):
        study = self.found
        study.cost_from = False
        study._recompute()
        first = study.month_ids[0].month
        self.cost(50, self.plan.start, team_id=self.teams["west"].id, category_id=self.media.id)
        study._recompute()
        self.assertEqual(study.month_ids[0].month, first)
        study.include_acquisition = True
        study._recompute()
        self.assertEqual(study.month_ids[0].month, self.plan.start.replace(day=1))

    def test_cost_entries_of_the_study(self):
        action = self.found.action_open_costs()
        self.assertEqual(self.Cost.search(action["domain"]).mapped("name"), ["Roll-out"])
        self.assertEqual(self.found.cost_count, 1)
        self.assertEqual(self.placebo.cost_count, 0)

    def test_features_are_switched_on_for_the_company_alone(self):
        features = self.env["crm.roi.feature"].search([("code", "in", load_studies.FEATURES)])
        self.assertEqual(len(features), len(load_studies.FEATURES))
        for feature in features:
            self.assertEqual(feature.switched_on, self.plan.rollout)
            self.assertFalse(feature.with_company(self.other_company).switched_on)
