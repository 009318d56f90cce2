import math

from odoo import models
from odoo.tools import format_date
from odoo.tools.misc import formatLang

SCALES = ((1e9, "G"), (1e6, "M"), (1e3, "k"))


class CrmRoiStudy(models.Model):
    """What a printed or downloaded study says beside its results."""

    _inherit = "crm.roi.study"

    def _short_money(self, amount):
        """An amount as short as an axis wants it: "20k €"."""
        scale, letter = next(
            ((size, letter) for size, letter in SCALES if abs(amount) >= size), (1, ""))
        number = amount / scale
        digits = 0 if math.isclose(number, round(number), abs_tol=1e-6) or scale == 1 else 1
        text = formatLang(self.env, number, digits=digits) + letter
        currency = self.currency_id
        parts = [text, currency.symbol]
        return "\u00a0".join(parts if currency.position == "after" else parts[::-1])

    def _assumption_rows(self):
        """:return: list of ``(label, text)`` of everything a manager assumed"""
        self.ensure_one()
        period = self.env._(
            "%(first)s to %(last)s", first=format_date(self.env, self.date_from),
            last=format_date(self.env, self.date_to))
        teams = self.env._("all other teams")
        names = ["baseline_id", "switch_date", "treated_team_ids", "control_team_ids", "method",
                 "feature_id", "margin_basis", "discount_rate", "horizon", "cost_scope",
                 "cost_from", "include_acquisition"]
        texts = {
            "baseline_id": self.baseline_id.name,
            "switch_date": format_date(self.env, self.switch_date),
            "treated_team_ids": ", ".join(self.treated_team_ids.mapped("name")) or teams,
            "control_team_ids": ", ".join(self.control_team_ids.mapped("name")) or "–",
            "method": self._choice("method"),
            "feature_id": self.feature_id.name or self.env._("the CRM as a whole"),
            "margin_basis": self._margin_words(),
            "discount_rate": f"{self.discount_rate:.1%}",
            "horizon": self._horizon_choice(),
            "cost_scope": self._choice("cost_scope"),
            "cost_from": format_date(self.env, self.cost_from) or self.env._("the first entry"),
            "include_acquisition": self.env._("yes") if self.include_acquisition
            else self.env._("no"),
        }
        labels = self.fields_get(names, ["string"])
        return [(self.env._("Period"), period),
                *((labels[name]["string"], texts[name]) for name in names)]

    def _choice(self, name):
        return dict(self._fields[name]._description_selection(self.env)).get(self[name], "")

    def _margin_words(self):
        words = self._choice("margin_basis")
        return f"{words}: {self.margin_rate_stated:.1%}" if self.margin_basis == "stated" else words

    def _horizon_choice(self):
        words = self._choice("horizon")
        if self.horizon != "projected":
            return words
        return self.env._("%(words)s, %(months)s months in total", words=words,
                          months=self.horizon_months)
