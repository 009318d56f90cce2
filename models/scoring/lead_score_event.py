"""What happens on leads and can be counted by scoring rules."""

from odoo import api, models
from odoo.tools import SQL

EVENTS = [
    ("call", "Call logged"),
    ("meeting", "Meeting held"),
    ("mail_sent", "Mail sent to the customer"),
    ("mail_received", "Mail received from the customer"),
    ("mailing_open", "Mass mailing opened"),
    ("mailing_click", "Mass mailing clicked"),
    ("quotation", "Quotation sent"),
    ("web_visit", "Page of the website visited"),
]
# Which model records what; an event whose model is not installed never happens.
EVENT_MODELS = {
    "call": "mail.message", "mail_sent": "mail.message", "mail_received": "mail.message",
    "meeting": "calendar.event", "quotation": "sale.order",
    "mailing_open": "mailing.trace", "mailing_click": "mailing.trace",
    "web_visit": "website.track",
}
# Where an event is recorded besides: phone calls of the community addon are calls, too.
MORE_MODELS = ("crm.phonecall",)


def held_phonecall(alias):
    """SQL condition on a table of phone calls: the call took place."""
    alias = SQL.identifier(alias)
    return SQL("(%s.state = 'done' AND %s.active IS NOT FALSE)", alias, alias)


def rule_key(rule):
    """Id of a rule in SQL names; 0 for one that is only being written."""
    return rule._origin.id or 0


