"""What the comparison of habits and results says, in the reader's language."""

from odoo import api, fields, models

from ...tools.association import MIN_POINTS
from .winning_text import p_text

SURE = 0.05
NAMED = 5


class WinningWords(models.AbstractModel):
    _name = "crm.winning.words"
    _description = "What Goes With Winning in Words"

    headline = fields.Char(compute="_compute_words")
    summary = fields.Text("In Words", compute="_compute_words")

    @api.depends("state", "finding_ids", "place_ids")
    @api.depends_context("lang")
    def _compute_words(self):
        for analysis in self:
            is_done = analysis.state == "done"
            analysis.headline = analysis._headline() if is_done else False
            analysis.summary = "\n".join(analysis._sentences()) if is_done else False

    def _sure(self):
        return self.finding_ids.filtered(lambda f: f.verdict in ("more", "less", "band"))

    def _headline(self):
        compared = self.finding_ids.filtered(lambda f: f.verdict != "too_few")
        if not compared:
            return self.env._("Too few salespeople to tell habits from chance")
        sure = self._sure()
        if not sure:
            return self.env._("No habit goes with results by more than chance")
        return self.env._(
            "%(found)s of %(all)s comparisons go together by more than chance",
            found=len(sure), all=len(compared),
        )

    def _sentences(self):
        sentences = []
        if not self.finding_ids.filtered(lambda f: f.verdict != "too_few"):
            sentences.append(self._too_few())
        sentences += [finding.sentence for finding in self._sure()[:NAMED]]
        sentences.append(self._ranking_sentence())
        sentences.append(self.env._(
            "All of this is association, not cause: people who win more may also have more time, "
            "better leads or an easier market."
        ))
        return [sentence for sentence in sentences if sentence]

    def _too_few(self):
        if self.question != "within":
            return self.env._(
                "%(needed)s salespeople with at least %(deals)s closed deals each are needed; "
                "there are %(found)s. Choose a longer period, fewer deals, or ask about quarters "
                "of the same person.",
                needed=MIN_POINTS, deals=self.min_closed, found=self.people_count,
            )
        return self.env._(
            "%(needed)s quarters with at least %(deals)s closed deals of a person are needed; "
            "there are %(found)s. Choose a longer period or fewer deals.",
            needed=MIN_POINTS, deals=self.min_closed, found=self.point_count,
        )

    def _ranking_sentence(self):
        if len(self.place_ids) < 2:
            return False
        values = {"people": len(self.place_ids), "p": p_text(self.env, self.spread_p)}
        if self.spread_p >= SURE:
            return self.env._(
                "The win rates of %(people)s salespeople differ no more than chance alone would "
                "make them (%(p)s).", **values,
            )
        told = self.place_ids.filtered(lambda place: place.verdict != "chance")
        if not told:
            return self.env._(
                "The win rates of %(people)s salespeople differ by more than chance (%(p)s), but "
                "no single one can be told from the others.", **values,
            )
        return self.env._(
            "The win rates of %(people)s salespeople differ by more than chance (%(p)s): "
            "%(names)s.", **values,
            names=", ".join(
                f"{place.user_id.name or self.env._('a deleted user')} ({place.text})"
                for place in told[:NAMED]
            ),
        )
