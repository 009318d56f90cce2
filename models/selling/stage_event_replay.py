"""The stage history of leads as Odoo's tracking remembers it, in one statement for any number."""

from odoo import api, models
from odoo.tools import SQL

from .stage_event_writer import STATUS

# A stage update that much later than the beginning was a move of its own.
SETTLING = "1 minute"

# The first stage of the team of a lead.
LOWEST_STAGE = SQL(
    """COALESCE((
           SELECT stage.id FROM crm_stage stage
           WHERE stage.is_won IS NOT TRUE AND (
               NOT EXISTS (SELECT FROM crm_stage_crm_team_rel own
                           WHERE own.crm_stage_id = stage.id)
               OR EXISTS (SELECT FROM crm_stage_crm_team_rel own
                          WHERE own.crm_stage_id = stage.id
                            AND own.crm_team_id = lead.team_id))
           ORDER BY stage.sequence, stage.id LIMIT 1), lead.stage_id, 0)"""
)


class StageEventReplay(models.AbstractModel):
    _name = "crm.stage.event.replay"
    _description = "Stage History: From Tracking"

    @api.model
    def _replay(self, scope):
        """Write the rows of opportunities that have none.

        :param scope: SQL condition on ``lead``
        :return: number of rows written
        """
        self.env.cr.execute(SQL(
            """WITH lead AS MATERIALIZED (%(leads)s), change AS MATERIALIZED (%(changes)s),
                    step AS (%(steps)s), filled AS (%(filled)s), state AS (%(states)s),
                    turn AS (%(turns)s)
               INSERT INTO crm_stage_event (lead_id, kind, stage_id, stage_name, entered_at,
                                            left_at, outcome, is_first, is_assumed)
               %(rows)s""",
            leads=self._leads_sql(scope), changes=self._changes_sql(), steps=self._steps_sql(),
            filled=self._filled_sql(), states=self._states_sql(), turns=self._turns_sql(),
            rows=self._rows_sql(),
        ))
        return self.env.cr.rowcount

    @api.model
    def _leads_sql(self, scope):
        """Opportunities without a history, with their state now.

        A sales cycle begins with the conversion, or with the creation of what was created as an
        opportunity; what a lead went through before is no part of the pipeline.
        """
        return SQL(
            """SELECT lead.id, lead.active, lead.stage_id, lead.team_id, %(status)s AS status,
                      date_trunc('second', COALESCE(lead.date_conversion, lead.create_date,
                                                    lead.date_closed, %(now)s)) AS begin_at,
                      date_trunc('second', lead.date_last_stage_update) AS moved_at,
                      date_trunc('second', lead.date_closed) AS closed_at,
                      lead.import_date IS NOT NULL AS is_imported
               FROM crm_lead lead
               WHERE lead.type = 'opportunity' AND %(scope)s AND NOT EXISTS (
                   SELECT FROM crm_stage_event event
                   WHERE event.lead_id = lead.id AND event.kind <> 'merged')""",
            status=STATUS, scope=scope, now=self.env.cr.now(),
        )

    @api.model
    def _changes_sql(self):
        """One row a message that tracked a stage, archiving or an outcome.

        A message that came with a merged lead got a subject by the merge; tracking has none. What
        happened to another lead is not this one's history.
        """
        Fields = self.env["ir.model.fields"]
        names = ("stage_id", "active", "won_status")
        stage, active, won = (Fields._get("crm.lead", name).id for name in names)
        return SQL(
            """SELECT message.res_id AS lead_id, date_trunc('second', message.date) AS at,
                      MIN(value.id) AS place,
                      MAX(value.old_value_integer) FILTER (WHERE %(is_stage)s) AS old_stage,
                      MAX(value.old_value_char) FILTER (WHERE %(is_stage)s) AS old_name,
                      MAX(value.new_value_integer) FILTER (WHERE %(is_stage)s) AS stage_id,
                      MAX(value.new_value_char) FILTER (WHERE %(is_stage)s) AS stage_name,
                      MAX(value.old_value_integer) FILTER (WHERE %(is_active)s) AS was_active,
                      MAX(value.new_value_integer) FILTER (WHERE %(is_active)s) AS is_active,
                      MAX(%(label)s) AS label
               FROM lead
               JOIN mail_message message ON message.model = 'crm.lead'
                AND message.res_id = lead.id AND COALESCE(message.subject, '') = ''
               JOIN mail_tracking_value value ON value.mail_message_id = message.id
                AND value.field_id IN (%(stage)s, %(active)s, %(status)s)
               GROUP BY message.id""",
            is_stage=SQL("value.field_id = %s", stage), stage=stage, active=active, status=won,
            is_active=SQL("value.field_id = %s", active), label=self._label_sql(),
        )

    @api.model
    def _label_sql(self):
        """SQL of the outcome a tracked word stands for: tracking keeps the words of who changed,
        in his language."""
        field = self.env["ir.model.fields"]._get("crm.lead", "won_status").id
        return SQL(
            """CASE WHEN value.field_id = %(field)s THEN (
                   SELECT MIN(choice.value)
                   FROM ir_model_fields_selection choice, jsonb_each_text(choice.name) word
                   WHERE choice.field_id = %(field)s AND word.value = value.new_value_char)
               END""", field=field,
        )

    @api.model
    def _steps_sql(self):
        """The beginning, the recorded changes, and a move of which only the day is known."""
        return SQL(
            """SELECT lead.id AS lead_id, begin_at AS at, 0::bigint AS place,
                      CASE WHEN move.lead_id IS NOT NULL THEN move.old_stage
                           WHEN %(was_elsewhere)s THEN %(lowest)s
                           ELSE COALESCE(lead.stage_id, 0) END AS stage_id,
                      move.old_name AS stage_name,
                      COALESCE(switch.was_active, 1) AS is_active, NULL AS label,
                      is_imported OR (move.lead_id IS NULL AND (
                          status = 'won' OR moved_at > begin_at + %(settling)s)) AS is_assumed
               FROM lead
               LEFT JOIN (SELECT DISTINCT ON (lead_id) * FROM change WHERE stage_id IS NOT NULL
                          ORDER BY lead_id, at, place) move ON move.lead_id = lead.id
               LEFT JOIN (SELECT DISTINCT ON (lead_id) * FROM change WHERE is_active IS NOT NULL
                          ORDER BY lead_id, at, place) switch ON switch.lead_id = lead.id
               UNION ALL
               SELECT lead_id, GREATEST(at, begin_at), place, change.stage_id, stage_name,
                      is_active, label, FALSE
               FROM change JOIN lead ON lead.id = change.lead_id
               UNION ALL
               SELECT lead.id, moved_at, 0, lead.stage_id, NULL, NULL, NULL, FALSE
               FROM lead
               WHERE status <> 'won' AND %(was_elsewhere)s AND NOT EXISTS (
                   SELECT FROM change WHERE change.lead_id = lead.id
                    AND change.stage_id IS NOT NULL)""",
            settling=SQL("interval %s", SETTLING),
            was_elsewhere=SQL(
                "(status = 'won' OR (moved_at > begin_at + interval %s"
                " AND moved_at < COALESCE(closed_at, 'infinity')))", SETTLING,
            ),
            lowest=LOWEST_STAGE,
        )

    @api.model
    def _filled_sql(self):
        """Each step with what holds after it: a change names only what has changed.

        Of what happened until the beginning only the last counts.
        """
        return SQL(
            """SELECT lead_id, at, place, is_last, is_assumed, has_label,
                      FIRST_VALUE(stage_id) OVER (PARTITION BY lead_id, stage_n ORDER BY n)
                          AS stage_id,
                      FIRST_VALUE(stage_name) OVER (PARTITION BY lead_id, stage_n ORDER BY n)
                          AS stage_name,
                      FIRST_VALUE(is_active) OVER (PARTITION BY lead_id, active_n ORDER BY n)
                          AS is_active,
                      FIRST_VALUE(label) OVER (PARTITION BY lead_id, label_n ORDER BY n) AS label,
                      LEAD(at) OVER (PARTITION BY lead_id ORDER BY n) IS NOT DISTINCT FROM first_at
                          AS is_replaced, n
               FROM (SELECT *, ROW_NUMBER() OVER history AS n,
                            COUNT(stage_id) OVER history AS stage_n,
                            COUNT(is_active) OVER history AS active_n,
                            COUNT(label) OVER history AS label_n,
                            MIN(at) OVER (PARTITION BY lead_id) AS first_at,
                            COUNT(label) OVER (PARTITION BY lead_id) > 0 AS has_label,
                            LEAD(at) OVER history IS NULL AS is_last
                     FROM step
                     WINDOW history AS (PARTITION BY lead_id ORDER BY at, place
                                        ROWS UNBOUNDED PRECEDING)) numbered"""
        )

    @api.model
    def _states_sql(self):
        """Each step with its outcome. The last one is what the lead says itself, if it is there;
        a version of Odoo that did not track outcomes is read from the stage and the archive."""
        return SQL(
            """SELECT filled.lead_id, filled.at, filled.n, filled.is_assumed, stage.id AS stage_id,
                      CASE WHEN stage.id IS NULL THEN NULLIF(filled.stage_name, '') END
                          AS stage_name,
                      CASE WHEN is_last AND filled.stage_id IS NOT DISTINCT FROM
                                COALESCE(lead.stage_id, 0) AND (is_active = 1) = lead.active
                           THEN lead.status
                           WHEN label = 'won' THEN 'won'
                           WHEN label = 'lost' AND is_active = 0 THEN 'lost'
                           WHEN label IS NULL AND stage.is_won THEN 'won'
                           WHEN is_active = 0 AND has_label THEN 'archived'
                           WHEN is_active = 0 THEN 'lost'
                           ELSE 'open' END AS status
               FROM filled
               JOIN lead ON lead.id = filled.lead_id
               LEFT JOIN crm_stage stage ON stage.id = filled.stage_id
               WHERE NOT is_replaced"""
        )

    @api.model
    def _turns_sql(self):
        """The steps that changed something. Moving a closed deal about is none."""
        return SQL(
            """SELECT * FROM (
                   SELECT *, LAG(status) OVER history AS old_status,
                          LAG((stage_id, stage_name)) OVER history AS old_stage
                   FROM state WINDOW history AS (PARTITION BY lead_id ORDER BY n)) step
               WHERE old_status IS NULL OR old_status <> status OR (
                   status = 'open' AND (stage_id, stage_name) IS DISTINCT FROM old_stage)"""
        )

    @api.model
    def _rows_sql(self):
        return SQL(
            """SELECT lead_id, kind, stage_id, stage_name, at,
                      LEAD(at) OVER history,
                      CASE LEAD(kind) OVER history WHEN 'entered' THEN 'moved'
                           ELSE LEAD(kind) OVER history END,
                      kind NOT IN ('lost', 'archived') AND NOT COALESCE(bool_or(
                          kind NOT IN ('lost', 'archived')) OVER (
                              PARTITION BY lead_id, stage_id, stage_name ORDER BY n
                              ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), FALSE),
                      COALESCE(is_assumed, FALSE)
               FROM (SELECT *, CASE WHEN status <> 'open' THEN status
                                    WHEN old_status <> 'open' THEN 'reopened'
                                    ELSE 'entered' END AS kind
                     FROM turn) turn
               WINDOW history AS (PARTITION BY lead_id ORDER BY n)
               ORDER BY lead_id, n"""
        )
