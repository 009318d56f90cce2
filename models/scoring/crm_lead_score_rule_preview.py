"""What a rule would change, before it is saved."""

import psycopg2

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .crm_lead_score import GRADES
from .lead_score_event import rule_key

# So many of the newest open leads are looked at, within so many milliseconds.
PREVIEW_LEADS = 20_000
TIMEOUT_PREVIEW = 15_000
EXAMPLES = 8


class CrmLeadScoreRule(models.Model):
    _inherit = "crm.lead.score.rule"

    def action_preview(self, values):
        """Compare the scores of open leads without and with a rule as it is being written.

        :param values: ``{field: value}`` of the form; nothing is saved
        :return: dict ``leads`` (number looked at), ``is_sample`` (there are more), ``matched``,
            ``changed`` (number whose grade changes), ``hot_before``, ``hot_after``, ``grades``
            (list), ``matrix`` (list of rows, one for each grade before, of numbers for each grade
            after), ``examples`` (list of dicts ``id``, ``name``, ``points``, ``before``, ``after``)
        """
        self.browse().check_access("create")
        self.check_access("write")
        rule = self.new({"lang": self._lang_of(values) or self.env.lang, **values}, origin=self)
        rule._check_condition()
        ids = rule._preview_ids()
        engine = self.env["crm.lead.score.guard"]
        try:
            with self.env.cr.savepoint():
                before = engine._limit_time(TIMEOUT_PREVIEW)
                rows = self.env.execute_query(rule._preview_sql(ids))
                engine._limit_time(before)
        except psycopg2.errors.QueryCanceled:
            raise UserError(self.env._(
                "The preview takes too long. Make the condition simpler, or save the rule in a "
                "shadow rule set and compare the sets over night."
            )) from None
        return rule._preview_result(rows, ids)

    def _preview_ids(self):
        """:return: ids of the newest open leads of the rule's set that its author may read"""
        companies = dict(self.env["crm.lead.score.engine"]._live_sets()).values()
        own = [company_id for company_id in companies if company_id]
        of_set = Domain("company_id", "not in", own)
        if self.set_id.company_id:
            of_set = Domain("company_id", "=", self.set_id.company_id.id)
        leads = self.env["crm.lead"].search(
            of_set & Domain("won_status", "=", "pending"), order="id desc",
            limit=PREVIEW_LEADS + 1,
        )
        return leads.ids

    def _preview_sql(self, ids):
        """SQL rows (id, matched points, grade, score, hot before and after)."""
        engine = self.env["crm.lead.score.engine"]
        engine._flush_facts()
        set_id, key = self.set_id._origin.id, rule_key(self)
        others = engine._rules(set_id).filtered(lambda rule: rule.id != key)
        before = others | engine._rules(set_id)
        after = others | self if self.active else others
        scope = engine._scope_now(SQL("lead.id = ANY(%s)", ids[:PREVIEW_LEADS]))
        points = SQL("after.%s", SQL.identifier(f"points_{key}")) if self.active else SQL("NULL")
        return SQL(
            """SELECT before.id, %s, before.lead_grade, after.lead_grade, before.lead_score,
                      after.lead_score, before.is_hot, after.is_hot
               FROM (%s) AS before JOIN (%s) AS after ON after.id = before.id""",
            points,
            engine._scores_sql(set_id, scope, engine._compile(set_id, before)),
            engine._scores_sql(set_id, scope, engine._compile(set_id, after)),
        )

    def _preview_result(self, rows, ids):
        grades = [grade for grade, _label in GRADES]
        counts = {}
        for row in rows:
            counts[row[2:4]] = counts.get(row[2:4], 0) + 1
        return {
            "leads": len(rows), "is_sample": len(ids) > PREVIEW_LEADS,
            "matched": sum(row[1] is not None for row in rows),
            "changed": sum(row[2] != row[3] for row in rows),
            "hot_before": sum(row[6] for row in rows),
            "hot_after": sum(row[7] for row in rows),
            "grades": grades,
            "matrix": [
                [counts.get((before, after), 0) for after in grades] for before in grades
            ],
            "examples": self._preview_examples(rows),
        }

    def _preview_examples(self, rows):
        """Leads that move most; else some that match."""
        matching = [row for row in rows if row[1] is not None or row[2] != row[3]]
        chosen = sorted(matching, key=lambda row: (-abs(row[5] - row[4]), -row[0]))[:EXAMPLES]
        names = {
            lead.id: lead.name for lead in self.env["crm.lead"].browse(row[0] for row in chosen)
        }
        return [
            {"id": row[0], "name": names[row[0]], "points": row[1] or 0.0,
             "before": f"{row[2]} ({row[4]})", "after": f"{row[3]} ({row[5]})"}
            for row in chosen
        ]
