"""The costs of the demo story: the planted channels, and the same money in the database."""

from collections import Counter

from odoo.tests import BaseCase, tagged

from ..demo import costs, story
from .test_demo_story import TODAY, status


@tagged("post_install", "-at_install")
class TestStoryCosts(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = story.plan(7, TODAY)

    def test_same_seed_same_costs(self):
        arguments = (self.plan.start, TODAY, self.plan.rollout, 1.0)
        self.assertEqual(costs.plan_costs(7, *arguments), self.plan.costs)
        self.assertNotEqual(costs.plan_costs(8, *arguments), self.plan.costs)

    def test_social_is_dear_and_referral_cheap(self):
        spent = Counter()
        for cost in self.plan.costs:
            if cost.source:
                spent[cost.source] += cost.amount
        won = Counter(deal.source for deal in self.plan.deals
                      if deal.source in spent and status(deal) == "won")
        per_deal = {source: spent[source] / won[source] for source in spent}
        dear, cheap = (story.PLANTED_CHANNELS[key] for key in ("looks_good", "is_good"))
        self.assertEqual(max(per_deal, key=per_deal.get), dear)
        self.assertEqual(min(per_deal, key=per_deal.get), cheap)
        self.assertGreater(per_deal[dear], 3 * sorted(per_deal.values())[-2])
        self.assertEqual(spent.most_common(1)[0][0], dear)

    def test_periods_are_sound(self):
        for cost in self.plan.costs:
            self.assertLessEqual(cost.start, cost.end, cost)
            self.assertLessEqual(cost.start, TODAY, cost)
            self.assertTrue(cost.amount > 0 or cost.work, cost)
