"""What a custom KPI may count, tried before it is declared."""

from odoo import api, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain

from ...tools.fact import COUNT, Fact
from ...tools.score_domain import ConditionError, read_condition
from ..base.lead_score_condition import FOLLOWED, OPERATORS, TYPES
from .kpi_engine import BROKEN, TRANSIENT

NUMBERS = ("integer", "float", "monetary")
DATES = ("date", "datetime")
# Records of the program itself, messages and files: nothing a company sells by.
LEFT_OUT = ("ir.", "base.", "base_", "bus.", "mail.", "res.users", "res.config", "res.company",
            "digest.", "crm.kpi.", "crm.digest.", "crm.lead.score", "report.", "web_", "iap.",
            "discuss.", "auth", "crm.roi.", "crm.customer.", "fetchmail.", "payment.")
# Fields that hold the currency of the record's company.
OF_COMPANY = ("company_currency", "company_currency_id")
MILLISECONDS = 20_000


class KpiCustomCheck(models.AbstractModel):
    _name = "crm.kpi.custom.check"
    _description = "Checking of Custom KPIs"

    # ------------------------------------------------------------------
    # Which records
    # ------------------------------------------------------------------

    @api.model
    def _selection_models(self):
        """Models a KPI may count, with names in the user's language, sorted by name."""
        found = [
            (name, self.env["ir.model"]._get(name).name or name)
            for name in self.env.registry if self._may_count(name)
        ]
        return sorted(found, key=lambda pair: pair[1].casefold())

    @api.model
    def _may_count(self, name):
        """Stored records of a company with a date, which the user may read."""
        model = self.env[name]
        if model._abstract or model._transient or not model._auto or name.startswith(LEFT_OUT):
            return False
        company = model._fields.get("company_id")
        return bool(
            company and company.store and company.comodel_name == "res.company"
            and model.has_access("read")
        )

    def _checked_facts(self):
        """:return: list of :class:`Fact`, one for each measure
        :raise ValidationError: something that may not be counted, or not be read, is chosen
        """
        sides = ("a", "b") if self.kind == "ratio" else ("a",)
        self._check_name()
        return [self._checked_fact(side) for side in sides]

    def _check_name(self):
        labels = {
            field.string.casefold() for name, field in self.env["crm.kpi.snapshot"]._fields.items()
            if name not in self._field_names()
        }
        if self.name.casefold() in labels:
            raise ValidationError(self.env._(
                "There is a KPI called “%(name)s” already. Choose another name.", name=self.name,
            ))

    def _checked_fact(self, side):
        name = self[f"{side}_model"]
        if not name or name not in self.env or not self._may_count(name):
            raise self._refusal(self.env._(
                "choose records that you may read, that belong to a company and have a date"))
        self._check_sees_all(self.env[name])
        aggregate = COUNT
        if self[f"{side}_aggregate"] == "sum":
            aggregate = self._checked_number(name, self[f"{side}_field"])
        date = self[f"{side}_date"] or None
        if date and self._checked_field(name, date).type not in DATES:
            raise self._refusal(self.env._("“%(field)s” is no date", field=date))
        return Fact(name, date, tuple(self._checked_terms(name, self[f"{side}_domain"])), aggregate)

    def _check_sees_all(self, model):
        """Totals of records somebody may not see are not his to show."""
        user = self.env.user
        mine = model.with_context(allowed_company_ids=user.company_ids.ids, active_test=False)
        everything = Domain("company_id", "in", [*user.company_ids.ids, False])
        # Only whether there are more than the author may see.
        if mine.search_count(everything) < mine.sudo().search_count(everything):
            raise AccessError(self.env._(
                "KPI “%(kpi)s”: you may not see all records of “%(records)s”, so you cannot define "
                "a KPI over them. Ask somebody who may.", kpi=self.name,
                records=self.env["ir.model"]._get(model._name).name,
            ))

    def _checked_number(self, model_name, name):
        field = self._checked_field(model_name, name)
        if field.type not in NUMBERS:
            raise self._refusal(self.env._("“%(field)s” is no number", field=field.string))
        if field.type == "monetary":
            currency = self.env[model_name]._fields[field.get_currency_field(self.env[model_name])]
            if currency.name not in OF_COMPANY and currency.related != "company_id.currency_id":
                raise self._refusal(self.env._(
                    "“%(field)s” is in the currency of each record, which cannot be added up. "
                    "Choose an amount in the company's currency", field=field.string,
                ))
        return name

    def _checked_field(self, model_name, name):
        model = self.env[model_name]
        field = model._fields.get(name or "")
        if field is None:
            raise self._refusal(self.env._(
                "there is no field “%(field)s” in “%(records)s”", field=name or "",
                records=self.env["ir.model"]._get(model_name).name,
            ))
        is_read = field.store and not field.company_dependent and field.type in (*TYPES, "id")
        if not is_read or not model._has_field_access(field, "read"):
            raise self._refusal(self.env._(
                "“%(field)s” cannot be counted by: it is not stored, or not for you",
                field=field.string,
            ))
        return field

    # ------------------------------------------------------------------
    # Conditions
    # ------------------------------------------------------------------

    def _checked_terms(self, model_name, text):
        try:
            terms = read_condition(text or "[]")
            Domain(terms).map_conditions(
                lambda condition: self._checked_condition(model_name, condition))
        except (ConditionError, ValueError, TypeError):
            raise self._refusal(self.env._(
                "its conditions cannot be read: use fixed values only, no “today” and no “me”"
            )) from None
        return terms

    def _checked_condition(self, model_name, condition):
        first, *rest = condition.field_expr.split(".")
        field = self._checked_field(model_name, first)
        operator, value = condition.operator, condition.value
        if operator not in OPERATORS:
            raise self._refusal(self.env._("the operator “%(name)s” is not known", name=operator))
        is_followed = bool(rest) or operator in ("any", "not any")
        if is_followed or field.type == "many2many":
            if not field.relational or field.comodel_name not in FOLLOWED \
                    or not self.env[field.comodel_name].has_access("read"):
                raise self._refusal(self.env._(
                    "conditions may not follow “%(field)s”", field=field.string))
        elif field.relational and any(isinstance(item, str) for item in _values(value)):
            raise self._refusal(self.env._(
                "choose records of “%(field)s” instead of typing their name", field=field.string))
        if rest:
            Domain([(".".join(rest), operator, value)]).map_conditions(
                lambda deeper: self._checked_condition(field.comodel_name, deeper))
        elif operator in ("any", "not any"):
            Domain(list(value)).map_conditions(
                lambda deeper: self._checked_condition(field.comodel_name, deeper))
        elif field.type in DATES and any(
            isinstance(item, str) and not item[:1].isdigit() for item in _values(value)
        ):
            raise ValueError("relative date")
        return condition

    def _refusal(self, reason):
        return ValidationError(self.env._(
            "KPI “%(kpi)s”: %(reason)s.", kpi=self.name, reason=reason))

    # ------------------------------------------------------------------
    # Trying
    # ------------------------------------------------------------------

    def _try(self, facts):
        """Measure the last month once, within a time limit, and keep nothing."""
        try:
            self._tried_months(facts, months=1)
        except TRANSIENT:
            raise self._refusal(self.env._(
                "it takes too long to measure. Choose fewer records")) from None
        except BROKEN as error:
            raise self._refusal(self.env._("it cannot be measured (%(error)s)", error=error)) \
                from None

    def _type_of(self, fact):
        if fact.aggregate == COUNT:
            return "integer"
        is_money = self.env[fact.model]._fields[fact.aggregate].type == "monetary"
        return "monetary" if is_money else "float"

    def _what_is_missing(self):
        """Why it cannot be measured any more, in the company's language; or False."""
        sides = ("a", "b") if self.kind == "ratio" else ("a",)
        for side in sides:
            name = self[f"{side}_model"]
            if name not in self.env:
                return self.env._("“%(records)s” is not installed any more.", records=name)
            used = [self[f"{side}_date"], self[f"{side}_aggregate"] == "sum" and
                    self[f"{side}_field"], "company_id"]
            for field in filter(None, used):
                found = self.env[name]._fields.get(field)
                if found is None or not found.store:
                    return self.env._("The field “%(field)s” of “%(records)s” does not exist any "
                                      "more.", field=field, records=name)
            try:
                domain = Domain(read_condition(self[f"{side}_domain"] or "[]"))
                self.env[name].sudo()._search(domain)  # compiled, not run
            except BROKEN as error:
                return self.env._("Its conditions do not work any more: %(error)s", error=error)
        return False


def _values(value):
    return value if isinstance(value, (list, tuple, set, frozenset)) else [value]
