"""Runs a back-test: the same leads for all that is compared."""

from typing import NamedTuple

import numpy as np

from odoo import fields, models

from ...tools import logistic, score_proof, score_rules
from ...tools.score_split import split
from ...tools.score_verdict import verdict
from .crm_lead_score import GRADES
from .lead_score_past import ASSUMED, DATED
from .lead_score_sample import Sample

TESTABLE = (DATED, ASSUMED)


class Trial(NamedTuple):
    """Closed leads cut in two: boolean arrays ``learning`` and ``testing`` over the sample."""

    sample: Sample
    learning: np.ndarray
    testing: np.ndarray
    recorded: set

    @property
    def outcomes(self):
        return self.sample.won[self.testing]

    @property
    def earlier(self):
        return self.sample.won[self.learning]


class CrmLeadScoreProof(models.Model):
    _inherit = "crm.lead.score.proof"

    def _run(self):
        """Compute the results anew. The same settings on the same leads give the same results."""
        self.ensure_one()
        self.check_access("write")
        # Results are the machine's; what is read are all leads of the company, as scores are.
        machine = self.sudo()
        Pls = machine.env["crm.lead.score.pls"]
        Pls._flush_facts()
        machine.env["mail.message"].flush_model()
        machine.env["mail.tracking.value"].flush_model()
        sample = Pls._closed_leads(
            self.company_id, self.team_id, self.date_from, self.date_to, self.after_days,
        )
        at, learning, testing = split(sample.moments, sample.closed, sample.won, self._split_at())
        trial = Trial(sample, learning, testing, Pls._recorded(sample.ids.tolist()))
        machine._clear()
        machine.write(machine._counts(trial, at))
        if machine.verdict != "no_data":
            machine._test(trial)
        machine.write({"state": "done"})

    def _split_at(self):
        if not self.split_day:
            return None
        return self.env["crm.lead.score.sample"]._day_start(self.company_id, self.split_day)

    def _clear(self):
        self.contender_ids.unlink()
        self.slice_ids.unlink()
        self.rule_ids.unlink()

    def _counts(self, trial, at):
        sample, count = trial.sample, len(trial.sample.ids)
        learned, tested = int(trial.learning.sum()), int(trial.testing.sum())
        return {
            "run_at": fields.Datetime.now(), "run_by_id": self.env.uid,
            "split_at": at.astype("datetime64[s]").item() if at is not None else False,
            "closed_count": count, "early_count": sample.early, "is_cut": sample.is_cut,
            "learning_count": learned, "between_count": count - learned - tested,
            "testing_won": int(trial.outcomes.sum()),
            "testing_lost": tested - int(trial.outcomes.sum()),
            "unrecorded_count": count - len(trial.recorded),
            "verdict": False if score_proof.is_enough(trial.outcomes) else "no_data",
        }

    # ------------------------------------------------------------------
    # Who is compared
    # ------------------------------------------------------------------

    def _test(self, trial):
        Pls = self.env["crm.lead.score.pls"]
        rules, basis = self._rules_of(self.set_id, trial)
        testable = rules.filtered(lambda rule: basis[rule.id] in TESTABLE)
        scored = Pls._scored(self.set_id, testable, trial.sample)
        told = scored.score[trial.testing]
        self._add_score("score", trial, scored, told)
        if self.other_set_id:
            others, other_basis = self._rules_of(self.other_set_id, trial)
            other = Pls._scored(self.other_set_id, others.filtered(
                lambda rule: other_basis[rule.id] in TESTABLE
            ), trial.sample)
            self._add_score("other", trial, other, told)
        if score_proof.is_enough(trial.earlier):
            self._add_pls(trial, told)
        today = scored
        if testable != rules:
            today = Pls._scored(self.set_id, rules, trial.sample, as_then=False)
            self._add_contender("today", trial, today.score[trial.testing], None, told)
        self._add_rules(trial, rules, basis, {**today.matches, **scored.matches})
        self.verdict = self.contender_ids.filtered(lambda line: line.kind == "score").verdict

    def _rules_of(self, rule_set, trial):
        """:return: ``(working rules of a set, {rule id: what is known about its past})``"""
        rules = rule_set.rule_ids.filtered(lambda rule: rule.state == "ok")
        share = len(trial.recorded) / max(len(trial.sample.ids), 1)
        Pls = self.env["crm.lead.score.pls"]
        return rules, {rule.id: Pls._rule_basis(rule, share) for rule in rules}

    def _add_score(self, kind, trial, scored, told):
        forecasts = None
        if score_proof.is_enough(trial.earlier):
            forecasts = logistic.forecasts(
                scored.score[trial.learning], trial.earlier, scored.score[trial.testing],
            )
        tested = scored.score[trial.testing]
        self._add_contender(kind, trial, tested, forecasts, told)
        self._add_slices(kind, trial, tested, forecasts, scored.grade[trial.testing])

    def _add_pls(self, trial, told):
        chances = self.env["crm.lead.score.pls"]._pls_forecasts(
            trial.sample, trial.learning, trial.testing, trial.recorded,
        )
        if np.isnan(chances).any():
            return
        self._add_contender("pls", trial, chances, chances, told)
        self._add_slices("pls", trial, chances, chances)

    # ------------------------------------------------------------------
    # Lines
    # ------------------------------------------------------------------

    def _add_contender(self, kind, trial, scores, forecasts, told):
        outcomes = trial.outcomes
        area = score_proof.auc(scores, outcomes)
        lift = score_proof.resampled(score_proof.lift, outcomes, scores)
        values = {
            "proof_id": self.id, "kind": kind, "sequence": len(self.contender_ids),
            "size": len(outcomes),
            "verdict": False if kind == "today" else verdict(area, outcomes),
            **_estimate("auc", area), **_estimate("lift", lift),
        }
        if forecasts is not None:
            base = float(trial.earlier.mean())
            values.update(_estimate("skill", score_proof.resampled(
                lambda chances, won: score_proof.brier_skill(chances, won, base),
                outcomes, forecasts,
            )))
            values["ece"] = score_proof.calibration_error(forecasts, outcomes)
        if kind != "score":
            difference, p = score_proof.auc_difference(scores, told, outcomes)
            values.update(_estimate("difference", difference), difference_p=p)
        self.env["crm.lead.score.proof.contender"].create(values)

    def _add_slices(self, kind, trial, scores, forecasts, grades=None):
        outcomes, lines = trial.outcomes, []
        for position, part in enumerate(score_proof.slices(scores, outcomes, forecasts=forecasts)):
            lines.append(self._slice(kind, "decile", position + 1, str(position + 1), part, trial))
        if forecasts is not None:
            parts = score_proof.slices(forecasts, outcomes, forecasts=forecasts)
            for position, part in enumerate(reversed(parts)):
                label = f"{100 * part.predicted:.0f} %"
                lines.append(self._slice(kind, "bin", position + 1, label, part, trial))
        if grades is not None:
            parts = score_proof.groups(grades, outcomes, [grade for grade, _label in GRADES])
            for position, (grade, part) in enumerate(parts.items()):
                if not part.size:
                    continue
                line = self._slice(kind, "grade", position, grade, part, trial)
                leads = trial.sample.ids[trial.testing][grades == grade]
                lines.append({**line, "counted_ids": leads.tolist()})
        self.env["crm.lead.score.proof.slice"].create(lines)

    def _slice(self, kind, name, position, label, part, trial):
        base = float(trial.outcomes.mean())
        return {
            "proof_id": self.id, "kind": kind, "part": name, "position": position, "label": label,
            "size": part.size, "won": part.won, "rate": part.rate, "low": part.low,
            "high": part.high, "predicted": part.predicted,
            "lift": None if part.rate is None else part.rate / base,
        }

    def _add_rules(self, trial, rules, basis, matches):
        known = [rule for rule in rules if rule.id in matches]
        testable = [rule for rule in known if basis[rule.id] in TESTABLE]
        found = self._evidence(trial, testable, matches)
        for rule in known:
            if rule not in testable:
                found.update(self._evidence(trial, [rule], matches))
        self.env["crm.lead.score.proof.rule"].create([
            self._rule_values(sequence, rule, basis[rule.id], found[rule.id])
            for sequence, rule in enumerate(known)
        ])

    def _evidence(self, trial, rules, matches):
        columns = [matches[rule.id][trial.learning] for rule in rules]
        if not columns:
            return {}
        lines = score_rules.evidence(np.column_stack(columns), trial.earlier)
        return {rule.id: line for rule, line in zip(rules, lines, strict=True)}

    def _rule_values(self, sequence, rule, basis, line):
        is_testable = basis in TESTABLE
        return {
            "proof_id": self.id, "sequence": sequence, "rule_id": rule.id, "rule_name": rule.name,
            "basis": basis, "matched": line.matched, "others": line.others, "rate": line.rate,
            "low": line.low, "high": line.high, "other_rate": line.other_rate,
            "other_low": line.other_low, "other_high": line.other_high, "lift": line.lift,
            "q": line.q if is_testable else None, "points_now": rule.points,
            "points": line.points if is_testable else None,
            "verdict": line.verdict if is_testable else "undated",
        }


def _estimate(name, estimate):
    return {
        name: estimate.value, f"{name}_low": estimate.low, f"{name}_high": estimate.high,
    }
