"""Where activities of salespeople are recorded: each source as SQL rows of one shape."""

from odoo import api, models
from odoo.tools import SQL

from ..scoring.lead_score_event import held_phonecall
from .crm_lead_response import ANSWER_TYPES

KINDS = [
    ("call", "Call"), ("email", "E-mail"), ("meeting", "Meeting"), ("task", "Task"),
    ("note", "Note"),
]
DIRECTIONS = [("in", "Incoming"), ("out", "Outgoing")]
OUTCOMES = [
    ("reached", "Reached"), ("voicemail", "Left a message"), ("no_answer", "No answer"),
]
# Rows of several tables share the ids of one report: id * ID_STEP + the place of its source.
ID_STEP = 8
OPTIONAL = ("crm.phonecall", "voip.call", "project.task")


class ActivitySource(models.AbstractModel):
    """What people did, read from where Odoo and its neighbours keep it, counted once each.

    A done activity archives itself and leaves a message; the message is read, because it knows the
    doer and the moment, while the activity knows the assignee and a date only. Messages that
    Odoo, a portal user or a customer wrote, tracked changes, mailings and text messages are no
    activity. A cancelled activity leaves nothing.
    """

    _name = "crm.activity.source"
    _description = "Sources of Activities"

    @api.model
    def _activity_sources(self, of_lead=None):
        """SQL of all sources. Addons add their own.

        :param of_lead: function that makes the SQL condition on a column that holds the lead; by
            default all activities are read, those without a lead, too
        :return: list of SQL queries with the columns ``id, kind, direction, moment, minutes,
            is_connected, lead_id, user_id, company_id`` (used where there is no lead), ``res_model,
            res_id`` (the record to open)
        """
        scope = of_lead or (lambda column: SQL("TRUE"))
        sources = [self._message_source(scope), self._meeting_source(scope)]
        if "crm.phonecall" in self.env:
            sources.append(self._phonecall_source(scope))
        if of_lead:
            return sources
        if "voip.call" in self.env:
            sources.append(self._voip_source())
        if "project.task" in self.env:
            sources.append(self._project_source())
        return sources

    @api.model
    def _activity_is_compared(self):
        """Whether some source is a model that may be absent, so that no class of ours can inherit
        from it and mark the days its records touch."""
        return any(name in self.env for name in OPTIONAL)

    @api.model
    def _activity_union(self, of_lead=None):
        return SQL(" UNION ALL ").join(
            SQL("(%s)", source) for source in self._activity_sources(of_lead)
        )

    @api.model
    def _is_doer_sql(self):
        """SQL condition on ``doer`` (res_users): a person of the house, the first of a contact."""
        # User 1 is the system. Who has left the company did what he did.
        return SQL(
            """doer.share IS NOT TRUE AND doer.id <> 1 AND NOT EXISTS (
                   SELECT FROM res_users twin
                   WHERE twin.partner_id = doer.partner_id AND twin.id < doer.id
                     AND twin.share IS NOT TRUE AND twin.id <> 1)"""
        )

    @api.model
    def _message_source(self, scope):
        """Messages of people of the house; of those whose user was deleted, nobody's."""
        return SQL(
            """SELECT message.id::int8 * %(step)s AS id,
                      CASE WHEN type.category = 'phonecall' THEN 'call'
                           WHEN type.category = 'meeting' THEN 'meeting'
                           WHEN type.id IS NOT NULL THEN 'task'
                           WHEN message.is_internal IS TRUE OR subtype.internal IS TRUE THEN 'note'
                           ELSE 'email' END AS kind,
                      CASE WHEN type.category = 'phonecall' THEN type.call_direction END
                          AS direction,
                      message.date AS moment, message.call_minutes::float8 AS minutes,
                      type.category = 'phonecall'
                          AND COALESCE(message.call_outcome, 'reached') = 'reached'
                          AS is_connected,
                      message.res_id AS lead_id, doer.id AS user_id, NULL::int4 AS company_id,
                      'crm.lead' AS res_model, message.res_id
               FROM mail_message message
               LEFT JOIN res_users doer ON doer.partner_id = message.author_id AND %(is_doer)s
               LEFT JOIN res_partner former ON former.id = message.author_id
                    AND former.had_internal_user AND NOT EXISTS (
                        SELECT FROM res_users again WHERE again.partner_id = former.id)
               LEFT JOIN mail_activity_type type ON type.id = message.mail_activity_type_id
               LEFT JOIN mail_message_subtype subtype ON subtype.id = message.subtype_id
               WHERE message.model = 'crm.lead' AND %(scope)s
                 AND (doer.id IS NOT NULL OR former.id IS NOT NULL)
                 AND (message.mail_activity_type_id IS NOT NULL
                      OR (message.message_type IN %(types)s AND message.subtype_id IS NOT NULL))
                 AND (type.category IS DISTINCT FROM 'meeting' OR NOT %(in_calendar)s)""",
            step=ID_STEP, types=ANSWER_TYPES, is_doer=self._is_doer_sql(),
            scope=scope(SQL("message.res_id")), in_calendar=self._in_calendar_sql(),
        )

    @api.model
    def _in_calendar_sql(self):
        """Whether the message of a done meeting tells of one that the calendar counts already.

        The message does not name the activity. Its done date is a local date, so it may be a day
        off the message's.
        """
        return SQL(
            """EXISTS (
                   SELECT FROM mail_activity activity
                   JOIN calendar_event event ON event.id = activity.calendar_event_id
                   WHERE activity.res_model = 'crm.lead' AND activity.res_id = message.res_id
                     AND activity.activity_type_id = message.mail_activity_type_id
                     AND activity.date_done BETWEEN message.date::date - 1
                                                AND message.date::date + 1
                     AND event.active AND event.opportunity_id = message.res_id)"""
        )

    @api.model
    def _meeting_source(self, scope):
        """Meetings that have begun; without an organizer, who may have been deleted, nobody's."""
        return SQL(
            """SELECT event.id::int8 * %(step)s + 1 AS id, 'meeting' AS kind, NULL AS direction,
                      event.start AS moment, NULL::float8 AS minutes, FALSE AS is_connected,
                      event.opportunity_id AS lead_id, event.user_id, NULL::int4 AS company_id,
                      'calendar.event' AS res_model, event.id AS res_id
               FROM calendar_event event
               LEFT JOIN res_users doer ON doer.id = event.user_id
               WHERE (doer.id IS NULL OR (doer.share IS NOT TRUE AND doer.id <> 1))
                 AND event.active AND event.opportunity_id IS NOT NULL
                 AND event.start <= now() AT TIME ZONE 'UTC' AND %(scope)s""",
            step=ID_STEP, scope=scope(SQL("event.opportunity_id")),
        )

    @api.model
    def _phonecall_source(self, scope):
        """Phone calls of the community addon: held ones; how long they took is in minutes."""
        return SQL(
            """SELECT call.id::int8 * %(step)s + 2 AS id, 'call' AS kind, call.direction,
                      call.date AS moment, NULLIF(call.duration, 0)::float8 AS minutes,
                      TRUE AS is_connected, call.opportunity_id AS lead_id, call.user_id,
                      COALESCE(call.company_id, doer.company_id) AS company_id,
                      'crm.phonecall' AS res_model, call.id AS res_id
               FROM crm_phonecall call LEFT JOIN res_users doer ON doer.id = call.user_id
               WHERE %(held)s AND %(scope)s""",
            step=ID_STEP, held=held_phonecall("call"), scope=scope(SQL("call.opportunity_id")),
        )

    @api.model
    def _voip_source(self):
        """Calls of Odoo's own telephone, a call without an end was not answered."""
        return SQL(
            """SELECT call.id::int8 * %(step)s + 3 AS id, 'call' AS kind,
                      CASE call.direction WHEN 'incoming' THEN 'in' ELSE 'out' END AS direction,
                      COALESCE(call.start_date, call.create_date) AS moment,
                      (EXTRACT(EPOCH FROM call.end_date - call.start_date) / 60.0)::float8
                          AS minutes,
                      call.state = 'terminated' AND call.end_date > call.start_date
                          AS is_connected,
                      NULL::int4 AS lead_id, call.user_id, doer.company_id,
                      'voip.call' AS res_model, call.id AS res_id
               FROM voip_call call LEFT JOIN res_users doer ON doer.id = call.user_id
               WHERE call.direction = 'outgoing' OR call.state = 'terminated'""",
            step=ID_STEP,
        )

    @api.model
    def _project_source(self):
        """Project tasks that salespeople closed, once each, on the day they last did so."""
        return SQL(
            """SELECT task.id::int8 * %(step)s + 4 AS id, 'task' AS kind, NULL AS direction,
                      done.date AS moment, NULL::float8 AS minutes, FALSE AS is_connected,
                      NULL::int4 AS lead_id, doer.id AS user_id, task.company_id,
                      'project.task' AS res_model, task.id AS res_id
               FROM project_task task
               JOIN LATERAL (
                   SELECT message.date, message.author_id FROM mail_message message
                   WHERE message.model = 'project.task' AND message.res_id = task.id
                     AND message.subtype_id = %(subtype)s
                   ORDER BY message.id DESC LIMIT 1
               ) done ON TRUE
               JOIN res_users doer ON doer.partner_id = done.author_id
               WHERE task.state = '1_done' AND %(is_doer)s
                 AND doer.id IN (SELECT user_id FROM crm_team_member)""",
            step=ID_STEP, is_doer=self._is_doer_sql(),
            subtype=self.env["ir.model.data"]._xmlid_to_res_id("project.mt_task_done") or 0,
        )

    @api.model
    def _memberships_sql(self):
        """Rows ``user_id, team_id, since, until``: the team somebody joined last, at each moment.

        Teams change; what was done counts for the team of that time. Before the first membership
        that is known it counts for the first team.
        """
        return SQL(
            """(SELECT user_id, crm_team_id AS team_id,
                       CASE WHEN place = 1 THEN '-infinity' ELSE create_date END AS since,
                       COALESCE(following, 'infinity') AS until
                FROM (SELECT user_id, crm_team_id, create_date,
                             row_number() OVER joined AS place,
                             LEAD(create_date) OVER joined AS following
                      FROM crm_team_member
                      WINDOW joined AS (PARTITION BY user_id ORDER BY create_date, id)
                ) AS joining)"""
        )
