"""A place in the ranking, in the reader's language."""

from odoo import api, fields, models
from odoo.tools import format_date

from .winning_text import percent


class WinningPlaceWords(models.AbstractModel):
    _name = "crm.winning.place.words"
    _description = "Place in the Ranking in Words"

    text = fields.Char("In Words", compute="_compute_text")
    period = fields.Char(compute="_compute_text")

    @api.depends("verdict", "shrunken_rate", "low", "high", "mean_rate")
    @api.depends_context("lang")
    def _compute_text(self):
        words = {
            "above": self.env._("above the others"), "below": self.env._("below the others"),
            "chance": self.env._("not told from chance"),
        }
        for place in self:
            place.text = self.env._(
                "expected %(rate)s, %(low)s to %(high)s; all: %(mean)s; %(verdict)s",
                rate=percent(self.env, place.shrunken_rate), low=percent(self.env, place.low),
                high=percent(self.env, place.high), mean=percent(self.env, place.mean_rate),
                verdict=words[place.verdict],
            )
            place.period = self.env._(
                "%(first)s to %(last)s", first=format_date(self.env, place.date_from),
                last=format_date(self.env, place.date_to),
            )
