from datetime import datetime, timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .test_lead_score import ScoreCase


@tagged("post_install", "-at_install")
class TestScoreHistory(ScoreCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._rule("Big deal", dimension="fit", points=60,
                             domain="[('expected_revenue', '>=', 5000)]")
        cls.hot = cls._rule("Very important", dimension="engagement", points=70, half_life=0,
                            domain="[('priority', '=', '3')]")
        cls.small = cls._rule("Known phone", dimension="fit", points=10,
                              domain="[('phone', '!=', False)]")

    def _history(self, lead):
        self.env.invalidate_all()
        return lead.lead_score_history_ids.sorted("id")

    def test_only_changes_of_grade_and_crossings_are_kept(self):
        lead = self._lead()
        self._score(lead)
        self.assertFalse(self._history(lead), "a first score is no change")
        lead.phone = "+32 2 123 45 67"
        self._score(lead)
        self.assertEqual((lead.lead_score_fit, lead.lead_grade), (10, "C3"))
        self.assertFalse(self._history(lead), "more points, the same grade")
        lead.expected_revenue = 9000
        self._score(lead)
        self._score(lead)
        (entry,) = self._history(lead)
        self.assertEqual(
            (entry.old_grade, entry.grade, entry.old_score, entry.score, entry.is_hot),
            ("C3", "A3", 5, 35, False),
        )
        self.assertEqual(entry.change, "C3 → A3")
        self.assertEqual(entry.why, "+60  Big deal\n+10  Known phone")

    def test_crossing_into_hot_and_out_with_reasons(self):
        lead = self._lead(expected_revenue=9000)
        self._score(lead)
        lead.priority = "3"
        self._score(lead)
        lead.priority = "0"
        self._score(lead)
        hot, cool = self._history(lead)
        self.assertEqual((hot.was_hot, hot.is_hot), (False, True))
        self.assertEqual(hot.change, "A3 → A1, turned hot")
        self.assertEqual(hot.reasons, {str(self.rule.id): "60.0", str(self.hot.id): "70.0"})
        self.assertEqual(cool.change, "A1 → A3, no longer hot")

    def test_hot_at_once_is_kept(self):
        lead = self._lead(expected_revenue=9000, priority="3")
        self._score(lead)
        entry = self._history(lead)
        self.assertEqual(entry.change, "first scored: A1, turned hot")

    def test_names_are_those_of_the_reader_and_survive_a_deleted_rule(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.rule.with_context(lang="fr_FR").name = "Grosse affaire"
        lead = self._lead()
        self._score(lead)
        lead.write({"expected_revenue": 9000, "phone": "+32 2 123 45 67"})
        self._score(lead)
        entry = self._history(lead)
        self.assertIn("Grosse affaire", entry.with_context(lang="fr_FR").why)
        self.rule.unlink()
        self.env.invalidate_all()
        self.assertEqual(entry.why, "+60  a rule deleted since\n+10  Known phone")

    def test_survives_a_merge_and_is_not_copied(self):
        one, other = self._lead(), self._lead()
        self._score(one + other)
        other.priority = "3"
        one.expected_revenue = 9000
        self._score(one + other)
        self.assertFalse(other.copy().lead_score_history_ids)
        kept = (one + other).merge_opportunity()
        entries = self._history(kept)
        self.assertEqual(
            sorted(entries.mapped("change")[:2]), ["C3 → A3", "C3 → C1"])
        self.assertEqual(entries.lead_id, kept)

    def test_only_readers_of_the_lead_read_it_and_nobody_writes_it(self):
        lead = self._lead(user_id=self.rep.id)
        self._score(lead)
        lead.expected_revenue = 9000
        self._score(lead)
        entry = self._history(lead)
        self.assertEqual(entry.with_user(self.rep).why, "+60  Big deal")
        lead.user_id = self.colleague
        History = self.env["crm.lead.score.history"]
        self.assertFalse(History.with_user(self.rep).search([("id", "=", entry.id)]))
        elsewhere = History.with_user(self.other_manager).with_context(
            allowed_company_ids=self.other_company.ids)
        self.assertFalse(elsewhere.search([("id", "=", entry.id)]))
        for user in (self.rep, self.manager):
            with self.assertRaises(AccessError):
                entry.with_user(user).write({"score": 100})

    def test_many_rules_fit_in_one_statement(self):
        for number in range(60):
            self._rule(f"Rule {number}", dimension="fit", points=1,
                       domain=f"[('expected_revenue', '>=', {6000 + number})]")
        lead = self._lead()
        self._score(lead)
        lead.expected_revenue = 9000
        self._score(lead, datetime.now() + timedelta(seconds=1))
        entry = self._history(lead)
        self.assertEqual(len(entry.reasons), 61)
        self.assertTrue(entry.why.startswith("+60  Big deal\n+1  "))
        self.assertTrue(entry.why.endswith("\nand 56 more"))
