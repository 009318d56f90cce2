from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from ...tools.chart import Chart, Series
from .kpi_custom_check import MILLISECONDS
from .kpi_engine import BROKEN

MONTHS = 12
# The names under which the engine measures what has no field yet.
ALIASES = ("numerator", "denominator")


class CrmKpiCustom(models.Model):
    """Twelve months of a KPI, measured by the statement of the engine and not stored."""

    _inherit = "crm.kpi.custom"

    preview = fields.Char("Last Twelve Months", compute="_compute_preview")
    preview_chart = fields.Json(compute="_compute_preview")

    @api.depends("kind", "unit", *(
        f"{side}_{name}" for side in "ab"
        for name in ("model", "domain", "aggregate", "field", "date")
    ))
    @api.depends_context("company", "lang")
    def _compute_preview(self):
        for custom in self:
            custom.preview, custom.preview_chart = custom._preview()

    def _preview(self):
        """:return: ``(sentence, chart or False)``"""
        if not self.name or not self.a_model:
            return False, False
        try:
            facts = self._checked_facts()
            if any(fact.is_stock for fact in facts):
                return self._preview_level(facts), False
            months = self._tried_months(facts, MONTHS)
        except (UserError, *BROKEN) as error:
            return str(error), False
        known = [value for _month, value in months if value is not None]
        if not known:
            return self.env._("Nothing was found in the last twelve months."), False
        text = self.env._(
            "Measured in %(count)s of the last twelve months; nothing is stored yet by looking.",
            count=len(known),
        )
        return text, self._months_chart(months, text)

    def _months_chart(self, months, text):
        factor, unit = (100, " (%)") if self.unit == "percent" else (1, "")
        values = [None if value is None else round(value * factor, 2) for _month, value in months]
        labels = [format_date(self.env, month, date_format="MMM y") for month, _value in months]
        currency = self.env.company.currency_id.id if self.unit == "currency" else False
        return Chart(
            "lines", labels, [Series(f"{self.name}{unit}", values, "gain")],
            label_title=self.env._("Month"), text=text,
        ).as_json(currency)

    def _preview_level(self, facts):
        level = self.filtered(lambda one: one.kind == "measure" and all(f.is_stock for f in facts))
        if not level:
            return self.env._("Levels are measured every night; its history begins tonight.")
        return self.env._(
            "Now: %(value)s. Levels are measured every night; the history begins tonight.",
            value=self._unit_value(self._tried_level(facts)),
        )

    def _unit_value(self, value):
        return "–" if value is None else self.env["crm.kpi"]._unit_text(self.unit, value)

    # ------------------------------------------------------------------
    # Measuring without storing
    # ------------------------------------------------------------------

    def _tried_months(self, facts, months):
        """:return: list of ``(first day of the month, value or None)`` of the current company"""
        company = self.env.company
        timezone = company._kpi_timezone()
        today = company._kpi_today(timezone)
        first = today.replace(day=1) - relativedelta(months=months)
        named = dict(zip(ALIASES, facts, strict=False))
        flows = {name: fact for name, fact in named.items() if not fact.is_stock}
        stocks = {name: fact for name, fact in named.items() if fact.is_stock}
        Snapshot = self.env["crm.kpi.snapshot"]
        if stocks:
            self._rows(Snapshot._stocks_sql(
                stocks, company.id, timezone, today - timedelta(days=1)))
        if not flows:
            return []
        rows = self._rows(SQL(
            "SELECT date_trunc('month', day)::date, %s FROM (%s) AS fact GROUP BY 1 ORDER BY 1",
            SQL(", ").join(SQL("SUM(%s)::float8", SQL.identifier(name)) for name in flows),
            Snapshot._flows_sql(flows, company.id, timezone, first, today.replace(day=1)),
        ))
        found = {month: values for month, *values in rows}
        starts = [first + relativedelta(months=number) for number in range(months)]
        return [(month, self._value_of(found.get(month), len(facts))) for month in starts]

    def _value_of(self, values, size):
        if not values:
            return None if size > 1 else 0
        if size == 1:
            return values[0]
        return values[0] / values[1] if len(values) > 1 and values[1] else None

    def _tried_level(self, facts):
        company = self.env.company
        timezone = company._kpi_timezone()
        night = company._kpi_today(timezone) - timedelta(days=1)
        return self._rows(SQL(
            "SELECT SUM(numerator)::float8 FROM (%s) AS fact",
            self.env["crm.kpi.snapshot"]._stocks_sql(
                {"numerator": facts[0]}, company.id, timezone, night),
        ))[0][0] or 0

    def _rows(self, query):
        self.env.flush_all()
        with self.env.cr.savepoint(flush=False) as savepoint:
            self.env.execute_query(SQL(
                "SELECT set_config('statement_timeout', %s, TRUE)", str(MILLISECONDS)))
            rows = self.env.execute_query(query)
            # The time limit goes with the savepoint.
            savepoint.rollback()
        return rows
