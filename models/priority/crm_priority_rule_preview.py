"""What a rule would raise now, and what it has raised."""

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

# So many tickets are counted, within so many milliseconds.
PREVIEW_LIMIT = 10_000
TIMEOUT_PREVIEW = 5_000
EXAMPLES = 5


class CrmPriorityRule(models.Model):
    _inherit = "crm.priority.rule"

    problem = fields.Char(
        compute="_compute_problem", help="Why the rule does nothing at present.",
    )
    preview_count = fields.Integer(
        "Would Be Raised", compute="_compute_preview",
        help="Open tickets that you may read and that the rule would raise now.",
    )
    preview_text = fields.Text("For Example", compute="_compute_preview")
    raised_count = fields.Integer("Raised", compute="_compute_raised_count")

    @api.depends("model_name", "partner_path", "priority_field", "domain", "open_domain")
    def _compute_problem(self):
        for rule in self:
            rule.problem = rule.model_name and rule._find_problem()

    @api.depends("line_ids.choice", "line_ids.tier_id", "mode", "bump_cap", "domain", "open_domain")
    def _compute_preview(self):
        for rule in self:
            rows = rule._origin._preview_rows()
            rule.preview_count = len(rows)
            rule.preview_text = "\n".join(rule._origin._preview_lines(rows[:EXAMPLES]))

    def _preview_rows(self):
        """:return: rows of ``_candidates`` for open tickets the user may read, newest first; none
            of a rule that is not saved, does not work or takes too long"""
        if not self or self._find_problem() or not self.env[self.model_name].has_access("read"):
            return []
        guard = self.env["crm.lead.score.guard"]
        self.env.flush_all()
        try:
            with self.env.cr.savepoint(flush=False):
                before = guard._limit_time(TIMEOUT_PREVIEW)
                rows = self.env.execute_query(self._candidates("asked"))
                guard._limit_time(before)
        except psycopg2.errors.QueryCanceled:
            return []
        rows = rows[:-PREVIEW_LIMIT - 1:-1]
        readable = set(self.env[self.model_name].with_context(active_test=False).search(
            Domain("id", "in", [row[0] for row in rows])
        ).ids)
        return [row for row in rows if row[0] in readable]

    def _preview_lines(self, rows):
        """:return: list of texts, one for each row"""
        if not rows:
            return []
        field = self.env[self.model_name]._fields[self.priority_field]
        labels = dict(field._description_selection(self.env))
        names = {
            ticket.id: ticket.display_name
            for ticket in self.env[self.model_name].browse(row[0] for row in rows)
        }
        tiers = {tier.id: tier.name for tier in self.line_ids.tier_id}
        return [
            self.env._(
                "%(ticket)s: %(before)s → %(after)s (tier %(tier)s)", ticket=names[ticket],
                before=labels.get(before) or self.env._("none"), after=labels[after],
                tier=tiers.get(tier),
            )
            for ticket, before, _first, tier, after in rows
        ]

    def _compute_raised_count(self):
        counts = dict(self.env["crm.priority.applied"]._read_group(
            [("rule_id", "in", self.ids)], ["rule_id"], ["__count"],
        ))
        for rule in self:
            rule.raised_count = counts.get(rule._origin, 0)

    def action_preview(self):
        """Open tickets that the rule would raise now.

        :return: action
        """
        self.ensure_one()
        ids = [row[0] for row in self._preview_rows()]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Would be raised: %s", self.name),
            "res_model": self.model_name,
            "view_mode": "list,form",
            "domain": [("id", "in", ids)],
            "context": {"active_test": False, "create": False},
        }

    def action_raise_now(self):
        """Have open tickets raised as the active rules for these tickets say, in the background.

        :return: action that tells how many
        """
        self.ensure_one()
        self.check_access("write")
        if not self.active:
            raise UserError(self.env._(
                "Switch the priority rule “%s” on before it raises tickets.", self.name,
            ))
        ids = [row[0] for row in self._preview_rows()]
        self.env["crm.priority.queue"]._put(self.model_name, ids, "asked")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("%s tickets are raised within a minute.", len(ids)),
            },
        }

    def action_open_raised(self):
        """What the rule has raised.

        :return: action
        """
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_roi.crm_priority_applied_action"
        )
        return {**action, "domain": [("rule_id", "in", self.ids)], "context": {}}
