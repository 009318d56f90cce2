from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

CAUSES = [
    ("create", "Created"), ("partner", "Customer Set"), ("tier", "Tier Changed"),
    ("ageing", "Waited Long"), ("asked", "Raised on Request"),
]


class CrmPriorityApplied(models.Model):
    """What priority rules have done to tickets, and which priorities people have chosen.

    Written by the program. The last row of a ticket tells whether its priority may be raised.
    """

    _name = "crm.priority.applied"
    _inherit = ["crm.machine.written"]
    _description = "Raised Ticket"
    _order = "id desc"
    _rec_name = "rule_id"
    _log_access = False

    model_id = fields.Many2one("ir.model", readonly=True, ondelete="cascade", index=True)
    model_name = fields.Selection(
        lambda self: self.env["crm.priority.rule"]._select_models(), "Tickets", readonly=True,
    )
    res_id = fields.Many2oneReference("Number", model_field="model_name", readonly=True)
    document = fields.Char("Ticket", compute="_compute_document")
    is_readable = fields.Boolean("May Be Opened", compute="_compute_document")
    rule_id = fields.Many2one(
        "crm.priority.rule", readonly=True, index="btree_not_null", ondelete="set null",
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True, ondelete="cascade")
    tier_id = fields.Many2one(
        "crm.customer.tier", readonly=True, ondelete="set null", index="btree_not_null",
    )
    cause = fields.Selection([*CAUSES, ("person", "Chosen by Somebody")], readonly=True)
    date = fields.Datetime(readonly=True)
    priority_first = fields.Char(
        "First Priority", readonly=True,
        help="Value of the priority before the ticket was raised for the first time.",
    )
    priority_before = fields.Char("Value Before", readonly=True)
    priority = fields.Char("Value Given", readonly=True)

    _ticket_idx = models.Index("(model_name, res_id, id DESC)")

    label_before = fields.Char("From", compute="_compute_labels")
    label = fields.Char("To", compute="_compute_labels")

    @api.depends("model_name", "rule_id", "priority", "priority_before")
    def _compute_labels(self):
        choices = dict(self.env["crm.priority.rule.line"]._select_choices())
        for row in self:
            start = f"{row.model_name},{row.rule_id.priority_field},"
            row.label_before = choices.get(f"{start}{row.priority_before}", row.priority_before)
            row.label = choices.get(f"{start}{row.priority}", row.priority)

    @api.depends("model_name", "res_id")
    def _compute_document(self):
        for name, rows in self.grouped("model_name").items():
            tickets = self.env[name].browse(rows.mapped("res_id")).exists()
            readable = tickets._filtered_access("read")
            names = dict.fromkeys(tickets.ids, self.env._("(not visible with your rights)"))
            names |= {ticket.id: ticket.display_name for ticket in readable}
            for row in rows:
                row.document = names.get(row.res_id, self.env._("(deleted)"))
                row.is_readable = row.res_id in readable._ids

    def action_open_ticket(self):
        """:return: action that opens the ticket with the rights of the caller"""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window", "res_model": self.model_name, "res_id": self.res_id,
            "views": [(False, "form")],
        }

    @api.autovacuum
    def _forget_deleted(self):
        """Remove what is kept of tickets that are gone."""
        for table in (self._name, "crm.priority.queue"):
            for (name,) in self.env.execute_query(SQL(
                "SELECT DISTINCT model_name FROM %s", SQL.identifier(self.env[table]._table),
            )):
                if name in self.env:
                    self.env.execute_query(SQL(
                        """DELETE FROM %s kept WHERE model_name = %s AND NOT EXISTS (
                               SELECT FROM %s ticket WHERE ticket.id = kept.res_id)""",
                        SQL.identifier(self.env[table]._table), name,
                        SQL.identifier(self.env[name]._table),
                    ))

    def _refuse_manual_change(self):
        raise AccessError(self.env._(
            "“%s” is written when a priority rule raises a ticket and can not be created, changed "
            "or deleted. Change the priority of the ticket instead.", self._description,
        ))