class LeadScoreEvent(models.AbstractModel):
    """SQL of the events: each is a moment on a lead, found by one scan of its table."""

    _name = "crm.lead.score.event"
    _description = "Lead Scoring Events"

    @api.model
    def _event_sources(self):
        """Where events are recorded. Addons add their own. An event may be recorded in several
        places; it counts wherever it is found, so nothing may be found in two of them.

        :return: ``{name: (tables joined to scope, {event: (SQL condition, SQL moment)})}``. The
            tables are read with the columns of ``scope`` at hand; the alias is ``event``
        """
        sources = {"message": self._message_events()}
        sources["meeting"] = (
            SQL("calendar_event event ON event.opportunity_id = scope.id AND event.active"),
            {"meeting": (SQL("TRUE"), SQL("event.start"))},
        )
        sources["order"] = (
            SQL("sale_order event ON event.opportunity_id = scope.id"),
            {"quotation": (SQL("event.state IN ('sent', 'sale')"), SQL("event.date_order"))},
        )
        if "crm.phonecall" in self.env:
            # A call activity leaves a message on the lead, these calls leave none.
            sources["phonecall"] = (
                SQL("crm_phonecall event ON event.opportunity_id = scope.id AND %s",
                    held_phonecall("event")),
                {"call": (SQL("TRUE"), SQL("event.date"))},
            )
        if "mailing.trace" in self.env:
            sources["trace"] = (
                SQL("mailing_trace event ON event.model = 'crm.lead' AND event.res_id = scope.id"),
                {
                    "mailing_open": (SQL("TRUE"), SQL("event.open_datetime")),
                    "mailing_click": (SQL("TRUE"), SQL("event.links_click_datetime")),
                },
            )
        if "website.track" in self.env and "visitor_ids" in self.env["crm.lead"]._fields:
            sources["visit"] = (
                SQL("""crm_lead_website_visitor_rel visitor ON visitor.crm_lead_id = scope.id
                       JOIN website_track event
                         ON event.visitor_id = visitor.website_visitor_id"""),
                {"web_visit": (SQL("TRUE"), SQL("event.visit_datetime"))},
            )
        return sources

    @api.model
    def _message_events(self):
        # User 1 is the system; what it writes is no answer of a person.
        by_us = SQL(
            """event.author_id IN (
                   SELECT partner_id FROM res_users WHERE share IS NOT TRUE AND id <> 1
                   UNION SELECT id FROM res_partner WHERE had_internal_user)"""
        )
        is_public = SQL(
            """event.mail_activity_type_id IS NULL AND event.is_internal IS NOT TRUE
               AND event.message_type IN ('comment', 'email')
               AND event.subtype_id IN (SELECT id FROM mail_message_subtype
                                        WHERE internal IS NOT TRUE)"""
        )
        by_them = SQL(
            """event.author_id IS NULL OR event.author_id NOT IN (
                   SELECT partner_id FROM res_users WHERE share IS NOT TRUE
                   UNION SELECT id FROM res_partner WHERE had_internal_user)"""
        )
        moment = SQL("event.date")
        return (
            SQL("mail_message event ON event.model = 'crm.lead' AND event.res_id = scope.id"),
            {
                "call": (SQL(
                    """event.mail_activity_type_id IN (
                           SELECT id FROM mail_activity_type WHERE category = 'phonecall')"""
                ), moment),
                "mail_sent": (SQL("(%s AND %s)", is_public, by_us), moment),
                "mail_received": (SQL("(%s AND (%s))", is_public, by_them), moment),
            },
        )

    @api.model
    def _event_joins(self, rules):
        """Joins that count the events of rules, one scan for each source.

        :param rules: rules that count an event
        :return: ``(SQL joins, {rule id: (SQL number, SQL day of the latest)})``
        """
        joins, columns = [], {rule_key(rule): [] for rule in rules}
        for name, (tables, events) in self._event_sources().items():
            counted = rules.filtered(lambda rule, events=events: rule.event in events)
            if not counted:
                continue
            alias = SQL.identifier(f"event_{name}")
            joins.append(SQL(
                " LEFT JOIN (%s) %s ON %s.lead_id = scope.id",
                self._event_counts(tables, events, counted), alias, alias,
            ))
            for rule in counted:
                columns[rule_key(rule)].append((
                    SQL("COALESCE(%s.%s, 0)", alias, SQL.identifier(f"n_{rule_key(rule)}")),
                    SQL("%s.%s", alias, SQL.identifier(f"last_{rule_key(rule)}")),
                ))
        return SQL("").join(joins), {key: self._event_total(some) for key, some in columns.items()}

    @api.model
    def _event_total(self, columns):
        """:return: ``(SQL number, SQL day of the latest)`` of an event over its sources"""
        if not columns:
            return SQL("0"), SQL("NULL::date")
        numbers, days = zip(*columns, strict=True)
        return (SQL("(%s)", SQL(" + ").join(numbers)),
                SQL("GREATEST(%s)", SQL(", ").join(days)))  # passes over NULL

    @api.model
    def _event_counts(self, tables, events, rules):
        """SQL rows (lead_id, number and latest day for each rule) of one source."""
        windows, days = [], []
        for event, some in rules.grouped("event").items():
            condition, moment = events[event]
            days.append(SQL(
                """CASE WHEN %s AND %s <= scope.moment
                   THEN (%s AT TIME ZONE 'UTC' AT TIME ZONE scope.timezone)::date END AS %s""",
                condition, moment, moment, SQL.identifier(event),
            ))
            # The raw column again, so that rows long past are skipped without a time zone.
            windows.append(SQL(
                "%s >= scope.moment - make_interval(days => %s)",
                moment, max(some.mapped("within_days")) + 1,
            ))
        return SQL(
            """SELECT lead_id, %s
               FROM (SELECT scope.id AS lead_id, scope.today, %s
                     FROM scope JOIN %s WHERE (%s) OFFSET 0) AS happened
               GROUP BY lead_id""",
            SQL(", ").join(map(self._event_measures, rules)), SQL(", ").join(days), tables,
            SQL(" OR ").join(windows),
        )

    @api.model
    def _event_measures(self, rule):
        day = SQL.identifier(rule.event)
        counts = SQL("%s > today - %s", day, rule.within_days)
        return SQL(
            "COUNT(*) FILTER (WHERE %s) AS %s, MAX(%s) FILTER (WHERE %s) AS %s",
            counts, SQL.identifier(f"n_{rule_key(rule)}"),
            day, counts, SQL.identifier(f"last_{rule_key(rule)}"),
        )
