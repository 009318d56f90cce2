from babel.dates import format_skeleton

from odoo import api, models
from odoo.tools.misc import babel_locale_parse, format_date, formatLang, get_lang

from ...tools.report_period import CALENDAR, ONE_DAY
from .crm_kpi_text import NO_DATA

# From here on cents only make an amount harder to read.
WHOLE_FROM = 1000
# So do tenths of a number that is an average or projected.
WHOLE_COUNT_FROM = 100


class KpiFigures(models.AbstractModel):
    """How figures are written, in the user's language."""

    _inherit = "crm.kpi.figures"

    @api.model
    def _text(self, code, value, currency=None):
        """A figure with its unit, such as "37.5 %", "€ 12,300", "14.2 days"; "–" for no data.

        :param currency: ``res.currency``; that of the current company when omitted
        """
        if value is None or value is False:
            return NO_DATA
        unit, is_whole = self._unit(code), abs(value) >= WHOLE_FROM
        if unit == "count" and abs(value) >= WHOLE_COUNT_FROM:
            value = round(value)
        return self.env["crm.kpi"]._unit_text(unit, value, currency, is_whole)

    @api.model
    def _change_text(self, figure):
        """The change of a figure: "+12.3 %", "+4.2 points" of a percentage, "new", "–"."""
        if figure["change_kind"] == "none":
            return NO_DATA
        Kpi = self.env["crm.kpi"]
        if figure["unit"] == "percent":
            return Kpi._signed_text("percent", figure["value"] - figure["previous"])
        if figure["change_kind"] == "new":
            return self.env._("new")
        sign = "+" if figure["change"] > 0 else "−" if figure["change"] < 0 else ""
        return sign + Kpi._unit_text("percent", abs(figure["change"]))

    @api.model
    def _share_text(self, share):
        """A fraction as a whole percentage, "83 %"; "–" for none."""
        if share is None or share is False:
            return NO_DATA
        return self.env._("%s %%", formatLang(self.env, share * 100, digits=0))

    @api.model
    def _pace_text(self, pace, is_running=True):
        """A sign and a word, so that nobody has to tell colours apart; empty without a target."""
        if not pace:
            return ""
        if not is_running:
            return self.env._("✗ Missed") if pace == "behind" else self.env._("✓ Reached")
        return {
            "ahead": self.env._("▲ Ahead"),
            "on_track": self.env._("● On track"),
            "behind": self.env._("▼ Behind"),
        }[pace]

    @api.model
    def _period_text(self, period):
        """Such as "March 2026", "Q1 2026", "2026", or its first and last day."""
        first, last = period.first, period.stop - ONE_DAY
        if period.unit == "month" and period.stop == first + CALENDAR["month"]:
            return format_date(self.env, first, date_format="MMMM yyyy")
        if period.unit == "year" and (first.month, first.day) == (1, 1) and last.month == 12:
            return str(first.year)
        if period.unit == "quarter" and first.month % 3 == 1 and last.month == first.month + 2:
            return self.env._(
                "Q%(quarter)s %(year)s", quarter=first.month // 3 + 1, year=first.year)
        if last <= first:
            return format_date(self.env, first)
        return f"{format_date(self.env, first)} – {format_date(self.env, last)}"

    @api.model
    def _short_period_text(self, period):
        """The same in little room: "Oct 1 – Oct 21", with the year when it is not this one."""
        first, last = period.first, period.stop - ONE_DAY
        if last < first:
            return NO_DATA
        locale = babel_locale_parse(get_lang(self.env).code)
        skeleton = "MMMd" if first.year == self._today().year else "yMMMd"
        days = (first, last) if last > first else (first,)
        return " – ".join(format_skeleton(skeleton, day, locale=locale) for day in days)

    @api.model
    def _unit(self, code):
        field = self.env["crm.kpi.snapshot"]._fields.get(code)
        return getattr(field, "unit", None) or self._kpis([code]).unit
