"""Whatever happens to leads, their scores are those of the rules and hot leads are told once."""

from odoo.tests import tagged

from .test_hot_notice import HotCase

# More than the job takes in one batch.
NUMBER = 3_000


@tagged("post_install", "-at_install", "fault")
class TestScoreLifecycle(HotCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rules = cls.env["crm.lead.score.set"].create({
            "name": "Life", "state": "live", "company_id": cls.company.id, "hot": 60,
            "fit_a": 50, "fit_b": 25, "engagement_1": 50, "engagement_2": 25,
        })
        cls.env["crm.lead.score.rule"].create([
            {"name": name, "set_id": cls.rules.id, "dimension": dimension, "points": points,
             "domain": domain}
            for name, dimension, points, domain in (
                ("Big", "fit", 70, "[('expected_revenue', '>=', 5000)]"),
                ("Named", "fit", 20, "[('contact_name', '!=', False)]"),
                ("Keen", "engagement", 60, "[('priority', '=', '3')]"),
            )
        ])

    @classmethod
    def _expected(cls, lead):
        """Score, grade and heat in plain Python."""
        fit = 70 * (lead.expected_revenue >= 5000) + 20 * bool(lead.contact_name)
        engagement = 60 * (lead.priority == "3")
        score = (fit + engagement + 1) // 2
        letter = "A" if fit >= 50 else "B" if fit >= 25 else "C"
        digit = "1" if engagement >= 50 else "2" if engagement >= 25 else "3"
        return score, letter + digit, score >= (lead.team_id.score_hot or 60)

    def _assert_right(self, leads):
        self.env.cr.flush()
        self.env.invalidate_all()
        wrong = leads.filtered(lambda lead: (
            (lead.lead_score, lead.lead_grade, lead.is_hot) != self._expected(lead)
        ))
        self.assertFalse(wrong, wrong[:1].read(["lead_score", "lead_grade", "is_hot"]))

    def _hot(self, **values):
        return self._lead(expected_revenue=9000, contact_name="Ann", priority="3", **values)

    def test_duplicate(self):
        lead = self._hot()
        self._assert_right(lead)
        self._tell()
        copy = lead.copy()
        self._assert_right(lead + copy)
        self._tell()
        self.assertEqual(self._states(lead + copy), ["notified", "notified"])

    def test_merge(self):
        poor, hot = self._lead(contact_name="Bob", expected_revenue=9000), self._hot()
        self._assert_right(poor + hot)
        self._tell()
        self.assertEqual(len(self._notices(self.rep)), 1)
        survivor = (poor + hot)._merge_opportunity()
        self._assert_right(survivor)
        self.assertTrue(survivor.is_hot)
        self.assertEqual(self._tell(), 0)
        self.assertEqual(len(self._activities(survivor)), 1)

    def test_lost_and_restored(self):
        lead = self._hot()
        self._assert_right(lead)
        self._tell()
        lead.action_set_lost()
        lead.contact_name = False
        self.env.cr.flush()
        self.env.invalidate_all()
        self.assertEqual(lead.lead_grade, "A1", "a closed lead keeps its score")
        lead.action_unarchive()
        self._assert_right(lead)
        self.assertEqual(self._tell(), 0, "it has never ceased to be hot")
        cold = self._lead(priority="3")
        cold.action_set_lost()
        self.env.cr.flush()
        cold.action_unarchive()
        cold.write({"expected_revenue": 9000})
        self._assert_right(cold)
        self.assertEqual(self._tell(), 1)

    def test_thresholds_of_set_and_team(self):
        leads = self._hot() + self._lead(expected_revenue=9000) + self._lead(priority="3")
        self._assert_right(leads)
        self.assertEqual(leads.mapped("is_hot"), [True, False, False])
        self.team.score_hot = 35
        self.env.cr.flush()
        self.env["crm.lead.score.set"]._run_scoring()
        self._assert_right(leads)
        self.assertEqual(leads.mapped("is_hot"), [True, True, False])
        self.assertEqual(self._tell(), 2)
        self.team.score_hot = 95
        self.env.cr.flush()
        self.env["crm.lead.score.set"]._run_scoring()
        self._assert_right(leads)
        self.assertFalse(any(leads.mapped("is_hot")))

    def test_an_archived_live_set_does_not_stop_the_job(self):
        other = self.env["crm.lead.score.set"].create({
            "name": "Gone", "state": "live", "company_id": self.other_company.id,
        })
        other.active = False
        self.env["crm.lead.score.queue"]._put_sets(other.ids)
        lead = self._hot()
        self.env["crm.lead.score.queue"]._put_leads(lead.ids)
        self.env["crm.lead.score.set"]._run_scoring()
        self._assert_right(lead)
        self.assertTrue(self.env["crm.lead.score.queue"]._is_empty())

    def test_B10_imported_leads(self):
        """Scored by the job, right, and nobody gets more notices than the cap."""
        leads = self.Lead.create([
            {"name": f"Lead {n}", "type": "opportunity", "company_id": self.company.id,
             "team_id": self.team.id, "user_id": self.rep.id, "stage_id": self.stage_open.id,
             "expected_revenue": n % 7 * 1000, "priority": str(n % 4),
             "contact_name": "Ann" if n % 3 else False}
            for n in range(NUMBER)
        ])
        self.env.cr.flush()
        # What the database does by itself after an import is committed.
        self.env.cr.execute("ANALYZE crm_lead")
        self.env["crm.lead.score.set"]._run_scoring()
        self._assert_right(leads)
        hot = self.Lead.search_count([("id", "in", leads.ids), ("is_hot", "=", True)])
        self.assertGreater(hot, 200)
        self.assertEqual(
            self.Hot.search_count([("lead_id", "in", leads.ids), ("state", "=", "pending")]), hot
        )
        self.assertEqual([self._tell(), self._tell()], [5, 0])
        self.assertEqual(len(self._notices(self.rep)), 5)
