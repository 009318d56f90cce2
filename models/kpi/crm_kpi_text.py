from odoo import api, models
from odoo.tools.misc import formatLang

NO_DATA = "–"


class CrmKpi(models.Model):
    """How a figure of a KPI is written in a sentence, a report or a file."""

    _inherit = "crm.kpi"

    def _text(self, value, is_change=False):
        """A figure in the user's language, with its unit; money in the current company's currency.

        :param value: number, or None (False) for no data
        :param is_change: written with its sign; a change of a percentage in percentage points
        :return: text such as "37.5 %", "+4.2 points", "€ 1,200", "–"
        """
        self.ensure_one()
        if value is None or value is False:
            return NO_DATA
        return self._signed_text(self.unit, value) if is_change else self._unit_text(
            self.unit, value
        )

    @api.model
    def _signed_text(self, unit, change):
        """A difference of two figures with its sign; of percentages in percentage points."""
        sign = "+" if change > 0 else "−" if change < 0 else ""
        if unit == "percent":
            shown = formatLang(self.env, abs(change) * 100, digits=1)
            return sign + self.env._("%s points", shown)
        return sign + self._unit_text(unit, abs(change))

    @api.model
    def _unit_text(self, unit, number, currency=None, is_whole=False):
        """A number with its unit; money in ``currency``, or that of the current company.

        :param is_whole: money without its cents
        """
        if unit == "percent":
            return self.env._("%s %%", formatLang(self.env, number * 100, digits=1))
        if unit == "days":
            return self.env._("%s days", formatLang(self.env, number, digits=1))
        if unit == "hours":
            return self.env._("%s hours", formatLang(self.env, number, digits=1))
        if unit == "minutes":
            return self.env._("%s minutes", formatLang(self.env, number, digits=0))
        if unit in ("currency", "currency_per_day"):
            money = formatLang(
                self.env, number, currency_obj=currency or self.env.company.currency_id,
                rounding_unit="units" if is_whole else "decimals",
            )
            return self.env._("%s/day", money) if unit == "currency_per_day" else money
        return formatLang(self.env, number, digits=0 if number == int(number) else 1)
