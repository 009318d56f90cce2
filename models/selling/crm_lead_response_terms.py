"""Whether a lead has to be answered, after how many hours it was, and whether that was in time."""

from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.sql import column_exists, create_column

from ...tools.work_clock import WorkClock
from ..base.optional_number import OptionalFloat

TERMS = ("response_status", "response_hours", "response_in_time")


class CrmLead(models.Model):
    _inherit = "crm.lead"

    response_status = fields.Selection(
        [("answered", "Answered"), ("unneeded", "No Answer Needed")], "Response",
        compute="_compute_response_status", store=True, precompute=True, readonly=True, copy=False,
        help="Empty while nobody has answered. No answer is needed to a lead that its salesperson "
             "entered, or that was recorded after the first contact.",
    )
    response_hours = OptionalFloat(
        "Response Time Counted (Hours)", readonly=True, copy=False, aggregator="avg",
        help="Hours from the creation of the lead to the first response; working hours when the "
             "team has a response calendar.",
    )
    response_in_time = fields.Boolean(
        "Answered in Time", readonly=True, copy=False,
        help="The first response came within the time set for the team or the company.",
    )

    _waiting_idx = models.Index("(create_date) WHERE response_status IS NULL AND active")

    def _auto_init(self):
        """Columns first, lest the ORM computes them row by row; filled by SQL on an upgrade."""
        cr = self.env.cr
        is_upgrade = column_exists(cr, self._table, "first_response_date") and not column_exists(
            cr, self._table, "response_status"
        )
        for name, column_type in zip(TERMS, ("varchar", "float8", "bool"), strict=True):
            if not column_exists(cr, self._table, name):
                create_column(cr, self._table, name, column_type)
        result = super()._auto_init()
        if is_upgrade:
            self.pool.post_init(self._response_assess)
        return result

    @api.depends()
    def _compute_response_status(self):
        """Only when a lead is created: who enters a lead of his own has spoken to the customer."""
        own = not self.env.user.share and self.env.user != self.env.ref("base.user_root")
        for lead in self:
            is_own = own and not lead.response_status and lead.user_id == self.env.user
            lead.response_status = "unneeded" if is_own else lead.response_status

    @api.model
    def _kpi_measured_fields(self):
        return super()._kpi_measured_fields() | set(TERMS)

    def _kpi_flush_answers(self):
        result = super()._kpi_flush_answers()
        self.flush_model(["user_id", "team_id", "company_id", *TERMS])
        self.env["crm.team"].flush_model(["response_calendar_id", "response_hours"])
        self.env["res.company"].flush_model(["response_hours"])
        return result

    @api.model
    def _kpi_record_responses(self, ids):
        recorded = super()._kpi_record_responses(ids)
        self._response_assess(ids)
        return recorded

    @api.model
    def _kpi_recompute_sql(self, ids=None):
        changed = super()._kpi_recompute_sql(ids)
        if ids is None or ids:
            self._response_assess(ids)
        return changed

    # ------------------------------------------------------------
    # Assessment, for sets of leads
    # ------------------------------------------------------------

    @api.model
    def _response_assess(self, ids=None, scope=None):
        """Bring the terms of leads in step with their first response and the settings of teams.

        :param ids: leads to assess; all by default
        :param scope: SQL condition on ``lead`` instead of ids
        """
        if scope is None:
            scope = SQL("lead.id = ANY(%s)", list(ids)) if ids is not None else SQL("TRUE")
        self._kpi_flush_answers()
        changed = self.env.execute_query(SQL(
            """WITH working AS (SELECT * FROM unnest(%(ids)s::int4[], %(hours)s::float8[])
                                AS working(id, hours)),
                    fact AS (%(facts)s),
                    value AS (SELECT id, response_status, response_hours,
                                     response_status = 'answered' AND response_hours <= allowed
                                         AS response_in_time
                              FROM fact)
               UPDATE crm_lead lead SET %(assignments)s
               FROM value
               WHERE value.id = lead.id AND (%(stored)s) IS DISTINCT FROM (%(new)s)
               RETURNING lead.id""",
            facts=self._response_facts_sql(ids, scope),
            **self._response_working_hours(scope), **self._kpi_assignments(TERMS),
        ))
        self._kpi_after_sql(changed, TERMS)

    @api.model
    def _response_facts_sql(self, ids, scope):
        """Rows ``id, response_status, response_hours, allowed`` of the leads in scope."""
        main = self.env["res.company"]._kpi_main_company().id
        return SQL(
            """SELECT lead.id,
                      CASE WHEN lead.first_response_hours IS NOT NULL THEN 'answered'
                           WHEN lead.first_response_date IS NOT NULL
                                OR lead.response_status = 'unneeded'
                                OR (creator.id IS NOT NULL AND lead.create_uid = lead.user_id)
                                OR lead.id IN (SELECT lead_id FROM (%(own)s) AS own)
                           THEN 'unneeded' END AS response_status,
                      COALESCE(working.hours, lead.first_response_hours) AS response_hours,
                      COALESCE(team.response_hours, company.response_hours) AS allowed
               FROM crm_lead lead
               LEFT JOIN working ON working.id = lead.id
               LEFT JOIN crm_team team ON team.id = lead.team_id
               LEFT JOIN res_company company ON company.id = COALESCE(lead.company_id, %(main)s)
               LEFT JOIN res_users creator ON creator.id = lead.create_uid
                    AND creator.id <> 1 AND creator.share IS NOT TRUE
               WHERE %(scope)s""",
            own=self._kpi_answers_sql(ids, by_creator=True), main=main, scope=scope,
        )

    @api.model
    def _response_working_hours(self, scope):
        """Response times in working hours, of answered leads whose team has a calendar.

        :return: dict of two lists of the same length, ``ids`` and ``hours``
        """
        rows = self.env.execute_query(SQL(
            """SELECT team.response_calendar_id, lead.id, lead.create_date,
                      lead.first_response_date
               FROM crm_lead lead JOIN crm_team team ON team.id = lead.team_id
               WHERE team.response_calendar_id IS NOT NULL
                 AND lead.first_response_hours IS NOT NULL AND %s""", scope,
        ))
        by_calendar = {}
        for calendar_id, *row in rows:
            by_calendar.setdefault(calendar_id, []).append(row)
        found = {}
        for calendar_id, spans in by_calendar.items():
            found.update(self._response_work(calendar_id, spans))
        return {"ids": list(found), "hours": list(found.values())}

    @api.model
    def _response_work(self, calendar_id, spans):
        """Working hours of many spans in one calendar, whose hours are read once.

        :param spans: list of ``(key, start, stop)``, naive UTC
        :return: dict ``{key: hours}``
        """
        # Working hours are no secret, and salespeople may not read calendars of others.
        calendar = self.env["resource.calendar"].sudo().browse(calendar_id)
        first, last = min(span[1] for span in spans), max(span[2] for span in spans)
        intervals = calendar._work_intervals_batch(
            pytz.utc.localize(first.replace(microsecond=0)),
            pytz.utc.localize(last + timedelta(seconds=1)),
        )[False]
        clock = WorkClock([(start, stop) for start, stop, _attendance in intervals])
        return {
            key: clock.hours(
                pytz.utc.localize(start.replace(microsecond=0)),
                pytz.utc.localize(stop.replace(microsecond=0)),
            )
            for key, start, stop in spans
        }
