"""What a habit and a result have to do with each other, in the reader's language."""

from odoo import api, fields, models
from odoo.tools.misc import formatLang

from .winning_text import p_text

# A third quantity is worth a word when it moves the correlation this much.
MOVES = 0.15


class WinningFindingWords(models.AbstractModel):
    _name = "crm.winning.finding.words"
    _description = "Habit and Result in Words"

    sentence = fields.Char("In Words", compute="_compute_words")
    hint = fields.Text("To Bear in Mind", compute="_compute_words")
    strength = fields.Char("Rank Correlation (95 %)", compute="_compute_words")
    band_table = fields.Html("Quarters", compute="_compute_words", sanitize=False)
    chart = fields.Json("Picture", compute="_compute_chart")

    @api.depends("verdict", "rho", "low", "high", "q", "adjusted", "bands")
    @api.depends_context("lang")
    def _compute_words(self):
        for finding in self:
            finding.strength = finding._strength()
            finding.sentence = finding._sentence()
            is_link = finding.verdict in ("more", "less")
            finding.hint = "\n".join(finding._hints()) if is_link else False
            finding.band_table = finding._band_table()

    @api.depends("points")
    @api.depends_context("lang")
    def _compute_chart(self):
        for finding in self:
            # Names only of users whom the reader may see.
            users = self.env["res.users"].with_context(active_test=False).search(
                [("id", "in", [point[0] for point in finding.points or []])],
            )
            names = {user.id: user.name for user in users}
            finding.chart = {
                "x_title": finding._axis_title(finding._habit_title()),
                "y_title": finding._axis_title(finding.outcome_id.name),
                "text": finding.sentence,
                "points": [
                    {
                        "name": names.get(user, ""), "x": x, "y": y,
                        "x_text": finding._amount(x),
                        "y_text": finding._value(finding.outcome_id, y),
                    }
                    for user, x, y, _closed in finding.points or []
                ],
                "y_percent": finding.outcome_id.unit == "percent",
            }

    def _value(self, kpi, value):
        """A figure of a KPI in the analysis's currency."""
        figures = self.env["crm.kpi.figures"].with_company(self.company_id)
        return figures._text(kpi.code, value, self.company_id.currency_id)

    def _amount(self, value):
        if self.habit_id.kind != "flow":
            return self._value(self.habit_id, value)
        return formatLang(self.env, value, digits=1 if abs(value) >= 1 else 2)

    def _habit_title(self):
        if self.habit_id.kind != "flow":
            return self.habit_id.name
        return {
            "week": self.env._("%s per week", self.habit_id.name),
            "lead": self.env._("%s per new lead", self.habit_id.name),
            "deal": self.env._("%s per closed deal", self.habit_id.name),
        }[self.analysis_id.per]

    def _axis_title(self, name):
        return {
            "between": name,
            "team": self.env._("%s, against the team's average", name),
            "within": self.env._("%s, against the own average", name),
        }[self.analysis_id.question]

    def _strength(self):
        if self.rho is False:
            return False
        rho = formatLang(self.env, self.rho, digits=2)
        if self.low is False:
            return rho
        return self.env._(
            "%(rho)s (%(low)s to %(high)s)", rho=rho, low=formatLang(self.env, self.low, digits=2),
            high=formatLang(self.env, self.high, digits=2),
        )

    # ------------------------------------------------------------------
    # Sentences
    # ------------------------------------------------------------------

    def _sentence(self):
        if self.verdict == "too_few":
            return self.env._("%(habit)s and %(result)s: too few to compare (%(n)s points).",
                              habit=self._habit_title(), result=self.outcome_id.name,
                              n=self.point_count)
        if self.verdict == "band":
            return self._band_sentence()
        values = {
            "habit": self._habit_title(), "result": self.outcome_id.name,
            "rho": self.strength or self._strength(), "n": self.people_count,
            "points": self.point_count, "q": p_text(self.env, self.q, "q"),
        }
        if self.verdict == "chance":
            return self.env._(
                "%(habit)s and %(result)s: no more than chance would do (rank correlation %(rho)s, "
                "%(n)s salespeople, %(q)s).", **values,
            )
        return self._link_sentence(values)

    def _link_sentence(self, values):
        is_more = self.verdict == "more"
        if self.analysis_id.question == "within":
            text = (
                self.env._("In quarters with more %(habit)s the same person has a higher "
                           "%(result)s: rank correlation %(rho)s, %(points)s quarters of %(n)s "
                           "salespeople, %(q)s.", **values)
                if is_more else
                self.env._("In quarters with more %(habit)s the same person has a lower "
                           "%(result)s: rank correlation %(rho)s, %(points)s quarters of %(n)s "
                           "salespeople, %(q)s.", **values)
            )
        elif self.analysis_id.question == "team":
            text = (
                self.env._("Inside the same team, people with more %(habit)s have a higher "
                           "%(result)s: rank correlation %(rho)s, %(n)s salespeople, %(q)s.",
                           **values)
                if is_more else
                self.env._("Inside the same team, people with more %(habit)s have a lower "
                           "%(result)s: rank correlation %(rho)s, %(n)s salespeople, %(q)s.",
                           **values)
            )
        elif is_more:
            text = self.env._("People with more %(habit)s have a higher %(result)s: rank "
                              "correlation %(rho)s, %(n)s salespeople, %(q)s.", **values)
        else:
            text = self.env._("People with more %(habit)s have a lower %(result)s: rank "
                              "correlation %(rho)s, %(n)s salespeople, %(q)s.", **values)
        return text

    def _best_band(self):
        best = min if self.outcome_id.better == "lower" else max
        return best(self.bands, key=lambda band: band[2])

    def _band_sentence(self):
        low, high, outcome, points, weight = self._best_band()
        return self.env._(
            "People with %(low)s to %(high)s %(habit)s have the best %(result)s (%(value)s, "
            "%(points)s salespeople, %(deals)s closed deals); both less and more go with worse "
            "(%(q)s).",
            low=self._amount(low), high=self._amount(high), habit=self._habit_title(),
            result=self.outcome_id.name, value=self._value(self.outcome_id, outcome),
            points=points, deals=formatLang(self.env, weight, digits=0),
            q=p_text(self.env, self.bend_q, "q"),
        )

    def _hints(self):
        names = {
            "tenure": self.env._("time with the company"),
            "volume": self.env._("number of leads"),
            "quality": self.env._("score of the leads"),
        }
        return [
            self.env._(
                "When %(other)s is taken into account, the rank correlation is %(rho)s.",
                other=names[name], rho=formatLang(self.env, value, digits=2),
            )
            for name, value in (self.adjusted or {}).items()
            if value is not None and abs(value - self.rho) >= MOVES
        ]

    def _band_table(self):
        rows = [
            {
                "range": f"{self._amount(low)} – {self._amount(high)}",
                "value": self._value(self.outcome_id, outcome), "points": points,
                "deals": formatLang(self.env, weight, digits=0),
            }
            for low, high, outcome, points, weight in self.bands or []
        ]
        return self.env["ir.qweb"]._render("crm_roi.winning_bands", {
            "rows": rows, "habit": self._habit_title(), "result": self.outcome_id.name,
        }) if rows else False
