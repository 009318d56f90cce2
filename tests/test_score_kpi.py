"""KPIs of scores, counted by hand."""

from datetime import date

from odoo.tests import tagged

from .test_nightly import NightlyCase


@tagged("post_install", "-at_install")
class TestScoreKpi(NightlyCase):
    def setUp(self):
        super().setUp()
        # Scores are set by the test.
        self.env["crm.lead.score.set"].search([("state", "=", "live")]).active = False

    def _scored(self, score, outcome="open", created="2026-03-10 12:00", closed=None, **values):
        lead = self._lead(outcome, created, closed, **values)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET lead_score = %s, is_hot = %s WHERE id = %s",
            [score, bool(score and score >= 60), lead.id],
        )
        self.env.invalidate_all()
        return lead

    def _figures(self, domain=()):
        names = ("scored_lead_count", "hot_lead_count", "lead_score_total", "average_lead_score")
        return self.Snapshot._read_group(
            [("company_id", "=", self.company.id), *domain], [], [f"{n}:avg" for n in names]
        )[0]

    def test_levels_of_a_night(self):
        self._scored(80)
        self._scored(30, type="lead")
        self._scored(0, user_id=self.colleague.id)
        self._scored(None)
        self._scored(90, "won", closed="2026-03-20 12:00")
        self._scored(90, "lost", closed="2026-03-20 12:00")
        self._scored(90, "won", closed="2026-04-01 08:00")  # won the morning after
        self._scored(70, created="2026-04-01 08:00")  # came the morning after
        with self._on(date(2026, 4, 1)):
            self.Snapshot._run_nightly()
        scored, hot, total, average = self._figures()
        self.assertEqual((scored, hot, total), (4, 2, 200))
        self.assertEqual(average, 50)
        self.assertEqual(self._figures([("user_id", "=", self.colleague.id)])[3], 0)

    def test_no_scored_lead_is_no_average(self):
        self._scored(None)
        with self._on(date(2026, 4, 1)):
            self.Snapshot._run_nightly()
        self.assertFalse(self._figures()[3])
        self.assertIsNot(self._figures()[3], 0)

    def test_a_later_score_does_not_change_the_night(self):
        lead = self._scored(80)
        with self._on(date(2026, 4, 1)):
            self.Snapshot._run_nightly()
            self.env.cr.execute(
                "UPDATE crm_lead SET lead_score = 5, is_hot = FALSE WHERE id = %s", [lead.id]
            )
            self.env.invalidate_all()
            self.Snapshot._run_nightly()
        self.assertEqual(self._figures()[:3], (1, 1, 80))
