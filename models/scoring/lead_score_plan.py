"""Rules compiled to SQL: once for a rule set, for all leads."""

from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL, Query, ormcache

from ...tools.score_domain import ConditionError, read_condition
from ..base.lead_score_condition import ConditionRefused
from .crm_lead_score_set import THRESHOLDS
from .lead_score_event import EVENT_MODELS, rule_key

# Below this share of the points nothing is left; it also keeps the power from running under.
MAX_HALF_LIVES = 60
# Nothing of whoever triggers the evaluation.
NEUTRAL = {"tz": "UTC", "active_test": False, "allowed_company_ids": []}
# What a condition raises that cannot be compiled.
NOT_COMPILED = (ConditionError, ConditionRefused, ValueError, TypeError, KeyError)


class Plan(NamedTuple):
    """A compiled rule set.

    ``tables``: SQL of crm_lead joined to what the rules read, and to ``scope``;
    ``points``: ``{rule id: SQL points, NULL where the rule does not match}``;
    ``days``: ``{rule id: SQL date of what the points fade from}``;
    ``totals``: ``{"fit" or "engagement": SQL sum of the points, groups capped}``;
    ``columns``: names of the fields of the lead that are read;
    ``events``: names of the events that are counted;
    ``broken``: ``{rule id: text of the error}`` of rules that could not be compiled;
    ``thresholds``: ``{name: number}`` of the set
    """

    tables: SQL
    points: dict
    days: dict
    totals: dict
    columns: frozenset
    events: frozenset
    broken: dict
    thresholds: dict


class LeadScorePlan(models.AbstractModel):
    _name = "crm.lead.score.plan"
    _inherit = ["crm.lead.score.condition", "crm.lead.score.event"]
    _description = "Lead Scoring Plan"

    @api.model
    @ormcache("set_id")
    def _plan(self, set_id):
        """:return: the :class:`Plan` of a rule set, kept until a rule changes"""
        rules = self._rules(set_id)
        return self._compile(set_id, rules)

    @api.model
    def _rules(self, set_id):
        """:return: the rules of a set that count"""
        # Scores are the same for everybody: whoever looks, all rules of the set count.
        rules = self.env["crm.lead.score.rule"].sudo()
        return rules.search([("set_id", "=", set_id), ("state", "=", "ok")])

    @api.model
    def _compile(self, set_id, rules):
        """Compile rules; one that fails is left out and named in ``broken``."""
        query = Query(self.env, "crm_lead")
        joins, counts = self._event_joins(rules.filtered(lambda r: r.condition_type == "activity"))
        points, days, broken, columns = {}, {}, {}, {"active", "won_status"}
        for rule in rules:
            try:
                condition, names = self._rule_condition(rule, query, counts)
            except NOT_COMPILED as error:
                broken[rule_key(rule)] = f"{type(error).__name__}: {error}"
                continue
            columns |= names
            days[rule_key(rule)] = self._rule_day(rule, counts)
            points[rule_key(rule)] = SQL(
                "CASE WHEN %s THEN %s END", condition, self._rule_points(rule, days[rule_key(rule)])
            )
        columns |= {rule.fades_from for rule in rules if rule.fades_from}
        columns |= {"company_id", "team_id"}
        tables = SQL(
            "%s JOIN scope ON scope.id = crm_lead.id%s", query.from_clause, joins,
        )
        working = rules.filtered(lambda rule: rule_key(rule) in points)
        return Plan(
            tables, points, days, self._totals(working), frozenset(columns),
            frozenset(working.filtered(lambda r: r.condition_type == "activity").mapped("event")),
            broken,
            self._thresholds(set_id),
        )

    @api.model
    def _thresholds(self, set_id):
        # Like the rules: the same for everybody.
        rule_set = self.env["crm.lead.score.set"].sudo().browse(set_id)
        return {name: rule_set[name] for name in THRESHOLDS}

    @api.model
    def _rule_condition(self, rule, query, counts):
        """:return: ``(SQL condition, names of the lead's fields it reads)``"""
        where = [SQL("TRUE")]
        if rule.company_id:
            where.append(SQL("crm_lead.company_id = %s", rule.company_id.id))
        if rule.team_id:
            where.append(SQL("crm_lead.team_id = %s", rule.team_id.id))
        if rule.condition_type == "activity":
            if EVENT_MODELS.get(rule.event) not in self.env:
                raise ConditionRefused("event", rule.event)
            number, _day = counts[rule_key(rule)]
            where.append(
                SQL("%s = 0", number) if rule.is_absence
                else SQL("%s >= %s", number, rule.min_count)
            )
        domain, names = self._read_terms(read_condition(rule.domain))
        model = self._condition_model(rule.lang)
        where.append(SQL("(%s)", domain.optimize_full(model)._to_sql(model, "crm_lead", query)))
        return SQL("(%s)", SQL(" AND ").join(where)), names

    @api.model
    def _condition_model(self, lang):
        """Leads as conditions are evaluated, whoever triggers it: names in the author's language,
        days in UTC unless relative, archived records included."""
        # The fields a condition may read are limited when the rule is saved.
        leads = self.env["crm.lead"].sudo()
        return leads.with_context(**NEUTRAL, lang=lang or None)

    @api.model
    def _rule_day(self, rule, counts):
        """SQL of the local date from which the points fade."""
        if rule.condition_type == "activity":
            return SQL("NULL::date") if rule.is_absence else counts[rule_key(rule)][1]
        if not rule.fades_from:
            return SQL("NULL::date")
        return SQL(
            "(%s AT TIME ZONE 'UTC' AT TIME ZONE scope.timezone)::date",
            SQL.identifier("crm_lead", rule.fades_from),
        )

    @api.model
    def _rule_points(self, rule, day):
        if rule.dimension != "engagement" or not rule.half_life:
            return SQL("%s::float8", rule.points)
        return SQL(
            """%s::float8 * power(0.5::float8, LEAST(
                   GREATEST(COALESCE(scope.today - %s, 0), 0) / %s::float8, %s))""",
            rule.points, day, rule.half_life, MAX_HALF_LIVES,
        )

    @api.model
    def _totals(self, rules):
        return {
            dimension: SQL(" + ").join([SQL("0::float8"), *(
                self._group_total(group, some)
                for group, some in rules.filtered(
                    lambda rule, dimension=dimension: rule.dimension == dimension
                ).grouped("group_id").items()
            )])
            for dimension in ("fit", "engagement")
        }

    @api.model
    def _group_total(self, group, rules):
        total = SQL(" + ").join(
            SQL("COALESCE(%s, 0)", SQL.identifier(f"points_{rule_key(rule)}")) for rule in rules
        )
        if not group.cap:
            return SQL("(%s)", total)
        return SQL(
            "GREATEST(%s::float8, LEAST(%s::float8, %s))", -group.cap, group.cap, total,
        )
