"""What a back-test says, in the reader's language."""

from odoo import api, fields, models
from odoo.tools import format_date

from ...tools.score_proof import ENOUGH

VERDICTS = [
    ("no_data", "Not enough data"), ("no_skill", "No skill"), ("wrong_way", "Points the wrong way"),
    ("weak", "Tells a little"), ("fair", "Tells"), ("strong", "Tells very well"),
]

NAMED = 8


class LeadScoreWords(models.AbstractModel):
    _name = "crm.lead.score.words"
    _description = "Lead Score Back-Test in Words"

    headline = fields.Char(compute="_compute_words")
    summary = fields.Text("In Words", compute="_compute_words")
    caveats = fields.Text("To Bear in Mind", compute="_compute_words")

    @api.depends("state", "verdict", "contender_ids", "rule_ids")
    @api.depends_context("lang")
    def _compute_words(self):
        for proof in self:
            is_done = proof.state == "done"
            proof.headline = proof._headline() if is_done else False
            proof.summary = "\n".join(filter(None, proof._sentences())) if is_done else False
            proof.caveats = "\n".join(filter(None, proof._caveat_lines())) if is_done else False

    def _contender(self, kind):
        return self.contender_ids.filtered(lambda line: line.kind == kind)

    def _percent(self, value, digits=0):
        return self.env._("%s %%", f"{100 * value:.{digits}f}")

    def _between(self, line):
        return self.env._(
            "%(low)s to %(high)s %%", low=f"{100 * line.auc_low:.0f}",
            high=f"{100 * line.auc_high:.0f}",
        )

    # ------------------------------------------------------------------
    # The answer
    # ------------------------------------------------------------------

    def _headline(self):
        return {
            "no_data": self.env._("Not enough data to tell whether the score works"),
            "no_skill": self.env._("No skill: the score does not tell won from lost"),
            "wrong_way": self.env._("The score points the wrong way"),
            "weak": self.env._("The score tells won from lost a little better than chance"),
            "fair": self.env._("The score tells won from lost"),
            "strong": self.env._("The score tells won from lost very well"),
        }.get(self.verdict, "")

    def _sentences(self):
        if self.verdict == "no_data":
            return [self.env._(
                "The test has %(won)s won and %(lost)s lost leads; it needs at least %(enough)s of "
                "each. Nothing is shown, because it would be chance. Take a longer period, or look "
                "at leads earlier.",
                won=self.testing_won, lost=self.testing_lost, enough=ENOUGH,
            )]
        score = self._contender("score")
        return [
            self._sentence_of_order(score), self._sentence_of_lift(score),
            self._sentence_of_forecast(score), self._sentence_of_pls(),
            self._sentence_of_other(),
        ]

    def _sentence_of_order(self, line):
        figures = {"share": self._percent(line.auc), "interval": self._between(line)}
        if line.auc_low == line.auc_high:
            return self.env._(
                "All leads of the test have the same score: no rule that can be tested tells them "
                "apart."
            )
        if self.verdict == "no_skill":
            return self.env._(
                "Of a won and a lost lead, the won one had the better score in %(share)s of all "
                "pairs. The 95 %% interval, %(interval)s, holds 50 %%: that is tossing a coin.",
                **figures,
            )
        if self.verdict == "wrong_way":
            return self.env._(
                "Of a won and a lost lead, the won one had the better score in only %(share)s of "
                "all pairs (95 %% interval %(interval)s; tossing a coin gives 50 %%).", **figures,
            )
        return self.env._(
            "Of a won and a lost lead, the won one had the better score in %(share)s of all pairs "
            "(95 %% interval %(interval)s; tossing a coin gives 50 %%).", **figures,
        )

    def _sentence_of_lift(self, line):
        if line.lift is False or self.verdict in ("no_skill", "wrong_way"):
            return False
        if line.lift_low <= 1:
            return self.env._(
                "The best-scored tenth of the leads was not won more often than all by more than "
                "chance: the very top of the score says little."
            )
        return self.env._(
            "The best-scored tenth of the leads was won %(lift)s times as often as all "
            "(95 %% interval %(low)s to %(high)s).",
            lift=f"{line.lift:.1f}", low=f"{line.lift_low:.1f}", high=f"{line.lift_high:.1f}",
        )

    def _sentence_of_forecast(self, line):
        if line.skill is False:
            return self.env._(
                "There are too few earlier leads to turn the score into a chance to win, to "
                "compare it with Odoo's probability, or to suggest points."
            )
        error = self._percent(line.ece, 1)
        if line.skill_low is not False and line.skill_low > 0:
            return self.env._(
                "Read as a chance to win, it makes %(skill)s less squared error than always saying "
                "the usual win rate, and is off by %(error)s on average.",
                skill=self._percent(line.skill, 1), error=error,
            )
        return self.env._(
            "Read as a chance to win, it is no better than always saying the usual win rate (off "
            "by %(error)s on average).", error=error,
        )

    def _sentence_of_pls(self):
        line = self._contender("pls")
        if not line:
            return False
        figures = {"share": self._percent(line.auc), "interval": self._between(line)}
        if not line.is_different:
            return self.env._(
                "Odoo's predictive probability, learned from the earlier leads only, has %(share)s "
                "(%(interval)s) on the same leads: no difference beyond chance.", **figures,
            )
        if line.difference > 0:
            return self.env._(
                "Odoo's predictive probability, learned from the earlier leads only, does better "
                "on the same leads: %(share)s (%(interval)s).", **figures,
            )
        return self.env._(
            "Odoo's predictive probability, learned from the earlier leads only, does worse on "
            "the same leads: %(share)s (%(interval)s).", **figures,
        )

    def _sentence_of_other(self):
        line = self._contender("other")
        if not line:
            return False
        figures = {
            "name": self.other_set_id.name or "", "share": self._percent(line.auc),
            "interval": self._between(line),
        }
        if not line.is_different:
            return self.env._(
                "The rule set “%(name)s” has %(share)s (%(interval)s) on the same leads: no "
                "difference beyond chance.", **figures,
            )
        if line.difference > 0:
            return self.env._(
                "The rule set “%(name)s” does better on the same leads: %(share)s (%(interval)s).",
                **figures,
            )
        return self.env._(
            "The rule set “%(name)s” does worse on the same leads: %(share)s (%(interval)s).",
            **figures,
        )

    # ------------------------------------------------------------------
    # What to bear in mind
    # ------------------------------------------------------------------

    def _caveat_lines(self):
        return [
            self._caveat_of_leads(), self._caveat_of_cut(), self._caveat_of_rules(),
            self._caveat_of_history(), self._caveat_of_assumed(),
        ]

    def _caveat_of_leads(self):
        day = format_date(self.env, fields.Datetime.context_timestamp(self, self.split_at).date()) \
            if self.split_at else ""
        return self.env._(
            "%(closed)s closed leads, each scored as it was %(days)s days after it was created; "
            "%(early)s closed sooner are left out. %(learning)s closed before %(day)s are learned "
            "from, %(testing)s looked at since then are the test, %(between)s in between are "
            "neither. Leads that are still open are in no figure.",
            closed=self.closed_count, days=self.after_days, early=self.early_count,
            learning=self.learning_count, day=day, testing=self.testing_won + self.testing_lost,
            between=self.between_count,
        )

    def _caveat_of_cut(self):
        return self.is_cut and self.env._(
            "There are more closed leads in the period; the latest are enough."
        )

    def _caveat_of_rules(self):
        left_out = self.rule_ids.filtered(lambda line: line.basis in ("undated", "outcome"))
        if not left_out:
            return False
        today = self._contender("today")
        text = self.env._(
            "Left out of the test, because nobody knows what the leads looked like then: "
            "%(rules)s.", rules=self._names(left_out),
        )
        if today and today.auc is not False:
            text += " " + self.env._(
                "With them, and the leads as they look today, it would be %(share)s. That is no "
                "proof: fields are filled in because a deal goes well.",
                share=self._percent(today.auc),
            )
        return text

    def _caveat_of_history(self):
        return self.unrecorded_count and self.env._(
            "%(count)s leads have no recorded changes (an import has none): what they looked like "
            "then is not known.", count=self.unrecorded_count,
        )

    def _caveat_of_assumed(self):
        assumed = self.rule_ids.filtered(lambda line: line.basis == "assumed")
        return assumed and self.env._(
            "Taken as unchanged since the lead came in: %(rules)s.",
            rules=self._names(assumed),
        )

    def _names(self, lines):
        names = ", ".join(lines[:NAMED].mapped("name"))
        if len(lines) <= NAMED:
            return names
        return self.env._("%(names)s and %(more)s more", names=names, more=len(lines) - NAMED)
