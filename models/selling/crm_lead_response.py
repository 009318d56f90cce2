"""First response of leads: who answered first, when, and whether it counts."""

import logging
from datetime import timedelta

import psycopg2

from odoo import api, models
from odoo.tools import SQL

# Public messages a person writes. 'email_outgoing' is a mailing, the other types are automatic.
ANSWER_TYPES = ("comment", "email")

_logger = logging.getLogger(__name__)


class CrmLead(models.Model):
    _inherit = "crm.lead"

    @api.model
    def _kpi_record_responses(self, ids):
        """Record the first response of leads that have none yet.

        :param ids: leads that have just been answered
        :return: ids of the leads whose first response was recorded
        """
        self._kpi_flush_answers()
        recorded = self.env.execute_query(SQL(
            """WITH answer AS (%(answers)s)
               UPDATE crm_lead lead
               SET first_response_date = answer.moment,
                   first_response_hours = CASE
                       WHEN answer.moment >= date_trunc('second', lead.create_date)
                       THEN EXTRACT(EPOCH FROM date_trunc('second', answer.moment)
                                    - date_trunc('second', lead.create_date))::float8 / 3600.0
                       END
               FROM answer
               WHERE answer.lead_id = lead.id AND lead.first_response_date IS NULL
               RETURNING lead.id""",
            answers=self._kpi_answers_sql(ids),
        ))
        self._kpi_after_sql(recorded, ("first_response_date", "first_response_hours"))
        return [row[0] for row in recorded]

    @api.model
    def _kpi_try_record_responses(self, ids):
        """Record responses, but never at the price of the message or meeting that is being saved:
        when somebody else is writing the lead, the night's pass records it.

        :param ids: leads that have just been answered
        """
        # Outside: what others have pending must not be lost with our savepoint.
        self._kpi_flush_answers()
        try:
            with self.env.cr.savepoint(flush=False):
                self._kpi_record_responses(ids)
        except psycopg2.OperationalError as error:
            _logger.info("First response of leads %s is left to the night: %s", ids, error)

    @api.model
    def _kpi_record_meetings(self, days=7):
        """Count meetings whose start has passed: nobody writes anything when a meeting begins.

        To be called every night. Also catches what a locked row kept from being recorded.

        :param days: how far back to look
        :return: number of leads whose first response was recorded
        """
        self._kpi_flush_answers()
        now = self.env.cr.now()
        rows = self.env.execute_query(SQL(
            """SELECT lead.id FROM crm_lead lead
               WHERE lead.first_response_date IS NULL AND (
                   lead.id IN (SELECT opportunity_id FROM calendar_event
                               WHERE start BETWEEN %(since)s AND %(now)s)
                   OR lead.id IN (SELECT res_id FROM mail_message
                                  WHERE model = 'crm.lead' AND date >= %(since)s))""",
            since=now - timedelta(days=days), now=now,
        ))
        return len(self._kpi_record_responses([row[0] for row in rows])) if rows else 0

    def _kpi_flush_answers(self):
        self.flush_model(["create_date", "first_response_date", "first_response_hours"])
        self.env["mail.message"].flush_model()
        self.env["calendar.event"].flush_model(["opportunity_id", "start", "active", "user_id"])
        self.env["res.users"].flush_model(["partner_id", "share"])

    @api.model
    def _kpi_answers_sql(self, ids, by_creator=False):
        """One row a lead: ``lead_id``, ``moment`` of the first answer, when somebody other than
        the creator of the lead gave it.

        :param by_creator: only the leads whose creator answered first, instead of the others
        """
        def scope(column):
            return SQL("%s = ANY(%s)", column, list(ids)) if ids is not None else SQL("TRUE")

        return SQL(
            """SELECT first.lead_id, first.moment
               FROM (
                   SELECT DISTINCT ON (lead_id) lead_id, moment, partner_id
                   FROM (%(messages)s UNION ALL %(meetings)s) candidate
                   ORDER BY lead_id, moment, partner_id
               ) first
               JOIN crm_lead lead ON lead.id = first.lead_id
               WHERE %(by_creator)s EXISTS (
                   SELECT FROM res_users creator
                   WHERE creator.id = lead.create_uid AND creator.partner_id = first.partner_id
               )""",
            by_creator=SQL() if by_creator else SQL("NOT"),
            messages=self._kpi_message_answers_sql(scope(SQL("message.res_id"))),
            meetings=self._kpi_meeting_answers_sql(scope(SQL("event.opportunity_id"))),
        )

    @api.model
    def _kpi_message_answers_sql(self, scope, model="crm.lead"):
        """One row for each answer: ``lead_id``, ``moment``, ``partner_id``.

        :param model: whose messages; ``lead_id`` is then the id of such a record
        """
        # A done activity leaves a message that names its type and its doer, to the second;
        # the activity itself only knows the day. User 1 is the system.
        return SQL(
            """SELECT message.res_id AS lead_id, message.date AS moment,
                      message.author_id AS partner_id
               FROM mail_message message
               LEFT JOIN mail_message_subtype subtype ON subtype.id = message.subtype_id
               LEFT JOIN mail_activity_type activity
                         ON activity.id = message.mail_activity_type_id
               WHERE message.model = %(model)s AND %(scope)s
                 AND (activity.category = 'phonecall' OR (
                     activity.id IS NULL AND message.message_type IN %(types)s
                     AND message.is_internal IS NOT TRUE
                     AND subtype.id IS NOT NULL AND subtype.internal IS NOT TRUE
                 ))
                 AND message.author_id IN (
                     SELECT partner_id FROM res_users WHERE share IS NOT TRUE AND id <> 1
                 )""",
            model=model, scope=scope, types=ANSWER_TYPES,
        )

    @api.model
    def _kpi_meeting_answers_sql(self, scope):
        return SQL(
            """SELECT event.opportunity_id AS lead_id, event.start AS moment, organizer.partner_id
               FROM calendar_event event
               JOIN res_users organizer ON organizer.id = event.user_id
               WHERE event.opportunity_id IS NOT NULL AND event.active
                 AND event.start <= %(now)s
                 AND organizer.share IS NOT TRUE AND organizer.id <> 1 AND %(scope)s""",
            scope=scope, now=self.env.cr.now(),
        )
