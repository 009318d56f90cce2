"""When a lead needs a follow-up: each cause as SQL over open leads."""

from odoo import api, models
from odoo.tools import SQL

from ..selling.crm_lead_response import ANSWER_TYPES

CAUSES = [
    ("silence", "No contact"),
    ("quotation", "Quotation without answer"),
    ("deadline", "Expected closing is near"),
    ("no_activity", "No next activity"),
    ("hot", "Hot and untouched"),
]


class LeadFollowupCause(models.AbstractModel):
    """Rows (key, since): the key names the occurrence, so that each brings one follow-up.

    They are read beside ``lead`` (crm_lead) and ``unit`` (today in the company of the lead).
    """

    _name = "crm.lead.followup.cause"
    _description = "Causes of Follow-ups"

    @api.model
    def _cause_sql(self, cause, days):
        """:return: SQL rows (key text, since timestamp); no row when there is no cause"""
        return getattr(self, f"_cause_{cause}")(days)

    @api.model
    def _cause_silence(self, days):
        return self._older_than(self._last_contact(), days)

    @api.model
    def _cause_no_activity(self, days):
        done = SQL(
            """SELECT MAX(message.date) FROM mail_message message
               WHERE message.model = 'crm.lead' AND message.res_id = lead.id
                 AND message.mail_activity_type_id IS NOT NULL"""
        )
        return self._older_than(
            SQL("GREATEST(%s, (%s), (%s))", self._started(), done, self._meetings()), days,
        )

    @api.model
    def _cause_hot(self, days):
        """Nothing has happened since the lead became hot, whoever was told."""
        return SQL(
            """SELECT 'hot:' || crossing.id AS key, crossing.date AS since
               FROM (SELECT id, date FROM crm_lead_hot hot WHERE hot.lead_id = lead.id
                     ORDER BY date DESC LIMIT 1) crossing
               WHERE lead.is_hot AND crossing.date < %s AND %s <= crossing.date""",
            self._days_ago(days), self._last_contact(),
        )

    @api.model
    def _cause_deadline(self, days):
        return SQL(
            """SELECT lead.date_deadline::text AS key, lead.date_deadline::timestamp AS since
               WHERE lead.date_deadline BETWEEN unit.today AND unit.today + %s""", days,
        )

    @api.model
    def _cause_quotation(self, days):
        """The latest quotation sent; writing about it again starts the days anew, a word from the
        customer, a call or a meeting answers it."""
        sent = SQL(
            """SELECT MAX(message.date) FROM mail_message message
               LEFT JOIN mail_message_subtype subtype ON subtype.id = message.subtype_id
               WHERE message.model = 'sale.order' AND message.res_id = offer.id
                 AND (message.subtype_id = %(sent)s OR (%(public)s AND %(by_us)s))""",
            sent=self.env.ref("sale.mt_order_sent").id, public=self._is_public(),
            by_us=self._is_ours(),
        )
        return SQL(
            """SELECT quotation.id || ':' || to_char(quotation.sent, 'YYYY-MM-DD HH24:MI:SS')
                      AS key, quotation.sent AS since
               FROM (SELECT offer.id, COALESCE((%(sent)s), offer.date_order) AS sent
                     FROM sale_order offer
                     WHERE offer.opportunity_id = lead.id AND offer.state = 'sent'
                     ORDER BY 2 DESC LIMIT 1) quotation
               WHERE quotation.sent < %(limit)s AND NOT (%(answered)s)""",
            sent=sent, limit=self._days_ago(days), answered=self._answered(),
        )

    @api.model
    def _answered(self):
        return SQL(
            """EXISTS (SELECT FROM mail_message message
                       LEFT JOIN mail_message_subtype subtype ON subtype.id = message.subtype_id
                       WHERE message.date > quotation.sent
                         AND (message.model = 'crm.lead' AND message.res_id = lead.id
                              OR message.model = 'sale.order' AND message.res_id = quotation.id)
                         AND (message.mail_activity_type_id IS NOT NULL
                              OR %(public)s AND NOT %(by_us)s))
               OR COALESCE((%(meetings)s) > quotation.sent, FALSE)""",
            public=self._is_public(), by_us=self._is_ours(), meetings=self._meetings(),
        )

    # ------------------------------------------------------------------
    # What happened on a lead
    # ------------------------------------------------------------------

    @api.model
    def _days_ago(self, days):
        return SQL("%s::timestamp - make_interval(days => %s)", self.env.cr.now(), days)

    @api.model
    def _older_than(self, moment, days):
        return SQL(
            """SELECT to_char(latest.moment, 'YYYY-MM-DD HH24:MI:SS') AS key,
                      latest.moment AS since
               FROM (SELECT %s AS moment) latest WHERE latest.moment < %s""",
            moment, self._days_ago(days),
        )

    @api.model
    def _started(self):
        """The days of a lead begin when it is created, converted or assigned."""
        return SQL("GREATEST(lead.create_date, lead.date_conversion, lead.date_open)")

    @api.model
    def _last_contact(self):
        """Messages to and from the customer, also about quotations; activities done; meetings.
        Notes, automatic messages and mass mailings are no contact."""
        is_contact = SQL(
            "(message.mail_activity_type_id IS NOT NULL OR %s)", self._is_public(),
        )
        messages = SQL(
            """SELECT MAX(message.date) FROM mail_message message
               LEFT JOIN mail_message_subtype subtype ON subtype.id = message.subtype_id
               WHERE message.model = 'crm.lead' AND message.res_id = lead.id AND %s""", is_contact,
        )
        about_orders = SQL(
            """SELECT MAX(message.date) FROM sale_order offer
               JOIN mail_message message
                 ON message.model = 'sale.order' AND message.res_id = offer.id
               LEFT JOIN mail_message_subtype subtype ON subtype.id = message.subtype_id
               WHERE offer.opportunity_id = lead.id AND %s""", is_contact,
        )
        return SQL(
            "GREATEST(%s, (%s), (%s), (%s))",
            self._started(), messages, about_orders, self._meetings(),
        )

    @api.model
    def _meetings(self):
        # One that is still to come lies in the future: the lead is taken care of.
        return SQL(
            """SELECT MAX(event.start) FROM calendar_event event
               WHERE event.opportunity_id = lead.id AND event.active"""
        )

    @api.model
    def _is_public(self):
        return SQL(
            """(message.message_type IN %s AND message.is_internal IS NOT TRUE
                AND subtype.id IS NOT NULL AND subtype.internal IS NOT TRUE)""", ANSWER_TYPES,
        )

    @api.model
    def _is_ours(self):
        return SQL(
            """(message.author_id IN (
                    SELECT partner_id FROM res_users WHERE share IS NOT TRUE
                    UNION SELECT id FROM res_partner WHERE had_internal_user))"""
        )
