"""Set-based recomputation of the KPI fields of leads: at install, after imports that write SQL, and
whenever somebody answers a lead. The ORM computes of ``crm_lead.py`` give the same values."""

from odoo import api, models
from odoo.tools import SQL

MEASURED = (
    "cycle_days", "initial_deadline", "deadline_push_count", "first_response_date",
    "first_response_hours",
)


class CrmLead(models.Model):
    _inherit = "crm.lead"

    @api.model
    def _kpi_recompute_sql(self, ids=None):
        """Recompute cycle, deadline and response fields from dates, tracking, messages, meetings.

        :param ids: leads to recompute; all of them by default
        :return: number of leads whose values changed

        What the history does not tell is kept: a first deadline already recorded stays, a
        response already recorded only ever moves to an earlier moment.
        """
        if ids is not None and not ids:
            return 0
        self.env.flush_all()
        changed = self.env.execute_query(SQL(
            """WITH answer AS (%(answers)s),
                    moved AS (%(moves)s),
                    fact AS (%(facts)s),
                    value AS (
                        SELECT *, CASE WHEN first_response_date >= created
                                  THEN EXTRACT(EPOCH FROM date_trunc('second', first_response_date)
                                               - created)::float8 / 3600.0
                                  END AS first_response_hours
                        FROM fact
                    )
               UPDATE crm_lead lead SET %(assignments)s
               FROM value
               WHERE value.id = lead.id AND (%(stored)s) IS DISTINCT FROM (%(new)s)
               RETURNING lead.id""",
            answers=self._kpi_answers_sql(ids),
            moves=self._kpi_deadline_moves_sql(ids),
            facts=self._kpi_measured_sql(ids),
            **self._kpi_assignments(MEASURED),
        ))
        self._kpi_after_sql(changed, MEASURED)
        return len(changed)

    @api.model
    def _kpi_measured_sql(self, ids):
        """Rows of leads with what dates and the tables ``answer`` and ``moved`` tell of them."""
        return SQL(
            """SELECT lead.id, %(cycle)s AS cycle_days,
                      COALESCE(
                          lead.initial_deadline, moved.initial_deadline, lead.date_deadline
                      ) AS initial_deadline,
                      GREATEST(lead.deadline_push_count, moved.push_count, 0)
                          AS deadline_push_count,
                      LEAST(lead.first_response_date, answer.moment) AS first_response_date,
                      date_trunc('second', lead.create_date) AS created
               FROM crm_lead lead
               LEFT JOIN answer ON answer.lead_id = lead.id
               LEFT JOIN moved ON moved.lead_id = lead.id
               WHERE %(scope)s""",
            cycle=self._kpi_cycle_sql("lead"),
            scope=SQL("lead.id = ANY(%s)", list(ids)) if ids is not None else SQL("TRUE"),
        )

    def _kpi_after_sql(self, rows, names):
        leads = self.browse(row[0] for row in rows)
        if not leads:
            return
        self.invalidate_model(names, flush=False)
        leads._kpi_mark_dirty()

    @api.model
    def _kpi_assignments(self, names):
        """SQL parts of an UPDATE of ``names`` from a table ``value``, for rows that differ."""
        columns = [SQL.identifier(name) for name in names]
        return {
            "assignments": SQL(", ").join(
                SQL("%s = %s", column, SQL.identifier("value", name))
                for column, name in zip(columns, names, strict=True)
            ),
            "stored": SQL(", ").join(SQL.identifier("lead", name) for name in names),
            "new": SQL(", ").join(SQL.identifier("value", name) for name in names),
        }

    @api.model
    def _kpi_cycle_sql(self, alias):
        def column(name):
            return SQL("date_trunc('second', %s)", SQL.identifier(alias, name))

        start = SQL("COALESCE(%s, %s)", column("date_conversion"), column("create_date"))
        return SQL(
            """CASE WHEN %(type)s = 'opportunity' AND %(won_status)s IN ('won', 'lost')
                         AND %(end)s >= %(start)s
                    THEN EXTRACT(EPOCH FROM %(end)s - %(start)s)::float8 / 86400.0 END""",
            type=SQL.identifier(alias, "type"), won_status=SQL.identifier(alias, "won_status"),
            end=column("date_closed"), start=start,
        )

    @api.model
    def _kpi_stage_age_sql(self, alias):
        def column(name):
            return SQL.identifier(alias, name, to_flush=self._fields[name])

        end = SQL(
            "CASE WHEN %s AND %s = 'pending' THEN %s::timestamp ELSE %s END",
            column("active"), column("won_status"), self.env.cr.now(), column("date_closed"),
        )
        seconds = SQL(
            "EXTRACT(EPOCH FROM date_trunc('second', %s) - date_trunc('second', %s))::float8",
            end, column("date_last_stage_update"),
        )
        return SQL(
            "(CASE WHEN %s = 'opportunity' AND %s >= 0 THEN %s / 86400.0 END)",
            column("type"), seconds, seconds,
        )

    @api.model
    def _kpi_deadline_moves_sql(self, ids):
        """One row a lead whose expected closing was tracked: first value, times moved later."""
        field_id = self.env["ir.model.fields"]._get_ids(self._name).get("date_deadline")
        scope = SQL("message.res_id = ANY(%s)", list(ids)) if ids is not None else SQL("TRUE")
        return SQL(
            """SELECT lead_id, initial_deadline,
                      COUNT(*) FILTER (
                          WHERE after > COALESCE(before, initial_deadline)
                      )::int4 AS push_count
               FROM (
                   SELECT message.res_id AS lead_id,
                          tracking.old_value_datetime::date AS before,
                          tracking.new_value_datetime::date AS after,
                          FIRST_VALUE(COALESCE(
                              tracking.old_value_datetime, tracking.new_value_datetime
                          )::date) OVER (
                              PARTITION BY message.res_id ORDER BY tracking.id
                          ) AS initial_deadline
                   FROM mail_tracking_value tracking
                   JOIN mail_message message ON message.id = tracking.mail_message_id
                   WHERE tracking.field_id = %(field)s AND message.model = 'crm.lead' AND %(scope)s
               ) move
               GROUP BY lead_id, initial_deadline""",
            field=field_id, scope=scope,
        )
