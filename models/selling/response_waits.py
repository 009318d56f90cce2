"""How long leads wait for their first answer, those still waiting included."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.survival import quantiles
from ..leads.crm_lead import SECONDS_PER_HOUR

FACT = "first_response_expected_count"


class ResponseWaits(models.AbstractModel):
    """Median time to the first answer (Kaplan and Meier), read with the rights of the reader.

    No KPI: a median can not be summed over days and people. Who is still waiting counts as having
    waited until now, and a lead closed without an answer until it was closed.
    """

    _name = "crm.response.waits"
    _description = "Waits for the First Answer"

    @api.model
    def _medians(self, period, scope=None, dimension="team_id"):
        """Median hours to the first answer of the leads that the KPI “Leads to Answer” counts.

        :param period: :class:`ReportPeriod` or one of its keys
        :param scope: as for ``crm.kpi.figures``
        :param dimension: ``"team_id"``, ``"user_id"`` or ``"source_id"``
        :return: dict ``{id or False, None for all: (median, low, high)}`` in hours (working hours
            where the team has a response calendar); ``None`` where half have not been answered
        """
        done, running = {}, {}
        for key, hours, is_answered in self._waits(period, scope, dimension):
            for group in (key or False, None):
                (done if is_answered else running).setdefault(group, []).append(hours)
        return {
            group: tuple(quantiles(done.get(group, []), running.get(group, []))[0])
            for group in {**done, **running}
        }

    @api.model
    def _waits(self, period, scope, dimension):
        """:return: list of ``(id of the dimension or None, hours, whether it was answered)``"""
        Lead = self.env["crm.lead"].with_context(active_test=False)
        query = Lead._search(self._lead_domain(period, scope))
        names = (dimension, "response_status", "response_hours", "create_date", "date_closed",
                 "team_id")
        rows = self.env.execute_query(query.select(
            SQL.identifier(Lead._table, "id"),
            *(Lead._field_to_sql(Lead._table, name, query) for name in names),
        ))
        now = fields.Datetime.now()
        spans = {}
        for row in rows:
            if row[2] != "answered":
                created = row[4].replace(microsecond=0)
                spans[row[0]] = (created, max(row[5] or now, created), row[6])
        open_hours = self._open_hours(spans)
        return [
            (row[1], row[3], True) if row[2] == "answered" else (row[1], open_hours[row[0]], False)
            for row in rows
        ]

    @api.model
    def _open_hours(self, spans):
        """Hours without an answer: plain, or of the calendar of the team.

        :param spans: dict ``{lead id: (start, stop, team id or None)}``
        """
        hours = {
            key: (stop - start).total_seconds() / SECONDS_PER_HOUR
            for key, (start, stop, _team) in spans.items()
        }
        # Which hours count is the same for every reader.
        teams = self.env["crm.team"].sudo().with_context(active_test=False).search([
            ("response_calendar_id", "!=", False),
        ])
        for team in teams:
            own = [(key, *span[:2]) for key, span in spans.items() if span[2] == team.id]
            if own:
                hours.update(
                    self.env["crm.lead"]._response_work(team.response_calendar_id.id, own)
                )
        return hours

    @api.model
    def _lead_domain(self, period, scope):
        """Domain of the leads that the KPI counts in the period, up to last night."""
        Figures, Snapshot = self.env["crm.kpi.figures"], self.env["crm.kpi.snapshot"]
        period = Figures._period(period).elapsed(Figures._today())
        days = Domain("day", ">=", period.first) & Domain("day", "<", period.stop)
        return Snapshot._drill_domain(
            Snapshot._kpi_facts()[FACT], days & Figures._scope_domain(scope)
        )
