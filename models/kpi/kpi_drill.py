from datetime import timedelta

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.date_utils import parse_date

from ...tools.fact import COUNT
from ...tools.formula import Formula
from ...tools.period import as_date, consecutive, day_start

ONE_DAY = timedelta(days=1)


class KpiDrill(models.AbstractModel):
    """From a figure to the records behind it: the same domain that counted them."""

    _name = "crm.kpi.drill"
    _description = "KPI Drill-down"

    @api.model
    @api.readonly
    def action_drill(self, measure, domain):
        """Action that opens the source records counted in a cell of a pivot or graph.

        A ratio opens the records of its denominator. Only what the user may read is shown.

        :param measure: name of a KPI field
        :param domain: the cell's domain on this model
        :return: dict of an ``ir.actions.act_window``
        :raise AccessError: the user may not read KPIs
        :raise UserError: the measure is no KPI, or its records are not of an installed app
        """
        self.browse().check_access("read")
        name = self._drill_fact_name(measure)
        fact = self._drill_fact(measure, name)
        domain = Domain(domain).map_conditions(self._absolute_day)
        records = self._drill_domain(fact, domain)
        title = self._drill_title(measure, name, fact, domain, records)
        # Rows of a report that stand for a record open the record.
        model, records = getattr(
            self.env[fact.model], "_drill_target", lambda records: (fact.model, records)
        )(records)
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": model,
            "domain": list(records),
            "views": self._drill_views(model),
            "context": {"active_test": False, "create": False},
            "target": "current",
        }

    @api.model
    def _drill_fact_name(self, measure):
        """The fact whose records a KPI opens: its own, or those of a ratio's denominator."""
        if measure not in self._fields or not self._kpi_kind(measure):
            raise UserError(self.env._(
                "“%s” is no KPI, so there are no records behind it. Choose a KPI as measure.",
                measure,
            ))
        while self._kpi_kind(measure) == "formula":
            formula = Formula(self._fields[measure].formula)
            measure = (formula.denominator or formula).names[0]
        return measure

    @api.model
    def _drill_fact(self, measure, name):
        fact = self._kpi_facts()[name]
        if not self._kpi_has_source(fact.model):
            raise UserError(self.env._(
                "“%(kpi)s” counts records of an app that is not installed.",
                kpi=self._fields[measure]._description_string(self.env),
            ))
        return fact

    @api.model
    def _drill_views(self, model_name):
        view = {
            "crm.lead": "crm.crm_case_tree_view_oppor",
            "sale.order": "sale.view_order_tree",
        }.get(model_name)
        view_id = view and self.env["ir.model.data"]._xmlid_to_res_id(view)
        return [(view_id or False, "list"), (False, "form")]

    @api.model
    def _drill_title(self, measure, name, fact, domain, records):
        """Name of the action; says so when the records have changed since they were measured."""
        label = self._fields[measure]._description_string(self.env)
        if fact.aggregate != COUNT:
            return label
        scope = self.with_context(kpi_stock="last")
        measured = scope._read_group(domain, (), [f"{name}:sum"])[0][0] or 0
        now = self.env[fact.model].with_context(active_test=False).search_count(records)
        if round(measured) == now:
            return label
        return self.env._(
            "%(kpi)s: %(now)s now, %(measured)s when measured",
            kpi=label, now=now, measured=round(measured),
        )

    # ------------------------------------------------------------------
    # Domain of the snapshot -> domain of the source
    # ------------------------------------------------------------------

    @api.model
    def _drill_domain(self, fact, domain):
        """Domain of the source records counted under a domain of the snapshot."""
        nights = {}
        if fact.is_stock:
            nights = self._last_nights(domain)
            domain = domain.map_conditions(
                lambda term: Domain.TRUE if term.field_expr.split(".")[0] == "day" else term
            )
        zones = {}
        for company_id, timezone in self._kpi_units():
            is_read = company_id is None or company_id in self.env.companies.ids
            if is_read and (not fact.is_stock or (company_id or False) in nights):
                zone = (timezone, nights.get(company_id or False))
                zones.setdefault(zone, []).append(company_id or False)
        return Domain.OR(
            self._drill_zone(fact, domain, timezone, company_ids, night)
            for (timezone, night), company_ids in zones.items()
        )

    @api.model
    def _drill_zone(self, fact, domain, timezone, company_ids, night):
        """The part of companies that share a time zone and a last night."""
        dimensions = self._kpi_dimensions(fact.model)
        terms = domain.map_conditions(
            lambda term: self._drill_term(term, fact, dimensions, timezone)
        )
        company = dimensions.get("company_id")
        if company:
            terms &= Domain(company, "in", company_ids)
        if fact.is_stock:
            return terms & self._stock_domain(fact, night, day_start(night + ONE_DAY, timezone))
        end = self._drill_moment(fact, self._drill_end(timezone), timezone)
        counted = Domain(fact.time_field, "<", end)
        return terms & Domain(fact.domain_on(None)) & counted

    @api.model
    def _drill_end(self, timezone):
        """The day from which on nothing is in the figures: they end with the last finished day."""
        return self.env["res.company"]._kpi_today(timezone)

    @api.model
    def _drill_term(self, term, fact, dimensions, timezone):
        head, dot, tail = term.field_expr.partition(".")
        if head == "day":
            return self._drill_day(term, fact, timezone)
        if head not in ("company_id", *self._kpi_row_keys):
            raise UserError(self.env._(
                "The records behind a figure cannot be found under the filter on “%s”. Remove it.",
                term.field_expr,
            ))
        if head not in dimensions:
            values = term.value if isinstance(term.value, (list, tuple, set)) else [term.value]
            empty = any(not value for value in values)
            return Domain(empty == (term.operator in ("=", "in")))
        return Domain(dimensions[head] + dot + tail, term.operator, term.value)

    @api.model
    def _absolute_day(self, term):
        """The web client's relative days, such as “today -7d”, as dates."""
        if term.field_expr != "day" or not isinstance(term.value, str):
            return term
        return Domain("day", term.operator, as_date(parse_date(term.value, self.env)))

    @api.model
    def _drill_day(self, term, fact, timezone):
        """A condition on the day as a condition on the moment, in the company's time zone."""
        if "." in term.field_expr or term.operator not in ("<", "<=", ">", ">=", "=", "in"):
            nights = self.env["crm.kpi.snapshot.day"]._read_group(Domain(*term), ["day:day"])
            return self._drill_days([day for (day,) in nights], fact, timezone)
        if term.operator in ("=", "in"):
            values = term.value if term.operator == "in" else [term.value]
            return self._drill_days([as_date(value) for value in values if value], fact, timezone)
        day = as_date(term.value)
        if term.operator in ("<=", ">"):
            day += ONE_DAY
        operator = "<" if term.operator in ("<", "<=") else ">="
        return Domain(fact.time_field, operator, self._drill_moment(fact, day, timezone))

    @api.model
    def _drill_days(self, days, fact, timezone):
        return Domain.OR(
            Domain(fact.time_field, ">=", self._drill_moment(fact, first, timezone))
            & Domain(fact.time_field, "<", self._drill_moment(fact, stop, timezone))
            for first, stop in consecutive(days)
        )

    @api.model
    def _drill_moment(self, fact, day, timezone):
        if self.env[fact.model]._fields[fact.time_field].type == "date":
            return day
        return day_start(day, timezone)
