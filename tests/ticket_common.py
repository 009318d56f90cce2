"""Tickets with known lives, written the way the apps write them."""

from datetime import datetime, timedelta

from odoo.tools import SQL

from .common import KpiCase


def moment(text):
    return datetime.fromisoformat(text)


class TicketCase(KpiCase):
    """Run beside real neighbours only: needs ``helpdesk.ticket`` of the community helpdesk."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Reopening is read from tracking.
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": False})
        cls.Ticket = cls.env["helpdesk.ticket"]
        cls.Ticket.with_context(active_test=False).search([]).unlink()
        stages = cls.env["helpdesk.ticket.stage"]
        cls.new_stage = stages.create({"name": "Fresh", "sequence": 0, "company_id": False})
        cls.done_stage = stages.create({
            "name": "Solved", "sequence": 90, "closed": True, "company_id": False,
        })
        cls.helpdesk = cls.env["helpdesk.ticket.team"].create({
            "name": "First Line", "company_id": cls.company.id,
            "user_ids": [(6, 0, (cls.rep + cls.colleague).ids)],
        })
        cls.printers, cls.invoices = cls.env["helpdesk.ticket.category"].create([
            {"name": name, "company_id": cls.company.id} for name in ("Printers", "Invoices")
        ])
        cls.customer = cls.env["res.partner"].create({"name": "Acme", "is_company": True})
        cls.contact = cls.env["res.partner"].create({
            "name": "Ann of Acme", "parent_id": cls.customer.id, "email": "ann@acme.example",
        })

    @classmethod
    def _ticket(cls, created="2026-03-10 12:00", answered=None, closed=None, reopened=None,
                **values):
        """A ticket that was answered, closed and reopened at known moments (UTC, as text)."""
        ticket = cls.Ticket.create({
            "name": "Ticket", "description": "Help", "company_id": cls.company.id,
            "team_id": cls.helpdesk.id, "user_id": cls.rep.id, "partner_id": cls.contact.id,
            "stage_id": cls.new_stage.id, **values,
        })
        cls._put("helpdesk_ticket", ticket.id, create_date=created)
        if answered:
            cls._say(ticket, answered)
        if closed:
            cls._move(ticket, cls.done_stage, closed)
        if reopened:
            cls._move(ticket, cls.new_stage, reopened)
        return ticket

    @classmethod
    def _say(cls, ticket, when, user=None, subtype="mail.mt_comment", kind="comment"):
        message = ticket.with_user(user or cls.rep).sudo().message_post(
            body="An answer", message_type=kind, subtype_xmlid=subtype,
            author_id=(user or cls.rep).partner_id.id,
        )
        cls._put("mail_message", message.id, date=when)
        return message

    @classmethod
    def _move(cls, ticket, stage, when):
        """Change the stage at a moment; the tracking message is of that moment, too."""
        known = ticket.message_ids
        ticket.stage_id = stage
        cls.env.flush_all()
        cls.env.cr.precommit.run()
        ticket.invalidate_recordset()
        for message in ticket.message_ids - known:
            cls._put("mail_message", message.id, date=when)
        if stage.closed:
            cls._put("helpdesk_ticket", ticket.id, closed_date=when)

    @classmethod
    def _put(cls, table, record_id, **values):
        cls.env.flush_all()
        cls.env.cr.execute(SQL(
            "UPDATE %s SET %s WHERE id = %s", SQL.identifier(table),
            SQL(", ").join(SQL("%s = %s::timestamp", SQL.identifier(name), value)
                           for name, value in values.items()), record_id,
        ))
        cls.env.invalidate_all()

    def figures(self, codes, model="crm.kpi.support", domain=(), groupby=()):
        """Figures of the test company; of one group when nothing is grouped."""
        rows = self.env[model]._read_group(
            [("company_id", "=", self.company.id), *domain], list(groupby),
            [f"{code}:sum" if code.endswith(("count", "total")) else f"{code}:avg"
             for code in codes],
        )
        if groupby:
            return {row[0]: dict(zip(codes, row[1:], strict=True)) for row in rows}
        return dict(zip(codes, rows[0], strict=True))


def hours_between(first, last):
    return (moment(last) - moment(first)) / timedelta(hours=1)
