"""Leads as they were: what tracking remembers, and which rules it lets us test."""

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.score_domain import read_condition

DATED, ASSUMED, UNDATED, OUTCOME = "dated", "assumed", "undated", "outcome"
CERTAINTY = [DATED, ASSUMED, UNDATED, OUTCOME]

# How the lead came in. Odoo keeps no history of these; hardly anybody changes them later.
ARRIVAL = {"source_id", "medium_id", "campaign_id", "referred", "company_id"}
# Dates that never move, or that are left empty until they have passed.
MOMENTS = {
    "create_date", "date_conversion", "first_response_date", "first_response_hours", "type",
}
# Closing the lead itself writes these.
OUTCOMES = {
    "active", "won_status", "probability", "automated_probability", "is_automated_probability",
    "date_closed", "day_close", "lost_reason_id", "date_last_stage_update", "prorated_revenue",
    "recurring_revenue_prorated",
}
# Computed from a tracked field: empty while that was empty.
DERIVED = {
    "email_normalized": "email_from", "email_domain_criterion": "email_from",
    "email_state": "email_from", "phone_sanitized": "phone", "phone_state": "phone",
    "commercial_partner_id": "partner_id",
}
# The old value of a tracked field, by its type.
OLD_VALUES = {
    "many2one": "NULLIF(old_value_integer, 0)", "boolean": "(old_value_integer = 1)",
    "integer": "old_value_integer", "float": "old_value_float::numeric",
    "monetary": "old_value_float::numeric", "char": "NULLIF(old_value_char, '')",
    "text": "NULLIF(old_value_text, '')",
}
# A field is dated by its tracking when nearly all leads have any.
MOSTLY = 0.9


