"""Rules are checked when they are saved: read, compiled and tried, with the author's rights."""

import psycopg2

from odoo import api, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.score_domain import ConditionError, read_condition
from ..base.lead_score_condition import ConditionRefused
from .crm_lead_score_rule import CONDITION
from .lead_score_event import EVENT_MODELS

# A rule is tried on so many of the newest leads, within so many milliseconds.
TRIED_LEADS = 10_000
TIMEOUT_CHECK = 5_000


class CrmLeadScoreRule(models.Model):
    _inherit = "crm.lead.score.rule"

    @api.constrains(*sorted(CONDITION))
    def _check_condition(self):
        for rule in self:
            if rule.condition_type == "activity":
                rule._check_event()
            terms = rule._read_checked()
            rule._check_as_author(terms)
            error = self.env["crm.lead.score.guard"]._try_rule(
                rule, rule._tried_scope(), TIMEOUT_CHECK,
            )
            if error:
                rule._refuse(self.env._("it can not be evaluated: %(error)s", error=error))

    def _check_event(self):
        if not self.event:
            self._refuse(self.env._("choose what has to happen"))
        model = EVENT_MODELS[self.event]
        if model not in self.env:
            self._refuse(self.env._(
                "“%(event)s” is not recorded in this database. Install the app that records it, "
                "or choose another one",
                event=dict(self._fields["event"]._description_selection(self.env))[self.event],
            ))

    def _read_checked(self):
        """:return: the condition as a list of literals; refuses what a condition may not be"""
        try:
            terms = read_condition(self.domain)
            self.env["crm.lead.score.condition"]._read_terms(terms)
        except ConditionError as error:
            self._refuse({
                "long": self.env._("it is longer than 64 kB; split the rule"),
                "text": self.env._(
                    "it may only contain texts, numbers and lists; no names, calls or formulas"
                ),
                "list": self.env._("it must be a list of terms: [('city', '=', 'Brussels')]"),
            }[error.code])
        except ConditionRefused as error:
            self._refuse(self._refusals(error.name)[error.code])
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            self._refuse(self.env._("it can not be read: %(error)s", error=error))
        return terms

    @api.model
    def _refusals(self, name):
        return {
            "field": self.env._("there is no field “%(name)s”; choose another field", name=name),
            "own": self.env._("“%(name)s” is itself a score and can not be scored", name=name),
            "stored": self.env._(
                "the field “%(name)s” can not be used, because it is not stored or not for "
                "everybody; choose another field", name=name,
            ),
            "relation": self.env._(
                "it may not look into “%(name)s”; compare the record itself or choose another "
                "field", name=name,
            ),
            "operator": self.env._("the comparison “%(name)s” is not known", name=name),
            "relative": self.env._(
                "the date of “%(name)s” must be a day, or relative like “today -7d” with <, >, "
                "<= or >=", name=name,
            ),
        }

    def _check_as_author(self, terms):
        """Search with the rights of whoever saves: a rule must not read more than its author."""
        newest = self._newest_id() - TRIED_LEADS
        leads = self.env["crm.lead"].with_context(active_test=False)
        guard = self.env["crm.lead.score.guard"]
        try:
            with self.env.cr.savepoint():
                before = guard._limit_time(TIMEOUT_CHECK)
                leads.search_count(Domain("id", ">", newest) & Domain(terms), limit=1)
                guard._limit_time(before)
        except psycopg2.errors.QueryCanceled:
            self._refuse(self.env._("it takes too long to search for it; make it simpler"))
        except (ValueError, TypeError, KeyError, AccessError, UserError, psycopg2.Error) as error:
            self._refuse(self.env._("it can not be searched for: %(error)s", error=error))

    def _tried_scope(self):
        self.env["crm.lead.score.engine"]._flush_facts()
        return self.env["crm.lead.score.engine"]._scope_now(
            SQL("lead.id > %s", self._newest_id() - TRIED_LEADS)
        )

    @api.model
    def _newest_id(self):
        return self.env.execute_query(SQL("SELECT COALESCE(MAX(id), 0) FROM crm_lead"))[0][0]

    def _refuse(self, why):
        raise ValidationError(self.env._(
            "The condition of the scoring rule “%(name)s” can not be saved: %(why)s.",
            name=self.name, why=str(why).rstrip("."),
        ))
