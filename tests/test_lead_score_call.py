"""Calls as events of scoring: activities, and phone calls of the community addon beside them."""

from datetime import datetime, timedelta

from odoo.tests import tagged

from .test_lead_score import ScoreCase

NOW = datetime(2026, 6, 20, 12)


@tagged("post_install", "-at_install", "-standard", "neighbours", "fault")
class TestLeadScoreCall(ScoreCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.one, cls.two, cls.three = (
            cls._rule(f"{count} calls", dimension="fit", points=points, min_count=count,
                      condition_type="activity", event="call", within_days=30, half_life=0)
            for count, points in ((1, 10), (2, 20), (3, 40))
        )
        cls.fading = cls._rule(
            "call lately", dimension="engagement", points=40, condition_type="activity",
            event="call", within_days=30, half_life=10,
        )

    def phone(self, lead, days=0, state="done", **values):
        call = self.env["crm.phonecall"].create({
            "name": "Call", "opportunity_id": lead.id, "user_id": self.rep.id,
            "date": NOW - timedelta(days=days), "company_id": self.company.id, **values,
        })
        self.env.flush_all()
        self.env.cr.execute("UPDATE crm_phonecall SET state = %s WHERE id = %s", [state, call.id])
        self.env.invalidate_all()
        return call

    def activity(self, lead, days=0):
        """A call logged with the button on the lead."""
        dialog = self.env["crm.lead.call"].create({"lead_id": lead.id})
        dialog.action_log()
        message = self.env["mail.message"].search(
            [("model", "=", "crm.lead"), ("res_id", "=", lead.id)], limit=1, order="id desc")
        message.date = NOW - timedelta(days=days)

    def scores(self, lead):
        self._score(lead, NOW)
        return lead.lead_score_fit, lead.lead_score_engagement

    def test_H4_phone_calls_count_like_call_activities(self):
        phoned, logged, both, neither = (self._lead() for _number in range(4))
        self.phone(phoned, 10)
        self.activity(logged, 10)
        self.phone(both, 20)
        self.activity(both, 10)
        self.assertEqual(self.scores(phoned), (10, 20))
        self.assertEqual(self.scores(logged), (10, 20))
        self.assertEqual(self.scores(both), (30, 20), "two calls, the later one fades")
        self.assertEqual(self.scores(neither), (0, 0))
        self.phone(both, 5)
        self.assertEqual(self.scores(both), (70, 28))

    def test_calls_that_did_not_happen_do_not_count(self):
        lead = self._lead()
        self.phone(lead, state="open")
        self.phone(lead, state="cancel")
        self.phone(lead, active=False)
        self.phone(lead, days=40)
        self.phone(lead, days=-2)
        self.assertEqual(self.scores(lead), (0, 0))

    def test_no_call_at_all_is_an_absence(self):
        self._rule("never called", dimension="engagement", points=-15, half_life=0,
                   condition_type="activity", event="call", within_days=30, is_absence=True)
        quiet, phoned = self._lead(), self._lead()
        self.phone(phoned)
        self.fading.active = False
        self._rule("any lead", dimension="engagement", points=30, half_life=0)
        self.assertEqual([self.scores(lead)[1] for lead in (quiet, phoned)], [15, 30])

    def test_C9_calls_of_merged_leads_count_once_each(self):
        lead, other = self._lead(), self._lead()
        self.phone(lead, 3)
        self.phone(other, 4)
        self.activity(other, 5)
        survivor = (lead + other).merge_opportunity(auto_unlink=True)
        self.assertEqual(self.scores(survivor)[0], 70)

    def test_scores_as_of_a_past_moment(self):
        lead = self._lead()
        self.phone(lead, 10)
        for days, expected in ((11, None), (9, 10)):
            self.env.flush_all()
            (row,) = self.Engine._scores_at(self.rules.id, {lead.id: NOW - timedelta(days=days)})
            self.assertEqual(row[f"points_{self.one.id}"], expected)
