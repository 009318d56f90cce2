"""Ticket apps and how they name what is common to all tickets; none of them is a dependency."""

from typing import NamedTuple

from odoo.tools import SQL


class TicketApp(NamedTuple):
    """A model that holds tickets, with the names of its fields.

    :param needs: fields that tell this app from another one with a model of the same name
    :param closed_date: field with the moment of closing
    :param stage_flag: field of the stage that says that tickets in it are closed
    :param states: values of the field ``state`` that mean closed as well
    :param user: many2one, or many2many whose first user counts
    :param duplicate: field that is set on a ticket that repeats another one
    :param where: what else makes a record a ticket
    """

    model: str
    needs: tuple
    closed_date: str
    stage_flag: str
    user: str
    team: str
    category: str
    states: tuple = ()
    duplicate: str = ""
    where: SQL = SQL("TRUE")

    def is_installed(self, env):
        """Whether this very app is there: the model with its telling fields."""
        return self.model in env and all(name in env[self.model]._fields for name in self.needs)


COMMUNITY = TicketApp(
    "helpdesk.ticket", ("closed_date", "category_id", "stage_id"), "closed_date", "closed",
    "user_id", "team_id", "category_id", duplicate="duplicate_id",
)
ENTERPRISE = TicketApp(
    "helpdesk.ticket", ("close_date", "ticket_type_id", "stage_id"), "close_date", "fold",
    "user_id", "team_id", "ticket_type_id",
)
# A task with a customer, that is no part of another one, where the company counts tasks. Tasks of
# no company follow the main company, as leads do.
TASKS = TicketApp(
    "project.task", ("date_end", "user_ids", "state"), "date_end", "fold",
    "user_ids", "project_id", "project_id", states=("1_done", "1_canceled"),
    where=SQL(
        """ticket.partner_id IS NOT NULL AND ticket.project_id IS NOT NULL
           AND ticket.parent_id IS NULL
           AND COALESCE(ticket.company_id, (SELECT MIN(id) FROM res_company WHERE active))
               IN (SELECT id FROM res_company WHERE kpi_tasks_are_tickets)"""
    ),
)
APPS = (COMMUNITY, ENTERPRISE, TASKS)


def app_sql(env, app, number):
    """SQL of all tickets of an app: who, when, of what kind.

    Columns: ``id, res_model, res_id, name, company_id, user_id, contact_id, partner_id,
    ticket_team, ticket_category, category_key, create_date, is_closed, closed_date,
    reopened_count``.

    :param number: place of the app, so that ids of several apps differ
    """
    model = env[app.model]
    names = {
        name: model.env[model._fields[field].comodel_name]._field_to_sql(alias, "name")
        for name, field, alias in (
            ("ticket_team", app.team, "team"), ("ticket_category", app.category, "category"),
        )
    }
    is_closed = SQL("COALESCE(stage.%s, FALSE)", SQL.identifier(app.stage_flag))
    if app.states:
        is_closed = SQL("(%s OR ticket.state IN %s)", is_closed, app.states)
    kept = [app.where, SQL("(ticket.active OR %s)", is_closed)]
    if app.duplicate in model._fields:
        kept.append(SQL("ticket.%s IS NULL", SQL.identifier(app.duplicate)))
    return SQL(
        """SELECT ticket.id::bigint * %(apps)s + %(number)s AS id, %(model)s AS res_model,
                  ticket.id AS res_id, ticket.name, ticket.company_id, %(user)s AS user_id,
                  ticket.partner_id AS contact_id, partner.commercial_partner_id AS partner_id,
                  %(ticket_team)s AS ticket_team, %(ticket_category)s AS ticket_category,
                  ticket.%(category)s AS category_key,
                  date_trunc('second', ticket.create_date) AS create_date,
                  %(is_closed)s AS is_closed,
                  CASE WHEN %(is_closed)s
                       THEN COALESCE(ticket.%(closed)s, moved.closed_at) END AS closed_date,
                  COALESCE(moved.reopened_count, 0) AS reopened_count
           FROM %(table)s ticket
           LEFT JOIN %(stages)s stage ON stage.id = ticket.stage_id
           LEFT JOIN %(teams)s team ON team.id = ticket.%(team)s
           LEFT JOIN %(categories)s category ON category.id = ticket.%(category)s
           LEFT JOIN res_partner partner ON partner.id = ticket.partner_id
           LEFT JOIN (%(moves)s) moved ON moved.res_id = ticket.id
           WHERE %(kept)s""",
        apps=len(APPS), number=number, model=app.model, user=_user_sql(model, app), **names,
        category=SQL.identifier(app.category), closed=SQL.identifier(app.closed_date),
        is_closed=is_closed, table=SQL.identifier(model._table),
        stages=_table(model, "stage_id"), teams=_table(model, app.team),
        categories=_table(model, app.category), team=SQL.identifier(app.team),
        moves=_moves_sql(env, app), kept=SQL(" AND ").join(kept),
    )


def _table(model, name):
    return SQL.identifier(model.env[model._fields[name].comodel_name]._table)


def _user_sql(model, app):
    field = model._fields[app.user]
    if field.type == "many2one":
        return SQL("ticket.%s", SQL.identifier(app.user))
    return SQL(
        "(SELECT MIN(agent.%s) FROM %s agent WHERE agent.%s = ticket.id)",
        SQL.identifier(field.column2), SQL.identifier(field.relation),
        SQL.identifier(field.column1),
    )


def _moves_sql(env, app):
    """SQL of what tracking knows of tickets: ``res_id``, ``closed_at`` (the last move from open to
    closed), ``reopened_count`` (moves from closed to open)."""
    stages = _table(env[app.model], "stage_id")
    flag = SQL.identifier(app.stage_flag)
    fields = env["ir.model.fields"]._get_ids(app.model)
    kinds = [SQL(
        """SELECT value.mail_message_id, COALESCE(old.%(flag)s, FALSE) AS was_closed,
                  COALESCE(new.%(flag)s, FALSE) AS is_closed
           FROM mail_tracking_value value
           JOIN %(stages)s old ON old.id = value.old_value_integer
           JOIN %(stages)s new ON new.id = value.new_value_integer
           WHERE value.field_id = %(field)s""",
        flag=flag, stages=stages, field=fields["stage_id"],
    )]
    if app.states:
        # Tracking of a selection keeps labels, in the language of who changed it.
        labels = SQL(
            """(SELECT label.value FROM ir_model_fields_selection choice,
                       jsonb_each_text(choice.name) label
                WHERE choice.field_id = %s AND choice.value IN %s)""", fields["state"], app.states,
        )
        kinds.append(SQL(
            """SELECT value.mail_message_id, value.old_value_char IN %(labels)s,
                      value.new_value_char IN %(labels)s
               FROM mail_tracking_value value WHERE value.field_id = %(field)s""",
            labels=labels, field=fields["state"],
        ))
    return SQL(
        """SELECT message.res_id,
                  MAX(message.date) FILTER (WHERE is_closed AND NOT was_closed) AS closed_at,
                  COUNT(DISTINCT message.id) FILTER (WHERE was_closed AND NOT is_closed)
                      AS reopened_count
           FROM (%s) move JOIN mail_message message ON message.id = move.mail_message_id
           WHERE message.model = %s GROUP BY message.res_id""",
        SQL(" UNION ALL ").join(kinds), app.model,
    )
