import random
from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_lead_score import ScoreCase

START = datetime(2025, 1, 6, 9)


class ProofCase(ScoreCase):
    """A history of closed leads from two sources."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Proof = cls.env["crm.lead.score.proof"]
        cls.good = cls.env["utm.source"].create({"name": "Proof Good"})
        cls.bad = cls.env["utm.source"].create({"name": "Proof Bad"})

    @classmethod
    def _history(cls, count, chance, days=400, cycle=30, seed=4):
        """Closed leads, spread over days; ``chance(values)`` is their chance to be won."""
        rng = random.Random(seed)
        leads, won, dates = cls._draw(rng, count, chance, days, cycle)
        # Back-tests read no stored score: none is made here.
        with patch.object(cls.registry["crm.lead"], "_lead_score_note"):
            records = cls.Lead.create(leads)
            records.filtered(lambda lead: won[lead.name]).write({"stage_id": cls.stage_won.id})
            records.filtered(lambda lead: not won[lead.name]).action_set_lost()
            cls.env.flush_all()
        cls.env.cr.executemany(
            "UPDATE crm_lead SET create_date = %s, date_closed = %s WHERE id = %s",
            [(*dates[lead.name], lead.id) for lead in records],
        )
        cls.env.invalidate_all()
        return records

    @classmethod
    def _draw(cls, rng, count, chance, days, cycle):
        leads, won, dates = [], {}, {}
        for number in range(count):
            source = rng.choice([cls.good, cls.bad])
            values = {
                "name": f"Proof {number}", "type": "opportunity", "company_id": cls.company.id,
                "team_id": cls.team.id, "user_id": cls.rep.id, "stage_id": cls.stage_open.id,
                "source_id": source.id, "medium_id": False,
                "function": rng.choice(["Director", "Clerk"]),
            }
            created = START + timedelta(days=days * number / count)
            leads.append(values)
            won[values["name"]] = rng.random() < chance(values)
            dates[values["name"]] = (created, created + timedelta(days=rng.uniform(10, cycle)))
        return leads, won, dates

    def _prove(self, **values):
        proof = self.Proof.create({
            "set_id": self.rules.id, "company_id": self.company.id, "date_from": "2025-01-01",
            "date_to": "2026-06-30", "team_id": self.team.id, **values,
        })
        proof.action_run()
        return proof

    def _line(self, proof, kind="score"):
        return proof.contender_ids.filtered(lambda line: line.kind == kind)


@tagged("post_install", "-at_install")
class TestScoreProof(ProofCase):
    def _source_rule(self, points=40):
        return self._rule("Good source", dimension="fit", points=points,
                          domain=f"[('source_id', '=', {self.good.id})]")

    def test_skill_is_seen_and_figures_are_those_of_plain_python(self):
        self._source_rule()
        leads = self._history(
            400, lambda values: 0.7 if values["source_id"] == self.good.id else 0.3)
        proof = self._prove()
        self.assertIn(proof.verdict, ("weak", "fair"))
        tested = leads.filtered(
            lambda lead: lead.create_date + timedelta(days=7) >= proof.split_at)
        won = tested.filtered(lambda lead: lead.won_status == "won")
        lost = tested - won
        self.assertEqual((proof.testing_won, proof.testing_lost), (len(won), len(lost)))
        score = {lead: lead.source_id == self.good for lead in tested}
        pairs = [(score[w] > score[x]) + (score[w] == score[x]) / 2 for w in won for x in lost]
        line = self._line(proof)
        self.assertAlmostEqual(line.auc, sum(pairs) / len(pairs), 3)
        self.assertTrue(line.auc_low < line.auc < line.auc_high)
        self.assertGreater(line.skill, 0)
        grades = proof.grade_ids.filtered(lambda part: part.kind == "score")
        self.assertEqual(sum(grades.mapped("size")), len(tested))
        (b3,) = grades.filtered(lambda part: part.label == "B3")
        good = tested.filtered(lambda lead: lead.source_id == self.good)
        self.assertEqual((b3.size, b3.won), (len(good), len(good & won)))

    def test_learning_leads_were_closed_before_the_split(self):
        self._source_rule()
        leads = self._history(400, lambda values: 0.5)
        proof = self._prove()
        learned = leads.filtered(lambda lead: lead.date_closed < proof.split_at)
        self.assertEqual(proof.learning_count, len(learned))
        self.assertEqual(
            proof.learning_count + proof.between_count + proof.testing_won + proof.testing_lost,
            proof.closed_count,
        )
        rule = proof.rule_ids
        matched = learned.filtered(lambda lead: lead.source_id == self.good)
        self.assertEqual((rule.matched, rule.others), (len(matched), len(learned - matched)))
        won = matched.filtered(lambda lead: lead.won_status == "won")
        self.assertAlmostEqual(rule.rate, len(won) / len(matched), 4)

    def test_data_without_signal_has_no_skill(self):
        self._source_rule()
        self._history(500, lambda values: 0.5)
        proof = self._prove()
        self.assertEqual(proof.verdict, "no_skill")
        self.assertIn("tossing a coin", proof.summary)
        self.assertEqual(proof.rule_ids.verdict, "chance")
        self.assertIs(proof.rule_ids.points, False)
        with self.assertRaisesRegex(UserError, "there are no other points"):
            proof.rule_ids.action_apply()
        with self.assertRaisesRegex(UserError, "suggests no points"):
            proof.action_make_shadow()

    def test_few_deals_show_nothing(self):
        self._source_rule()
        self._history(70, lambda values: 0.5)
        proof = self._prove()
        self.assertEqual(proof.verdict, "no_data")
        self.assertFalse(proof.contender_ids or proof.slice_ids or proof.rule_ids)
        self.assertIn("needs at least 40", proof.summary)
        self.assertEqual(proof.state, "done")

    def test_no_deals_at_all(self):
        proof = self._prove()
        self.assertEqual((proof.verdict, proof.closed_count), ("no_data", 0))

    def test_field_filled_in_because_of_the_outcome_is_left_out(self):
        """A field that only won leads have would be a perfect score: it must not count."""
        self._source_rule()
        leads = self._history(400, lambda values: 0.5)
        leads.filtered(lambda lead: lead.won_status == "won").write({"referred": "Anna"})
        self._rule("Website known", dimension="fit", points=60, domain="[('website', '!=', False)]")
        leads.filtered(lambda lead: lead.won_status == "won").write({"website": "https://example.com"})
        self._rule("Probability", dimension="fit", points=60, domain="[('probability', '>', 50)]")
        proof = self._prove()
        self.assertEqual(proof.verdict, "no_skill")
        lines = {line.name: line for line in proof.rule_ids}
        self.assertEqual(lines["Website known"].basis, "undated")
        self.assertEqual(lines["Probability"].basis, "outcome")
        self.assertEqual({lines[name].verdict for name in ("Website known", "Probability")},
                         {"undated"})
        self.assertIs(lines["Website known"].points, False)
        self.assertGreater(self._line(proof, "today").auc, 0.95)
        self.assertIn("Website known", proof.caveats)
        self.assertIn("no proof", proof.caveats)

    def test_tracked_value_of_that_time_counts(self):
        """Won leads get a phone number when the contract is written: on that day nobody knew it."""
        self._rule("Phone known", dimension="fit", points=60, domain="[('phone', '!=', False)]")
        leads = self._history(300, lambda values: 0.5)
        won = leads.filtered(lambda lead: lead.won_status == "won")
        self._track(leads, "active", None, None)
        won.write({"phone": "+32 2 123 45 67"})
        self._track(won, "phone", "", "+32 2 123 45 67")
        proof = self._prove()
        self.assertEqual(proof.rule_ids.basis, "dated")
        self.assertEqual(proof.verdict, "no_skill")
        self.assertEqual(proof.rule_ids.matched, 0)
        self.assertEqual(proof.unrecorded_count, 0)

    def _track(self, leads, name, old, new):
        """A recorded change of each lead on its closing day."""
        field = self.env["ir.model.fields"]._get("crm.lead", name)
        messages = self.env["mail.message"].create([
            {"model": "crm.lead", "res_id": lead.id, "date": lead.date_closed,
             "message_type": "notification"} for lead in leads
        ])
        self.env["mail.tracking.value"].create([
            {"mail_message_id": message.id, "field_id": field.id, "old_value_char": old,
             "new_value_char": new} for message in messages
        ])

    def test_what_is_known_about_a_rule(self):
        basis = self.env["crm.lead.score.past"]._rule_basis
        event = {"condition_type": "activity", "event": "meeting", "dimension": "engagement"}
        cases = [
            ({"domain": "[('source_id', '!=', False)]"}, "assumed"),
            ({"domain": "[('source_id.name', 'ilike', 'good')]"}, "assumed"),
            ({"domain": "[('phone', '!=', False)]"}, "dated"),
            ({"domain": "[('phone_state', '=', 'correct')]"}, "dated"),
            ({"domain": "[('stage_id.sequence', '>', 2), ('create_date', '>', 'today -7d')]"},
             "dated"),
            ({"domain": "[('partner_id', '!=', False)]"}, "dated"),
            ({"domain": "[('partner_id.country_id', '!=', False)]"}, "undated"),
            ({"domain": "[('phone', '!=', False), ('priority', '=', '3')]"}, "undated"),
            ({"domain": "[('date_closed', '!=', False)]"}, "outcome"),
            ({"domain": "[]", "dimension": "engagement", "fades_from": "create_date"}, "dated"),
            ({"domain": "[]", "dimension": "engagement",
              "fades_from": "date_last_stage_update"}, "outcome"),
            ({"domain": "[]", "team_id": self.team.id}, "dated"),
            (event, "dated"),
            ({**event, "event": "quotation"}, "undated"),
            ({**event, "domain": "[('function', '!=', False)]"}, "undated"),
        ]
        for values, expected in cases:
            self.assertEqual(basis(self._rule(**values), 1.0), expected, values)
        # Where changes were not recorded, what tracking says is not the whole past.
        phone = self._rule(domain="[('phone', '!=', False)]")
        self.assertEqual(basis(phone, 0.5), "undated")

    def test_events_after_the_moment_do_not_count(self):
        self._rule("Meeting", dimension="engagement", points=60, condition_type="activity",
                   event="meeting", within_days=365, half_life=0)
        leads = self._history(300, lambda values: 0.5)
        Event = self.env["calendar.event"]
        for lead in leads.filtered(lambda lead: lead.won_status == "won"):
            late = lead.create_date + timedelta(days=9)
            Event.create({"name": "Signing", "opportunity_id": lead.id, "start": late,
                          "stop": late, "user_id": self.rep.id})
        self.assertEqual(self._prove().rule_ids.matched, 0)
        later = self._prove(after_days=9)
        self.assertEqual(later.verdict, "strong")

    def test_leads_closed_before_the_moment_are_left_out(self):
        self._source_rule()
        leads = self._history(200, lambda values: 0.5)
        proof = self._prove(after_days=20)
        early = leads.filtered(
            lambda lead: lead.date_closed <= lead.create_date + timedelta(days=20))
        self.assertEqual(proof.early_count, len(early))
        self.assertEqual(proof.closed_count, 200 - len(early))
        self.assertTrue(early)

    def test_apply_and_shadow(self):
        rule = self._source_rule(points=5)
        self._history(500, lambda values: 0.75 if values["source_id"] == self.good.id else 0.25)
        proof = self._prove()
        line = proof.rule_ids
        self.assertEqual(line.verdict, "raises")
        action = proof.action_make_shadow()
        shadow = self.env["crm.lead.score.set"].browse(action["res_id"])
        self.assertEqual((shadow.state, shadow.rule_ids.points), ("shadow", line.points))
        self.assertEqual(rule.points, 5)
        line.with_user(self.manager).action_apply()
        self.assertEqual(rule.points, line.points)
        self.assertTrue(line.applied_at)
        self.assertFalse(line.is_suggested)
        shadow.with_user(self.manager).action_switch_on()
        self.assertEqual((shadow.state, self.rules.state), ("live", "shadow"))
        with self.assertRaisesRegex(UserError, "live already"):
            shadow.action_switch_on()

    def test_same_leads_same_results(self):
        self._source_rule()
        self._history(300, lambda values: 0.6 if values["source_id"] == self.good.id else 0.3)
        proof = self._prove()
        before = self._figures(proof)
        proof.action_run()
        self.assertEqual(self._figures(proof), before)

    def _figures(self, proof):
        self.env.invalidate_all()
        hidden = {"id", "display_name", "create_date", "write_date", "proof_id"}
        return [
            {name: value for name, value in values.items() if name not in hidden}
            for lines in (proof.contender_ids, proof.slice_ids, proof.rule_ids)
            for values in lines.read(load="")
        ]

    def test_two_sets_on_the_same_leads(self):
        self._source_rule()
        other = self.env["crm.lead.score.set"].create(
            {"name": "Turned round", "company_id": self.company.id})
        self.Rule.create({"name": "Bad source", "set_id": other.id, "dimension": "fit",
                          "points": 40, "domain": f"[('source_id', '=', {self.bad.id})]"})
        self._history(400, lambda values: 0.7 if values["source_id"] == self.good.id else 0.3)
        proof = self._prove(other_set_id=other.id)
        ours, theirs = self._line(proof), self._line(proof, "other")
        self.assertAlmostEqual(ours.auc + theirs.auc, 1, 3)
        self.assertEqual(theirs.verdict, "wrong_way")
        self.assertTrue(theirs.is_different)
        self.assertIn("“Turned round” does worse", proof.summary)

    def test_moves_of_open_leads_under_another_set(self):
        self._source_rule()
        shadow = self.rules._copy_as_shadow({self.rules.rule_ids.id: 60})
        for source, number in ((self.good, 3), (self.bad, 2)):
            for _lead in range(number):
                self._lead(source_id=source.id)
        self._lead("won", source_id=self.good.id, closed="2026-03-20 12:00")
        proof = self._prove(other_set_id=shadow.id)
        self.assertEqual(proof.grade_moves, [["B3", "A3", 3], ["C3", "C3", 2]])
        self.assertIn("3 of 5 open leads", " ".join(str(proof.grade_moves_table).split()))

    def test_results_cannot_be_written(self):
        proof = self._prove()
        mine = proof.with_user(self.manager)
        for values in ({"verdict": "strong"}, {"state": "done"}, {"testing_won": 9000}):
            with self.assertRaises(AccessError, msg=values):
                mine.write(values)
            with self.assertRaises(AccessError, msg=values):
                self.Proof.with_user(self.manager).create({"set_id": self.rules.id, **values})
        with self.assertRaises(AccessError):
            self.env["crm.lead.score.proof.contender"].with_user(self.manager).create(
                {"proof_id": proof.id, "kind": "score", "auc": 1})
        mine.write({"after_days": 3})
        self.assertEqual((proof.state, proof.verdict), ("draft", False))

    def test_manager_runs_it_and_others_do_not_see_it(self):
        self._source_rule()
        self._history(100, lambda values: 0.5)
        proof = self._prove()
        proof.with_user(self.manager).action_run()
        self.assertEqual(proof.run_by_id, self.manager)
        for user in (self.rep, self.other_manager):
            with self.assertRaises(AccessError):
                proof.with_user(user).action_run()
