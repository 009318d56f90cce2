"""What a funnel says, in sentences that claim no more than the figures show."""

from odoo import api, models

from ..tools.funnel import MIN_CASES
from .crm_funnel_report import WINDOW


class CrmFunnelReport(models.Model):
    _inherit = "crm.funnel.report"

    @api.model
    def _period_label(self, period):
        format_date = self.env["ir.qweb.field.date"].value_to_html
        last = period.stop - (period.stop - period.first) / max(period.days, 1)
        return self.env._(
            "%(first)s to %(last)s", first=format_date(period.first, {}),
            last=format_date(last, {}),
        )

    @api.model
    def _funnel_words(self, side, steps, stays, stall, slow):
        """:return: list of sentences in the user's language"""
        if not side["counted"]:
            return [self._words_of_nobody(side)]
        names = [step["name"] for step in side["steps"]]
        sentences = [
            self._words_of_cohort(side), self._words_of_stall(side, steps, stall),
            self._words_of_slow(names, stays, slow), self._words_of_losses(side),
        ]
        return [sentence for sentence in sentences if sentence]

    @api.model
    def _share_text(self, share, low, high):
        text = self._number_text("percent", share)
        if low is None:
            return text
        return self.env._(
            "%(share)s (95 %% interval %(low)s to %(high)s)", share=text,
            low=self._number_text("percent", low), high=self._number_text("percent", high),
        )

    @api.model
    def _number_text(self, unit, value):
        return self.env["crm.kpi"]._unit_text(unit, value)

    @api.model
    def _window_text(self):
        return int(self.env.context.get("funnel_window") or WINDOW)

    @api.model
    def _words_of_nobody(self, side):
        if side["cohort"]:
            return self.env._(
                "All %(count)s opportunities entered the funnel less than %(days)s days ago: it "
                "is too early to say how many go on. Choose an earlier period or fewer days.",
                count=side["cohort"], days=self._window_text(),
            )
        return self.env._("No opportunity entered the funnel in this period.")

    @api.model
    def _words_of_cohort(self, side):
        text = self.env._(
            "Of %(count)s opportunities, %(share)s were won within %(days)s days.",
            count=side["counted"], days=self._window_text(),
            share=self._share_text(side["won_rate"], *side["won_interval"]),
        )
        young = side["cohort"] - side["counted"]
        if young:
            text += " " + self.env._(
                "%(count)s more entered less than %(days)s days ago and are left out.",
                count=young, days=self._window_text(),
            )
        if not side["steps"][-1]["stage_id"]:
            text += " " + self.env._(
                "No stage is marked as won: until one is, Odoo calls no opportunity won.")
        return text

    @api.model
    def _words_of_stall(self, side, steps, stall):
        if not stall:
            return self.env._(
                "Too few opportunities to name a bottleneck: two stages with at least %s each "
                "are needed.", MIN_CASES,
            )
        names = [step["name"] for step in side["steps"]]
        following = side["steps"][stall.place + 1]
        values = {
            "stage": names[stall.place],
            "onward": self.env._("were won") if following["is_won"] else self.env._(
                "went on to %s or further", following["name"]),
            "count": steps[stall.place].reached,
            "share": self._share_text(*steps[stall.place][2:]),
            "other": names[stall.other], "other_count": steps[stall.other].reached,
            "other_share": self._share_text(*steps[stall.other][2:]),
        }
        if stall.is_clear:
            return self.env._(
                "The bottleneck is %(stage)s: of %(count)s that reached it, %(share)s %(onward)s. "
                "The next lowest is %(other)s with %(other_share)s of %(other_count)s.", **values,
            )
        return self.env._(
            "No stage stands out as a bottleneck. The fewest go on from %(stage)s: %(share)s of "
            "%(count)s; but chance alone may make that differ from %(other)s: %(other_share)s of "
            "%(other_count)s.", **values,
        )

    @api.model
    def _words_of_slow(self, names, stays, slow):
        if slow is None:
            return None
        median = stays[slow].median
        return self.env._(
            "They stay longest in %(stage)s: half have left it within %(days)s (95 %% interval "
            "%(low)s to %(high)s, %(count)s opportunities, those still there included).",
            stage=names[slow], days=self._number_text("days", median.days),
            low=self._number_text("days", median.low),
            high=self._number_text("days", median.high) if median.high is not None
            else self.env._("unknown"),
            count=stays[slow].visits,
        )

    @api.model
    def _words_of_losses(self, side):
        known = [step for step in side["steps"] if step["lost"] and step["value_lost"]]
        if not known:
            return None
        most = max(known, key=lambda step: step["value_lost"])
        return self.env._(
            "Most value was lost in %(stage)s: %(value)s in %(count)s opportunities, most often "
            "for this reason: %(reason)s.", stage=most["name"], count=most["lost"],
            value=self.env["crm.kpi"]._unit_text("currency", most["value_lost"], is_whole=True),
            reason=most["reasons"][0]["name"],
        )
