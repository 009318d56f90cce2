"""Shared set-up and independent oracles for the KPI fields of leads and orders."""

from datetime import datetime

from odoo.addons.mail.tests.common import mail_new_test_user
from odoo.tools import SQL


def days(start, end):
    return (end.replace(microsecond=0) - start.replace(microsecond=0)).total_seconds() / 86400


def raw(env, table, ids, *columns):
    """:return: ``{id: tuple of what PostgreSQL holds}``; NULL is None, whatever the ORM says"""
    env.flush_all()
    rows = env.execute_query(SQL(
        "SELECT id, %s FROM %s WHERE id = ANY(%s)",
        SQL(", ").join(map(SQL.identifier, columns)), SQL.identifier(table), list(ids),
    ))
    return {row[0]: row[1:] for row in rows}


def put(records, **values):
    """Write columns behind the ORM's back, as an import does."""
    records.env.flush_all()
    records.env.execute_query(SQL(
        "UPDATE %s SET %s WHERE id = ANY(%s) RETURNING id",
        SQL.identifier(records._table),
        SQL(", ").join(SQL("%s = %s", SQL.identifier(k), v) for k, v in values.items()),
        records.ids,
    ))
    records.invalidate_recordset()


class LeadFacts:
    """Mixed into a TransactionCase: stages, people and leads with awkward lives."""

    @classmethod
    def set_up_leads(cls):
        cls.env["crm.stage"].search([]).team_ids = False
        cls.stage = cls.env["crm.stage"].create({"name": "Talks", "sequence": 1})
        cls.won_stage = cls.env["crm.stage"].create(
            {"name": "Signed", "sequence": 90, "is_won": True}
        )
        groups = "sales_team.group_sale_salesman_all_leads,base.group_partner_manager"
        cls.rep = mail_new_test_user(cls.env, login="rep", name="Rita Rep", groups=groups)
        cls.colleague = mail_new_test_user(cls.env, login="colleague", name="Col", groups=groups)
        cls.manager = mail_new_test_user(
            cls.env, login="boss", name="Max Manager", groups="sales_team.group_sale_manager"
        )
        cls.team = cls.env["crm.team"].create({
            "name": "North", "company_id": False, "use_leads": True,
            "member_ids": [(6, 0, (cls.rep + cls.colleague).ids)],
        })

    @classmethod
    def new_lead(cls, name="Lead", create_date=None, **values):
        values = {"type": "opportunity", "user_id": cls.rep.id, "team_id": cls.team.id,
                  "stage_id": cls.stage.id, **values}
        lead = cls.env["crm.lead"].create({"name": name, **values})
        if create_date:
            put(lead, create_date=create_date)
        return lead

    @classmethod
    def at(cls, text):
        return datetime.fromisoformat(text)
