import numpy as np

from odoo.tests import tagged

from .test_score_proof import ProofCase


@tagged("post_install", "-at_install")
class TestScorePls(ProofCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # What Odoo's own table is built from must be the leads of the test alone.
        cls.env["ir.config_parameter"].sudo().set_param(
            "crm.pls_fields", "source_id,email_state,phone_state,tag_ids")
        cls.env["ir.config_parameter"].sudo().set_param("crm.pls_start_date", "2000-01-01")
        cls.stage_open.sequence = -1

    def test_same_probabilities_as_odoo(self):
        """Learned from all closed leads, told for open ones: what Odoo says after a rebuild."""
        self._history(160, lambda values: 0.7 if values["source_id"] == self.good.id else 0.3)
        tags = self.env["crm.tag"].create([{"name": "Proof Often"}, {"name": "Proof Rare"}])
        closed = self.Lead.search([("won_status", "in", ("won", "lost"))])
        closed[:120].write({"tag_ids": [(4, tags[0].id)]})
        closed[:9].write({"tag_ids": [(4, tags[1].id)]})
        opened = self._lead(source_id=self.good.id, tag_ids=[(6, 0, tags.ids)])
        opened += self._lead(source_id=self.bad.id, phone="+32 2 123 45 67")
        opened += self._lead(source_id=self.web.id, team_id=False, email_from="a@example.com")
        self.env["crm.lead"]._rebuild_pls_frequency_table()
        odoo, _tooltip = opened._pls_get_naive_bayes_probabilities()
        Pls = self.env["crm.lead.score.pls"]
        known = self.Lead._pls_get_lead_pls_values(domain=[("won_status", "in", ("won", "lost"))])
        first = self.env["crm.stage"].search(
            [("team_ids", "=", False)], order="sequence, id", limit=1)
        self.assertEqual(first, self.stage_open)
        bayes = Pls._bayes(list(known.values()), first)
        values = self.Lead._pls_get_lead_pls_values(domain=[("id", "in", opened.ids)])
        for lead in opened:
            ours = bayes.probability(values[lead.id]["team_id"], [
                pair for pair in values[lead.id]["values"] if pair[0] != "probability"])
            self.assertAlmostEqual(100 * ours, odoo[lead.id], 2)

    def test_out_of_time_it_does_not_know_the_outcome(self):
        """Pure chance: a stored probability (0 or 100 after closing) would be perfect."""
        self._rule("Good source", dimension="fit", points=40,
                   domain=f"[('source_id', '=', {self.good.id})]")
        self._history(400, lambda values: 0.5)
        proof = self._prove()
        line = self._line(proof, "pls")
        self.assertEqual(line.verdict, "no_skill")
        self.assertIn("no difference beyond chance", proof.summary)

    def test_out_of_time_it_learns_what_there_is_to_learn(self):
        self._rule("Director", dimension="fit", points=40,
                   domain="[('function', '=', 'Director')]")
        self._history(400, lambda values: 0.75 if values["source_id"] == self.good.id else 0.25)
        line = self._line(self._prove(), "pls")
        self.assertIn(line.verdict, ("fair", "strong"))
        self.assertTrue(line.is_different and line.difference > 0)

    def test_nothing_learned_is_no_chance(self):
        self._history(50, lambda values: 0.5)
        Sample = self.env["crm.lead.score.pls"]
        sample = Sample._closed_leads(
            self.company, self.team, *self._period(), 7)
        none, everything = np.zeros(50, bool), np.ones(50, bool)
        chances = Sample._pls_forecasts(sample, none, everything, set())
        self.assertTrue(np.isnan(chances).all())

    def _period(self):
        proof = self.Proof.new({"date_from": "2025-01-01", "date_to": "2026-06-30"})
        return proof.date_from, proof.date_to
