from odoo import models
from odoo.tools import format_amount
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
        sign = ("+" if value > 0 else "−" if value < 0 else "") if is_change else ""
        number = abs(value) if is_change else value
        return sign + self._unsigned_text(number, is_change)

    def _unsigned_text(self, number, is_change):
        if self.unit == "percent":
            shown = formatLang(self.env, number * 100, digits=1)
            return self.env._("%s points", shown) if is_change else self.env._("%s %%", shown)
        if self.unit == "days":
            return self.env._("%s days", formatLang(self.env, number, digits=1))
        if self.unit in ("currency", "currency_per_day"):
            money = format_amount(self.env, number, self.env.company.currency_id)
            return self.env._("%s/day", money) if self.unit == "currency_per_day" else money
        return formatLang(self.env, number, digits=0 if number == int(number) else 1)
