"""Sees tickets of whatever model come and change, and has them raised when their transaction ends.

Nothing is patched: which models are ruled is asked of a cache that Odoo's own signalling keeps
right in all workers, so a rule is on or off everywhere as soon as it is saved.
"""

import logging
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL, frozendict, ormcache

from .priority_engine import RAISING

_logger = logging.getLogger(__name__)

PENDING = "crm_roi.priority"


class Watch(NamedTuple):
    """What of a model's records is looked at."""

    priority_fields: frozenset
    partner_fields: frozenset


class PriorityWatch(models.AbstractModel):
    _name = "crm.priority.watch"
    _inherit = ["crm.priority.engine"]
    _description = "Tickets That Come and Change"

    @api.model
    @ormcache()
    def _watched(self):
        """:return: dict ``{model name: Watch}`` of the models that have an active rule"""
        # In a savepoint, and in SQL: asked in the middle of somebody else's transaction.
        with self.env.cr.savepoint(flush=False):
            rows = self.env.execute_query(SQL(
                """SELECT model_name, array_agg(priority_field),
                          array_agg(split_part(partner_path, '.', 1)) FILTER (WHERE on_partner)
                   FROM crm_priority_rule WHERE active GROUP BY model_name"""
            ))
        return frozendict({
            name: Watch(frozenset(priorities), frozenset(partners or ()))
            for name, priorities, partners in rows
        })

    @api.model
    def _watched_models(self):
        """:return: names of the models that have an active rule, sorted"""
        return sorted(name for name in self._watched() if name in self.env)

    @api.model
    def _note(self, model_name, cause, ids):
        """Have tickets looked at when the transaction ends.

        :param cause: ``create``, ``partner``, or ``chosen`` for priorities somebody has chosen
        """
        precommit = self.env.cr.precommit
        if PENDING not in precommit.data:
            precommit.data[PENDING] = {}
            # With the program's rights: portal users and the mail gateway create tickets too, and
            # nothing is written but the ticket's own priority and why.
            machine = self.env(user=api.SUPERUSER_ID, su=True, context={})
            precommit.add(machine["crm.priority.watch"]._run_pending)
        noted = precommit.data[PENDING].setdefault(model_name, {})
        noted.setdefault(cause, {}).update(dict.fromkeys(ids))

    @api.model
    def _run_pending(self):
        """Raise what was noted in this transaction; called once everything else is done."""
        # The next change notes its tickets anew, with a callback of its own.
        pending = self.env.cr.precommit.data.pop(PENDING, {})
        for model_name, noted in pending.items():
            # Outside of any savepoint of ours: errors of others are theirs.
            self.env.cr.flush()
            chosen, created = noted.get("chosen", {}), noted.get("create", {})
            # A customer that is computed for a new ticket is no change of customer.
            changed = [ticket for ticket in noted.get("partner", ()) if ticket not in created]
            self._raise_safely(model_name, "create", list(created), chosen)
            if changed:
                self._raise_safely(model_name, "partner", changed)


class Base(models.AbstractModel):
    _inherit = "base"

    def _priority_watch(self):
        """:return: what to look at in records of this model; None when no rule is for them, and
            while tickets are being raised: whatever that sets off must not go round in circles
        """
        raising = RAISING in self.env.context or RAISING in self.env.cr.cache
        if raising or not self.env.registry.ready:
            return None
        try:
            return self.env["crm.priority.watch"]._watched().get(self._name)
        except Exception:
            # A ticket is created even if nothing is known of the rules.
            _logger.warning("Priority rules could not be read", exc_info=True)
            return None

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        watch = self._priority_watch()
        if watch:
            pending = self.env["crm.priority.watch"]
            pending._note(self._name, "create", records.ids)
            if self.env.context.get("import_file"):
                # What stands in a file was chosen, the usual priority too.
                pending._note(self._name, "chosen", [
                    record.id for record, vals in zip(records, vals_list, strict=True)
                    if not watch.priority_fields.isdisjoint(vals)
                ])
        return records

    def write(self, vals):
        result = super().write(vals)
        watch = self._priority_watch()
        if watch and not watch.priority_fields.isdisjoint(vals):
            self.env["crm.priority.watch"]._note(self._name, "chosen", self.ids)
        return result

    def _write_multi(self, vals_list):
        # Below write(): a customer that is computed passes here too.
        result = super()._write_multi(vals_list)
        watch = self._priority_watch()
        if watch and any(not watch.partner_fields.isdisjoint(vals) for vals in vals_list):
            self.env["crm.priority.watch"]._note(self._name, "partner", self.ids)
        return result

    def web_read(self, specification):
        # A form shows the priority of the ticket it has just saved.
        if not self.env.cr.readonly and self._priority_watch():
            self.env.flush_all()
            self.env["crm.priority.watch"]._run_pending()
        return super().web_read(specification)
