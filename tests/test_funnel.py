from datetime import timedelta

from odoo.tests import tagged

from .test_stage_event import StageEventCase


@tagged("post_install", "-at_install")
class TestFunnel(StageEventCase):
    """The funnel of few deals, counted by hand."""

    def setUp(self):
        super().setUp()
        self.Report = self.env["crm.funnel.report"].with_user(self.manager)
        self.env.cr.execute("DELETE FROM crm_stage_event")

    def figures(self, user=None, **options):
        self.moment += timedelta(days=options.pop("after", 0))
        model = self.Report.with_user(user) if user else self.Report
        found = model.funnel_figures(
            [("team_id", "=", self.team.id)], {"period": "this_year", "window": 30, **options},
        )
        self.names = [step["name"] for step in found["sides"][0]["steps"]]
        return found["sides"]

    def test_skips_count_and_moving_back_does_not_take_away(self):
        straight = self.new_lead()
        skipper, back, stuck = self.new_lead(), self.new_lead(), self.new_lead()
        self.later(straight, 1, stage_id=self.meeting.id)
        self.later(skipper, 1, stage_id=self.offer.id)
        self.later(back, 1, stage_id=self.offer.id)
        self.later(back, 1, stage_id=self.new.id)
        self.later(straight, 1, stage_id=self.won.id)
        self.later(stuck, 60, name="Forgotten")
        side = self.figures()[0]
        steps = {step["name"]: step for step in side["steps"]}
        self.assertEqual(side["counted"], 4)
        self.assertEqual(steps["F New"]["reached"], 4)
        self.assertEqual(steps["F New"]["went_on"], 3)
        self.assertEqual(steps["F Meeting"]["reached"], 3)
        self.assertEqual(steps["F Offer"]["reached"], 3)
        self.assertEqual(steps["F Won"]["reached"], 1)

