"""Conditions of scoring rules: what they may name, and their SQL."""

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.score_date import is_relative, read_relative

# Relations a condition may follow. Everything else is compared by identity only: a rule must not
# tell its author what he may not read.
FOLLOWED = {
    "crm.lead": {
        "partner_id", "commercial_partner_id", "team_id", "stage_id", "tag_ids", "campaign_id",
        "source_id", "medium_id", "country_id", "state_id", "lang_id",
    },
    "res.partner": {
        "parent_id", "commercial_partner_id", "category_id", "country_id", "state_id",
        "industry_id",
    },
    "res.country": set(),
    "res.country.state": {"country_id"},
    "res.partner.category": {"parent_id"},
    "res.partner.industry": set(),
    "crm.team": set(),
    "crm.stage": set(),
    "crm.tag": set(),
    "utm.campaign": {"stage_id", "tag_ids"},
    "utm.source": set(),
    "utm.medium": set(),
    "utm.stage": set(),
    "utm.tag": set(),
    "res.lang": set(),
}
TYPES = {
    "char", "text", "html", "integer", "float", "monetary", "boolean", "date", "datetime",
    "selection", "many2one", "many2many",
}
OPERATORS = {
    "=", "!=", "in", "not in", "<", ">", "<=", ">=", "any", "not any",
    "like", "not like", "ilike", "not ilike", "=like", "not =like", "=ilike", "not =ilike",
}
# A score that counts itself would grow every night.
OWN_FIELDS = ("lead_score", "lead_grade", "is_hot")


class ConditionRefused(ValueError):
    """A condition names something it may not: ``code`` says what is wrong with ``name``."""

    def __init__(self, code, name):
        super().__init__(f"{code}: {name}")
        self.code, self.name = code, name


class LeadScoreCondition(models.AbstractModel):
    _name = "crm.lead.score.condition"
    _description = "Lead Scoring Conditions"

    @api.model
    def _read_terms(self, terms, model_name="crm.lead"):
        """Make a domain of literals safe to evaluate for everybody.

        Paths are followed along an allow-list, only stored columns are compared, relative dates
        become SQL over the moment of scoring, so that the result can be kept and reused.

        :param terms: list of literals
        :return: ``(Domain, set of names of the fields of the model that are read)``
        :raise ConditionRefused: something is named that may not be
        :raise ValueError, TypeError: the terms are no domain
        """
        names = set()

        def read(condition):
            name, _dot, rest = condition.field_expr.partition(".")
            names.add(name)
            return self._read_condition(model_name, name, rest, condition)

        return Domain(terms).map_conditions(read), names

    @api.model
    def _read_condition(self, model_name, name, rest, condition):
        # ``TRUE`` and ``FALSE`` leaves never come here: they are no conditions.
        operator, value = condition.operator, condition.value
        field = self._condition_field(model_name, name)
        if operator not in OPERATORS:
            raise ConditionRefused("operator", f"{name} {operator}")
        if rest:
            return self._follow(field, "any", [(rest, operator, value)])
        if operator in ("any", "not any"):
            return self._follow(field, operator, value)
        if field.relational and not self._is_followed(field) and _has_text(value):
            raise ConditionRefused("relation", name)
        if field.type in ("date", "datetime") and any(map(is_relative, _values(value))):
            return self._relative_date(field, operator, value)
        return condition

    @api.model
    def _condition_field(self, model_name, name):
        field = self.env[model_name]._fields.get(name)
        if field is None:
            raise ConditionRefused("field", f"{model_name}.{name}")
        if model_name == "crm.lead" and name.startswith(OWN_FIELDS):
            raise ConditionRefused("own", name)
        readable = field.store and not field.groups and not field.company_dependent
        if not readable or field.type not in TYPES:
            raise ConditionRefused("stored", name)
        if field.type == "many2many" and not self._is_followed(field):
            raise ConditionRefused("relation", name)
        return field

    @api.model
    def _is_followed(self, field):
        return field.name in FOLLOWED.get(field.model_name, ())

    @api.model
    def _follow(self, field, operator, terms):
        if not field.relational or not self._is_followed(field):
            raise ConditionRefused("relation", field.name)
        if not isinstance(terms, (list, tuple)):
            raise ConditionRefused("operator", field.name)
        domain, _names = self._read_terms(list(terms), field.comodel_name)
        return Domain(field.name, operator, domain)

    @api.model
    def _relative_date(self, field, operator, value):
        if operator not in ("<", ">", "<=", ">=") or not isinstance(value, str):
            raise ConditionRefused("relative", field.name)
        try:
            is_day, steps = read_relative(value)
        except ValueError:
            raise ConditionRefused("relative", field.name) from None
        bound = self._relative_sql(field.type, is_day, steps)
        # A moment "after today" is one of tomorrow: the bound is the whole day.
        if field.type == "datetime" and is_day and operator in (">", "<="):
            bound = self._relative_sql(field.type, is_day, [*steps, ("days", 1)])
            operator = {">": ">=", "<=": "<"}[operator]

        def to_sql(model, alias, query):
            column = model._field_to_sql(alias, field.name, query)
            return SQL("%s %s %s", column, SQL(operator), bound)

        return Domain.custom(to_sql=to_sql)

    @api.model
    def _relative_sql(self, field_type, is_day, steps):
        """SQL of the bound: local steps from the moment of scoring, back to a date or to UTC."""
        local = SQL("scope.today::timestamp") if is_day else SQL(
            "(scope.moment AT TIME ZONE 'UTC' AT TIME ZONE scope.timezone)"
        )
        for unit, number in steps:
            if number is None:
                local = SQL("date_trunc(%s, %s)", unit, local)
            else:
                local = SQL("(%s + %s::interval)", local, f"{number} {unit}")
        if field_type == "date":
            return SQL("%s::date", local)
        return SQL("(%s AT TIME ZONE scope.timezone AT TIME ZONE 'UTC')", local)


def _values(value):
    return value if isinstance(value, (list, tuple, set, frozenset)) else [value]


def _has_text(value):
    return any(isinstance(item, str) for item in _values(value))