class LeadScorePast(models.AbstractModel):
    _name = "crm.lead.score.past"
    _description = "Leads as They Were"

    # ------------------------------------------------------------------
    # Values of that time
    # ------------------------------------------------------------------

    @api.model
    def _past_leads(self, moments):
        """SQL of all columns of leads, tracked ones with their value at a moment.

        Outcomes read as those of an open lead. As ``WITH crm_lead AS (…)`` it takes the place of
        the table in a statement.

        :param moments: ``{lead id: naive UTC datetime}``
        """
        tracked = self._tracked_fields()
        columns = [
            SQL("%s AS %s", self._past_column(field, tracked), SQL.identifier(field.name))
            for field in self.env["crm.lead"]._fields.values()
            if field.store and field.column_type
        ]
        return SQL(
            """SELECT %(columns)s
               FROM crm_lead lead
               JOIN unnest(%(ids)s::int[], %(moments)s::timestamp[]) AS chosen(id, moment)
                 ON chosen.id = lead.id
               LEFT JOIN (%(changes)s) AS past ON past.lead_id = lead.id""",
            columns=SQL(", ").join(columns), ids=list(moments), moments=list(moments.values()),
            changes=self._first_changes(moments, tracked),
        )

    @api.model
    def _past_column(self, field, tracked):
        name, column = field.name, SQL.identifier("lead", field.name)
        if name in tracked:
            return SQL(
                "CASE WHEN past.%s THEN past.%s ELSE %s END",
                SQL.identifier(f"was_{name}"), SQL.identifier(name), column,
            )
        if DERIVED.get(name) in tracked:
            parent = DERIVED[name]
            return SQL(
                "CASE WHEN past.%s AND past.%s IS NULL THEN NULL ELSE %s END",
                SQL.identifier(f"was_{parent}"), SQL.identifier(parent), column,
            )
        return self._untracked_column(field, column)

    @api.model
    def _untracked_column(self, field, column):
        converted = SQL("lead.date_conversion <= chosen.moment")
        answered = SQL("lead.first_response_date <= chosen.moment")
        special = {
            "active": SQL("TRUE"), "won_status": SQL("'pending'::varchar"),
            "type": SQL(
                "CASE WHEN lead.date_conversion > chosen.moment THEN 'lead' ELSE lead.type END"
            ),
            "date_conversion": SQL("CASE WHEN %s THEN %s END", converted, column),
            "first_response_date": SQL("CASE WHEN %s THEN %s END", answered, column),
            "first_response_hours": SQL("CASE WHEN %s THEN %s END", answered, column),
        }
        if field.name in OUTCOMES - special.keys():
            return SQL("NULL::%s", SQL(field.column_type[1]))
        return special.get(field.name, column)

    @api.model
    def _first_changes(self, moments, tracked):
        """SQL rows (lead_id, was_X, X …): the value before the first change since the moment."""
        values = SQL(", ").join(
            SQL(
                "bool_or(field_id = %(id)s) AS %(was)s, %(pick)s AS %(name)s",
                id=field_id, was=SQL.identifier(f"was_{name}"), name=SQL.identifier(name),
                pick=SQL(
                    "(array_agg(%s) FILTER (WHERE field_id = %s))[1]", SQL(old), field_id,
                ),
            )
            for name, (field_id, old) in tracked.items()
        )
        return SQL(
            """SELECT lead_id, %(values)s
               FROM (SELECT DISTINCT ON (message.res_id, value.field_id)
                            message.res_id AS lead_id, value.*
                     FROM unnest(%(ids)s::int[], %(moments)s::timestamp[]) AS chosen(id, moment)
                     JOIN mail_message message ON message.model = 'crm.lead'
                      AND message.res_id = chosen.id AND message.date > chosen.moment
                     JOIN mail_tracking_value value ON value.mail_message_id = message.id
                     WHERE value.field_id = ANY(%(fields)s)
                     ORDER BY message.res_id, value.field_id, message.date, value.id) AS change
               GROUP BY lead_id""",
            values=values, ids=list(moments), moments=list(moments.values()),
            fields=[field_id for field_id, _old in tracked.values()],
        )

    @api.model
    def _tracked_fields(self):
        """:return: ``{name: (id of the field, SQL of its old value)}``"""
        Lead, Fields = self.env["crm.lead"], self.env["ir.model.fields"]
        return {
            name: (Fields._get("crm.lead", name).id, OLD_VALUES[Lead._fields[name].type])
            for name in sorted(Lead._track_get_fields())
            if Lead._fields[name].store and Lead._fields[name].type in OLD_VALUES
            and name not in OUTCOMES
        }

    @api.model
    def _recorded(self, ids):
        """Ids of the leads whose changes were recorded; those of an import usually are not."""
        rows = self.env.execute_query(SQL(
            """SELECT DISTINCT message.res_id FROM mail_message message
               JOIN mail_tracking_value value ON value.mail_message_id = message.id
               WHERE message.model = 'crm.lead' AND message.res_id = ANY(%s)""", list(ids),
        ))
        return {lead_id for (lead_id,) in rows}

    # ------------------------------------------------------------------
    # What is known about a rule's past
    # ------------------------------------------------------------------

    @api.model
    def _rule_basis(self, rule, recorded_share):
        """How sure it is that a rule is tested on what was known then.

        :param recorded_share: share of the leads whose changes were recorded
        :return: ``dated`` (events and tracked values), ``assumed`` (how the lead came in),
            ``undated`` (filled in nobody knows when) or ``outcome`` (written by closing the lead)
        """
        parts = [self._field_basis("team_id", recorded_share)] if rule.team_id else []
        if rule.condition_type == "activity":
            # Confirming a quotation moves its date and its state.
            parts.append(UNDATED if rule.event == "quotation" else DATED)
        elif rule.dimension == "engagement" and rule.fades_from:
            parts.append(self._field_basis(rule.fades_from, recorded_share))
        parts += [self._path_basis(path, recorded_share) for path in self._paths(rule.domain)]
        return max(parts, key=CERTAINTY.index, default=DATED)

    @api.model
    def _paths(self, text):
        """Every field a condition reads, as (name, whether it goes on to a contact)."""
        for condition in Domain(read_condition(text)).iter_conditions():
            name, _dot, rest = condition.field_expr.partition(".")
            field = self.env["crm.lead"]._fields.get(name)
            follows = bool(rest) or condition.operator in ("any", "not any")
            yield name, follows and field is not None and field.comodel_name == "res.partner"

    @api.model
    def _path_basis(self, path, recorded_share):
        name, is_contact = path
        # A contact is corrected and completed for as long as one knows it.
        return UNDATED if is_contact else self._field_basis(name, recorded_share)

    @api.model
    def _field_basis(self, name, recorded_share):
        if name in MOMENTS:
            return DATED
        if name in ARRIVAL:
            return ASSUMED
        if name in OUTCOMES:
            return OUTCOME
        tracked = self._tracked_fields()
        if name in tracked or DERIVED.get(name) in tracked:
            return DATED if recorded_share >= MOSTLY else UNDATED
        return UNDATED
