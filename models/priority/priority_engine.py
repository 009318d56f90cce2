"""Raises tickets: a few statements for a batch, in a savepoint, never at the ticket's expense."""

import logging

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

# Set while the program itself writes a priority: on what it writes with, and on the cursor.
RAISING = "crm_priority_raising"
# More tickets than this in one transaction are left to the scheduled action.
BATCH_LIMIT = 100
# Milliseconds a statement may take while somebody waits for a ticket to be saved.
TIMEOUT_SAVE = 2_000
# What of a rule is read while somebody waits, in one query.
READ = ("name", "company_id", "model_name", "partner_path", "priority_field", "is_descending",
        "domain", "open_domain", "mode", "bump_cap", "ageing_hours")
# Which rules are for which cause; what somebody asks for is for all.
SWITCHES = {
    "create": ("on_create", "=", True), "partner": ("on_partner", "=", True),
    "tier": ("on_tier", "=", True), "ageing": ("ageing_hours", ">", 0), "asked": (1, "=", 1),
}


class PriorityEngine(models.AbstractModel):
    _name = "crm.priority.engine"
    _inherit = ["crm.priority.candidates"]
    _description = "Raising of Tickets"

    @api.model
    def _rules_for(self, model_name, cause, ids=None):
        """:return: active rules for tickets of a model

        :param ids: only rules of the companies of these tickets; None: of all companies
        """
        scope = Domain("model_name", "=", model_name) & Domain([SWITCHES[cause]])
        if ids is not None:
            scope &= self._company_scope(model_name, ids)
        # Whoever creates a ticket need not be allowed to read rules. A list of archived records
        # does not wake rules that are switched off.
        return self.env["crm.priority.rule"].sudo().with_context(active_test=True).search_fetch(
            scope, READ,
        )

    @api.model
    def _company_scope(self, model_name, ids):
        """:return: domain on rules: those of the companies that tickets belong to; all where
            tickets belong to none"""
        # As in ``_ticket_model``: a ticket is raised whoever created it.
        Model = self.env(user=api.SUPERUSER_ID, su=True, context={})[model_name]
        if not self._has_company(Model):
            return Domain.TRUE
        query = Model.with_context(active_test=False)._search(Domain("id", "in", list(ids)))
        main = self.env["res.company"]._kpi_main_company_sql()
        return Domain("company_id", "in", query.subselect(SQL(
            "COALESCE(%s, %s)", Model._field_to_sql(query.table, "company_id", query), main,
        )))

    @api.model
    def _raise_tickets(self, model_name, cause, ids, limit=None, rules=None):
        """Raise tickets as the rules say.

        :param limit: when a rule would raise more than this, leave them all to the queue
        :param rules: all for such tickets when omitted
        """
        if not ids:
            return
        for rule in self._rules_for(model_name, cause, ids) if rules is None else rules:
            if rule._find_problem():
                continue
            rows = self.env.execute_query(rule._candidates(cause, Domain("id", "in", list(ids))))
            if limit is not None and len(rows) > limit:
                self.env["crm.priority.queue"]._put(model_name, [row[0] for row in rows], cause)
                continue
            if rows:
                rule._raise_rows(cause, rows)

    def _raise_rows(self, cause, rows):
        """Write the priorities, and why.

        :param rows: those of ``_candidates``
        """
        Model = self._ticket_model().with_context(**{RAISING: True, "mail_notrack": True})
        by_priority = {}
        for row in rows:
            by_priority.setdefault(row[4], []).append(row[0])
        for priority, ids in by_priority.items():
            Model.browse(ids).write({self.priority_field: priority})
        self._note_applied(cause, rows)
        self._tell_why(cause, rows)
        self.env.flush_all()

    def _note_applied(self, cause, rows):
        self.env.execute_query(SQL(
            """INSERT INTO crm_priority_applied (
                   model_id, model_name, company_id, rule_id, cause, date, res_id, priority_before,
                   priority_first, tier_id, priority)
               SELECT %s, %s, %s, %s, %s, NOW() AT TIME ZONE 'UTC', item.*
               FROM unnest(%s::int[], %s::text[], %s::text[], %s::int[], %s::text[]) item""",
            self.model_id.id, self.model_name, self.company_id.id, self.id, cause,
            *map(list, zip(*rows, strict=True)),
        ))

    @api.model
    def _note_choices(self, model_name, ids):
        """Remember that somebody has chosen the priority of tickets."""
        self.env.execute_query(SQL(
            """INSERT INTO crm_priority_applied (model_id, model_name, res_id, cause, date)
               SELECT %(model_id)s, %(model)s, ticket, 'person', NOW() AT TIME ZONE 'UTC'
               FROM unnest(%(ids)s::int[]) ticket
               WHERE (SELECT cause FROM crm_priority_applied
                      WHERE model_name = %(model)s AND res_id = ticket
                      ORDER BY id DESC LIMIT 1) IS DISTINCT FROM 'person'""",
            model_id=self.env["ir.model"]._get_id(model_name), model=model_name, ids=list(ids),
        ))

    def _tell_why(self, cause, rows):
        """Write the reason on the tickets: an internal note, which nobody is notified of.

        It names the tier and no amount: notes are read by people who may not see amounts.
        """
        Model = self._ticket_model()
        if not isinstance(Model, self.env.registry["mail.thread"]):
            return
        rule = self.with_context(lang=self.company_id.partner_id.lang)
        labels = dict(
            Model.with_context(lang=rule.env.context["lang"])
            ._fields[self.priority_field]._description_selection(rule.env)
        )
        tiers = {tier.id: tier.name for tier in rule.env["crm.customer.tier"].browse(
            {row[3] for row in rows if row[3]}
        )}
        Model.browse(row[0] for row in rows)._message_log_batch({
            row[0]: rule._reason(cause, labels.get(row[1]), labels[row[4]], tiers.get(row[3]))
            for row in rows
        }, author_id=self.env.ref("base.partner_root").id)

    def _reason(self, cause, before, after, tier):
        words = {"before": before or self.env._("none"), "after": after, "tier": tier,
                 "rule": self.name, "hours": self.ageing_hours}
        if cause == "ageing":
            return self.env._(
                "Priority raised from %(before)s to %(after)s: waiting for more than %(hours)s "
                "hours (rule “%(rule)s”).", **words,
            )
        return self.env._(
            "Priority raised from %(before)s to %(after)s: customer of tier %(tier)s "
            "(rule “%(rule)s”).", **words,
        )

    # ------------------------------------------------------------
    # At nobody's expense
    # ------------------------------------------------------------

    @api.model
    def _raise_safely(self, model_name, cause, ids, chosen=()):
        """Raise tickets; whatever goes wrong, they stay as they were saved and wait in the queue.

        What others have pending must be done, hooks included: their errors are theirs.
        """
        error = self._try(TIMEOUT_SAVE, self._note_and_raise, model_name, cause, ids, chosen)
        if error:
            _logger.warning(
                "Priority of %s %s is left to the scheduled action: %s", model_name, list(ids),
                error, exc_info=error,
            )
            self.env["crm.priority.queue"]._put_safely(model_name, ids, cause, error)

    @api.model
    def _note_and_raise(self, model_name, cause, ids, chosen):
        if chosen:
            self._note_choices(model_name, chosen)
        self._raise_tickets(model_name, cause, ids, BATCH_LIMIT)

    @api.model
    def _try(self, milliseconds, work, *args):
        """Do a piece of work within a time limit for each statement, all of it or nothing.

        :return: the error; None when it is done
        """
        guard = self.env["crm.lead.score.guard"]
        try:
            with self.env.cr.savepoint(flush=False):
                before = guard._limit_time(milliseconds)
                self.env.cr.cache[RAISING] = True
                work(*args)
                # Whatever the work has set off belongs to it, hooks included.
                self.env.cr.flush()
                guard._limit_time(before)
        except Exception as error:
            # What the savepoint took back must not be written again from the cache.
            self.env.cr.clear()
            return error
        finally:
            self.env.cr.cache.pop(RAISING, None)
        return None
