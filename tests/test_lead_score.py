from datetime import datetime, timedelta

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import KpiCase


class ScoreCase(KpiCase):
    """A live rule set of the test company without any rule."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Rule = cls.env["crm.lead.score.rule"]
        cls.Engine = cls.env["crm.lead.score.engine"]
        cls.rules = cls.env["crm.lead.score.set"].create({
            "name": "Test Rules", "state": "live", "company_id": cls.company.id,
            "fit_a": 50, "fit_b": 25, "engagement_1": 50, "engagement_2": 25, "hot": 60,
        })

    @classmethod
    def _rule(cls, name="Reason", **values):
        return cls.Rule.create({"name": name, "set_id": cls.rules.id, **values})

    def _score(self, leads, now=None):
        self.env.flush_all()
        crossing = self.Engine._score_leads(leads.ids, now)
        self.env.invalidate_all()
        return crossing


@tagged("post_install", "-at_install")
class TestLeadScore(ScoreCase):
    def test_points_make_scores_and_grade(self):
        self._rule(dimension="fit", points=40, domain="[('expected_revenue', '>=', 500)]")
        self._rule(dimension="fit", points=25, domain="[('function', 'ilike', 'director')]")
        self._rule(dimension="engagement", points=30, domain="[('priority', '=', '2')]")
        self._rule(dimension="fit", points=-20, domain="[('email_from', 'ilike', 'gmail')]")
        big = self._lead(expected_revenue=900, function="Sales Director", priority="2")
        small = self._lead(expected_revenue=100, email_from="a@gmail.com")
        self._score(big + small)
        self.assertEqual(
            [(lead.lead_score_fit, lead.lead_score_engagement, lead.lead_score, lead.lead_grade)
             for lead in big + small],
            [(65, 30, 48, "A2"), (0, 0, 0, "C3")],
        )
        self.assertTrue(big.lead_score_date)

    def test_mails_of_a_deleted_salesperson_are_still_ours(self):
        common = {"dimension": "engagement", "condition_type": "activity", "half_life": 0,
                  "within_days": 30}
        self._rule(name="Wrote", event="mail_received", points=40, **common)
        self._rule(name="We wrote", event="mail_sent", points=7, **common)
        seller = self._user("kpi_leaver", "sales_team.group_sale_salesman", self.company)
        lead = self._lead(user_id=False)
        lead.message_post(
            body="An offer", message_type="comment", subtype_xmlid="mail.mt_comment",
            author_id=seller.partner_id.id,
        )
        soon = datetime.utcnow() + timedelta(minutes=1)  # a message is younger than its transaction
        self._score(lead, soon)
        self.assertEqual(lead.lead_score_engagement, 7)
        seller.unlink()
        self._score(lead, soon)
        self.assertEqual(lead.lead_score_engagement, 7)

    def test_events_fade(self):
        self._rule(
            dimension="engagement", points=40, condition_type="activity", event="meeting",
            within_days=30, half_life=10,
        )
        lead = self._lead()
        now = datetime(2026, 6, 20, 12)
        for days, expected in ((0, 40), (10, 20), (20, 10), (29, 5), (30, 0), (-1, 0)):
            event = self.env["calendar.event"].create({
                "name": "Meeting", "opportunity_id": lead.id, "user_id": self.rep.id,
                "start": now - timedelta(days=days), "stop": now - timedelta(days=days),
            })
            self._score(lead, now)
            self.assertEqual(lead.lead_score_engagement, expected, days)
            event.unlink()

    def test_scores_as_of_a_past_moment(self):
        rule = self._rule(
            dimension="engagement", points=40, condition_type="activity", event="meeting",
            within_days=30, half_life=10,
        )
        lead = self._lead()
        self.env["calendar.event"].create({
            "name": "Meeting", "opportunity_id": lead.id, "user_id": self.rep.id,
            "start": datetime(2026, 6, 10, 12), "stop": datetime(2026, 6, 10, 13),
        })
        for day, expected in ((9, None), (10, 40), (20, 20)):
            row = self.Engine._scores_at(
                self.rules.id, {lead.id: datetime(2026, 6, day, 13)}
            )[0]
            self.assertEqual(row[f"points_{rule.id}"], expected)
            self.assertEqual(row["lead_score_engagement"], expected or 0)

    def test_saved_leads_are_scored_when_the_transaction_ends(self):
        self._rule(dimension="fit", points=40, domain="[('expected_revenue', '>=', 500)]")
        lead = self._lead(expected_revenue=900)
        self.env.cr.flush()
        self.assertEqual(lead.lead_score_fit, 40)
        lead.expected_revenue = 100
        self.env.cr.flush()
        self.assertEqual(lead.lead_score_fit, 0)
        lead.expected_revenue = 700
        self.assertEqual(lead.web_read({"lead_score_fit": {}})[0]["lead_score_fit"], 40)

    def test_job_scores_all_leads_after_a_change(self):
        self.patch(
            self.env.registry["ir.cron"], "_commit_progress", lambda *args, **kwargs: 60,
        )
        lead = self._lead(expected_revenue=900)
        rule = self._rule(dimension="fit", points=40, domain="[('expected_revenue', '>=', 500)]")
        self.env["crm.lead.score.set"]._run_scoring()
        self.env.invalidate_all()
        self.assertEqual(lead.lead_score_fit, 40)
        rule.points = 60
        self.env["crm.lead.score.set"]._run_scoring()
        self.env.invalidate_all()
        self.assertEqual(lead.lead_score_fit, 60)
        rule.active = False
        self.env["crm.lead.score.set"]._run_scoring()
        self.env.invalidate_all()
        self.assertEqual(lead.lead_score_fit, 0)
        self.assertFalse(self.rules.pass_lead_id)


@tagged("post_install", "-at_install")
class TestLeadScoreReasons(ScoreCase):
    def test_sentences_add_up_to_the_score(self):
        group = self.env["crm.lead.score.group"].create({"name": "Interest", "cap": 30})
        self._rule("big deal", dimension="fit", points=40,
                   domain="[('expected_revenue', '>=', 500)]")
        self._rule("private address", dimension="fit", points=-15,
                   domain="[('email_from', 'ilike', 'gmail')]")
        self._rule("meeting held", dimension="engagement", points=40, group_id=group.id,
                   condition_type="activity", event="meeting", half_life=10)
        self._rule("no match", dimension="engagement", points=40,
                   domain="[('expected_revenue', '>=', 5000)]")
        lead = self._lead(expected_revenue=900, email_from="a@gmail.com")
        start = datetime.now().replace(microsecond=0) - timedelta(days=3)
        self.env["calendar.event"].create({
            "name": "Meeting", "opportunity_id": lead.id, "user_id": self.rep.id,
            "start": start, "stop": start,
        })
        self._score(lead)
        explained = lead._lead_score_explain()
        for dimension, score in zip(explained["dimensions"], (25, 30), strict=True):
            self.assertEqual(dimension["score"], score)
            self.assertAlmostEqual(sum(r.points for r in dimension["reasons"]), score)
        self.assertFalse(explained["is_waiting"])
        sentences = lead.with_user(self.rep)._lead_score_sentences()
        self.assertEqual(sentences, [
            "+40 big deal", "+32 meeting held (3 days ago, fading from +40)",
            "−15 private address", "−2 “Interest” counts for 30 points at most",
        ])
        html = lead.with_user(self.rep).lead_score_reasons
        self.assertIn("meeting held", html)
        self.assertNotIn("no match", html)

    def test_texts_of_rules_are_escaped(self):
        self._rule("<script>alert(1)</script>", domain="[]")
        lead = self._lead()
        self._score(lead)
        self.assertNotIn("<script>", lead.lead_score_reasons)
        self.assertIn("&lt;script&gt;", lead.lead_score_reasons)

    def test_closed_leads_keep_their_score(self):
        rule = self._rule(dimension="fit", points=40, domain="[('expected_revenue', '>=', 500)]")
        lead, archived = self._lead(expected_revenue=900), self._lead(expected_revenue=900)
        self._score(lead + archived)
        lead.action_set_lost()
        archived.write({"active": False, "probability": 20})
        rule.points = 70
        self._score(lead + archived)
        self.assertEqual((lead + archived).mapped("lead_score_fit"), [40, 40])
        self.assertIn("closed", lead.lead_score_reasons)
        lead.action_restore()
        self.env.cr.flush()
        self.assertEqual(lead.lead_score_fit, 70)


@tagged("post_install", "-at_install")
class TestLeadScorePreview(ScoreCase):
    def test_preview_shows_what_a_rule_would_change_and_changes_nothing(self):
        self._rule(dimension="engagement", points=60)
        rule = self._rule(dimension="fit", points=10, domain="[('expected_revenue', '>=', 500)]")
        leads = [self._lead(expected_revenue=revenue) for revenue in (900, 600, 100)]
        self._lead("won", expected_revenue=900)
        self.env.cr.flush()
        values = {
            "name": "Big deal", "set_id": self.rules.id, "dimension": "fit", "points": 70,
            "condition_type": "domain", "domain": "[('expected_revenue', '>=', 800)]",
            "active": True, "half_life": 30, "min_count": 1, "within_days": 30,
        }
        shown = rule.with_user(self.manager).action_preview(values)
        self.assertEqual(
            {name: shown[name] for name in ("leads", "matched", "changed", "hot_before",
                                            "hot_after", "is_sample")},
            {"leads": 3, "matched": 1, "changed": 1, "hot_before": 0, "hot_after": 1,
             "is_sample": False},
        )
        before, after = shown["grades"].index("C1"), shown["grades"].index("A1")
        self.assertEqual(shown["matrix"][before][after], 1)
        self.assertEqual(shown["matrix"][before][before], 2)
        self.assertEqual(shown["examples"][0]["id"], leads[0].id)
        self.assertEqual(shown["examples"][0]["after"], "A1 (65)")
        self.env.invalidate_all()
        self.assertEqual((rule.points, leads[0].lead_score_fit), (10, 10))
        added = self.Rule.with_user(self.manager).action_preview(values)
        self.assertEqual((added["matched"], added["examples"][0]["after"]), (1, "A1 (70)"))
        off = rule.with_user(self.manager).action_preview({**values, "active": False})
        self.assertEqual((off["matched"], off["hot_after"]), (0, 0))

    def test_preview_refuses_what_saving_would_refuse(self):
        with self.assertRaisesRegex(ValidationError, "Nonsense"):
            self.Rule.with_user(self.manager).action_preview({
                "name": "Nonsense", "set_id": self.rules.id, "domain": "[('a', '=', 1)]",
                "condition_type": "domain", "active": True,
            })
