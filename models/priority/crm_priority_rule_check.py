"""Rules are checked when they are saved: the way to the customer, the field, the conditions."""

import psycopg2

from odoo import api, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from ...tools.score_domain import ConditionError, read_condition
from ..base.lead_score_condition import ConditionRefused

# Milliseconds that searching for a condition may take when a rule is saved.
TIMEOUT_CHECK = 5_000


class CrmPriorityRule(models.Model):
    _inherit = "crm.priority.rule"

    @api.constrains("model_name", "partner_path", "priority_field", "domain", "open_domain")
    def _check_rule(self):
        for rule in self:
            problem = rule._find_problem()
            if problem:
                rule._refuse(problem)
            if not self.env[rule.model_name].has_access("write"):
                rule._refuse(self.env._(
                    "you may not change “%(model)s”; ask somebody who may",
                    model=self.env[rule.model_name]._description,
                ))
            for text in (rule.domain, rule.open_domain):
                rule._check_as_author(read_condition(text or "[]"))
            rule.line_ids.invalidate_recordset(["choices"])
            rule.line_ids._check_choice()

    def _find_problem(self):
        """:return: text of what keeps the rule from working; None when it works"""
        self.ensure_one()
        if self.model_name not in self.env:
            return self.env._("the app of its tickets is not installed")
        Model = self.env[self.model_name]
        if Model._abstract or Model._transient or not Model._auto:
            return self.env._("“%(model)s” has no records of its own", model=Model._description)
        return (
            self._find_path_problem(Model) or self._find_field_problem(Model)
            or self._find_condition_problem(self.domain or "[]")
            or self._find_condition_problem(self.open_domain or "[]")
        )

    def _find_path_problem(self, Model):
        for name in (self.partner_path or "").split("."):
            field = Model._fields.get(name)
            if field is None or field.type != "many2one" or not field.store:
                return self.env._(
                    "“%(path)s” leads to no contact: “%(name)s” is no stored link of “%(model)s”. "
                    "Choose another customer field",
                    path=self.partner_path, name=name, model=Model._description,
                )
            Model = self.env[field.comodel_name]
        if Model._name != "res.partner":
            return self.env._(
                "“%(path)s” leads to “%(model)s” and not to a contact. Choose another customer "
                "field", path=self.partner_path, model=Model._description,
            )
        return None

    def _find_field_problem(self, Model):
        if self.priority_field in self._priority_fields(Model._name):
            return None
        return self.env._(
            "“%(name)s” is no priority of “%(model)s”. Choose a stored selection field whose name "
            "ends with “priority”", name=self.priority_field, model=Model._description,
        )

    def _find_condition_problem(self, text):
        """:return: text of what is wrong with a condition; None when it can be searched for"""
        try:
            self.env["crm.priority.condition"]._read_terms(read_condition(text), self.model_name)
        except ConditionError as error:
            return {
                "long": self.env._("a condition is longer than 64 kB"),
                "text": self.env._(
                    "a condition may only contain texts, numbers and lists; no names, calls or "
                    "formulas"
                ),
                "list": self.env._("a condition must be a list of terms: [('active', '=', True)]"),
            }[error.code]
        except ConditionRefused as error:
            return self.env._(
                "a condition may not use “%(name)s”. Choose a stored field of the ticket, its "
                "stage, team, category, tags or customer", name=error.name,
            )
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            return self.env._("a condition can not be read: %(error)s", error=error)
        return None

    def _check_as_author(self, terms):
        """Search with the rights of whoever saves: a rule must not read more than its author."""
        guard = self.env["crm.lead.score.guard"]
        try:
            with self.env.cr.savepoint():
                before = guard._limit_time(TIMEOUT_CHECK)
                self.env[self.model_name].search_count(Domain(terms), limit=1)
                guard._limit_time(before)
        except psycopg2.errors.QueryCanceled:
            self._refuse(self.env._("it takes too long to search for a condition"))
        except (ValueError, TypeError, KeyError, AccessError, UserError, psycopg2.Error) as error:
            self._refuse(self.env._("a condition can not be searched for: %(error)s", error=error))

    def _refuse(self, why):
        raise ValidationError(self.env._(
            "The priority rule “%(name)s” can not be saved: %(why)s.",
            name=self.name, why=str(why).rstrip("."),
        ))
