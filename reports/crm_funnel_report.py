from datetime import datetime

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

from ..models.base.exchange_rate import conversion_sql, flush_rates
from ..models.base.optional_number import OptionalFloat, OptionalInteger, OptionalMonetary

_lt = LazyTranslate(__name__)

WINDOW = 90  # days
BOUNDS = {operator: SQL(operator) for operator in ("<", "<=", ">", ">=")}


class CrmFunnelReport(models.Model):
    """One row for each opportunity and each stage that it reached.

    A stage that was skipped counts as reached with the later one; who moves back has still reached
    it. The last step is to be won, also where no stage is marked as won. The context may say
    ``funnel_first`` (the stage the funnel begins with), ``funnel_stages`` (stages it consists of),
    ``funnel_window`` (days) and ``funnel_own`` (the reader's opportunities: no other is read).
    """

    _name = "crm.funnel.report"
    _description = "Funnel"
    _auto = False
    _order = "cohort_at desc, place"
    _rec_name = "lead_id"
    _rec_names_search = ["lead_id", "stage_id"]

    lead_id = fields.Many2one("crm.lead", "Opportunity", readonly=True)
    stage_id = fields.Many2one(
        "crm.stage", "Stage", readonly=True, falsy_value_label=_lt("Won"),
        help="Empty for what is won while no stage is marked as won.",
    )
    place = fields.Integer("Place in the Funnel", readonly=True, aggregator=None)
    cohort_at = fields.Datetime(
        "Entered the Funnel", readonly=True,
        help="First entry into the first stage or a later one.",
    )
    reached_at = fields.Datetime(
        "Reached", readonly=True, help="First entry into this stage or a later one.",
    )
    is_skipped = fields.Boolean("Skipped", readonly=True, help="It was never in this stage itself.")
    reached = OptionalInteger(
        "Reached in Time", readonly=True, aggregator="sum",
        help="Opportunities that reached the stage within the window after they entered the "
             "funnel. Those that entered it more recently are not counted anywhere: it is too "
             "early to say. Empty over several stages: who reached one has reached all before it.",
    )
    went_on = OptionalInteger(
        "Reached Next", readonly=True, aggregator="sum",
        help="Of those, the ones that reached the next stage or a later one within the window. "
             "Empty over several stages.",
    )
    conversion = OptionalFloat(
        "Share Going On", readonly=True, aggregator="avg",
        help="Reached next, as a share of reached in time. Empty where nobody reached it.",
    )
    done_days = OptionalFloat(
        "Days in Stage, Having Left", readonly=True, aggregator="avg",
        help="Days in the stage while open, all visits together, of those who have left it. "
             "Mind that who is still there is missing; the funnel shows medians that count them.",
    )
    running_days = OptionalFloat(
        "Days in Stage, Still There", readonly=True, aggregator="avg",
        help="Days in the stage so far, all visits together, of those who are in it now.",
    )
    lost = fields.Integer("Lost Here", readonly=True, help="Lost in this stage.")
    lost_reason_id = fields.Many2one("crm.lost.reason", "Lost Reason", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    value_lost = OptionalMonetary(
        "Value Lost", readonly=True,
        help="Expected revenue of what was lost in this stage, at the exchange rate of its day.",
    )
    company_id = fields.Many2one("res.company", "Company", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    source_id = fields.Many2one("utm.source", "Source", readonly=True)

    _depends = {
        "crm.stage.event": ["lead_id", "kind", "stage_id", "entered_at", "left_at"],
        "crm.lead": [
            "active", "won_status", "stage_id", "lost_reason_id", "expected_revenue", "date_closed",
            "company_id", "team_id", "user_id", "source_id", "type",
        ],
        "crm.stage": ["sequence", "is_won", "team_ids"],
    }

    @api.model
    def _stages(self):
        """The stages of the funnel in their order; the last is the first one that is won, if any.

        Stages of some teams only are no step of a funnel of all; unless there are no others.
        """
        everything = self.env["crm.stage"].search([])
        steps = everything.filtered(lambda stage: not stage.is_won)
        chosen = self.env.context.get("funnel_stages")
        if chosen:
            steps = steps.filtered(lambda stage: stage.id in chosen)
        else:
            # Searched, not read: the teams of other companies cannot be read.
            steps = steps.search([("id", "in", steps.ids), ("team_ids", "=", False)]) or steps
        first = steps.filtered(lambda stage: stage.id == self.env.context.get("funnel_first"))
        if first:
            steps = steps[steps.ids.index(first.id):]
        return steps + everything.filtered("is_won")[:1]

    @api.model
    def _steps(self):
        """The steps of the funnel as pairs ``(stage, name)``. To be won is always the last one: by
        outcome, so it is a step even if no stage is marked as won."""
        stages = self._stages()
        steps = [(stage, stage.name) for stage in stages]
        if stages and not stages[-1].is_won:
            steps.append((stages.browse(), self.env._("Won")))
        return steps

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        if aggregate_spec not in ("reached:sum", "went_on:sum"):
            return super()._read_group_select(aggregate_spec, query)
        # Stages cannot be added up: who reached the last one reached them all.
        return SQL(
            "(CASE WHEN COUNT(DISTINCT %s) <= 1 THEN SUM(%s) END)",
            self._field_to_sql(self._table, "place", query),
            self._field_to_sql(self._table, aggregate_spec.partition(":")[0], query),
        )

    @api.model
    def _window(self):
        return max(int(self.env.context.get("funnel_window") or WINDOW), 1)

    @api.model
    def _search(self, domain, *args, **kwargs):
        return super(CrmFunnelReport, self._of_entries(domain))._search(domain, *args, **kwargs)

    @api.model
    def _of_entries(self, domain):
        """Have only the history of those read who entered a stage in the period of a domain: the
        moments of a row are some of its lead's entries, and most leads entered at other times."""
        terms = Domain(domain).optimize_full(self)  # dashboards say “today -365d”
        terms = terms.children if getattr(terms, "OPERATOR", "") == "&" else [terms]
        bounds = [
            (term.field_expr, term.operator, term.value) for term in terms
            if getattr(term, "field_expr", "") in ("cohort_at", "reached_at")
            and term.operator in BOUNDS and isinstance(term.value, datetime)
        ]
        return self.with_context(funnel_entries=tuple(bounds))

    @property
    def _table_query(self):
        flush_rates(self.env)
        return SQL(
            """WITH step(stage_id, place) AS (%(steps)s), visit AS MATERIALIZED (%(visits)s),
                    stay AS (%(stays)s), path AS (%(paths)s)
               %(rows)s""",
            steps=self._steps_sql(), visits=self._visits_sql(), stays=self._stays_sql(),
            paths=self._paths_sql(), rows=self._rows_sql(),
        )

    @api.model
    def _steps_sql(self):
        ids = [stage.id or None for stage, _name in self._steps()]
        return SQL(
            "SELECT * FROM unnest(%s::int[], %s::int[])", ids, list(range(1, len(ids) + 1))
        )

    @api.model
    def _visits_sql(self):
        """Entries with the place of their stage. One that is no step of this funnel stands where
        the last step before it stands; so does one that was deleted. 0: before the funnel."""
        opened = self._stages().filtered(lambda stage: not stage.is_won)
        places, place = {}, 0
        for stage in self.env["crm.stage"].search([]):
            if stage in opened:
                place = opened.ids.index(stage.id) + 1
            places[stage.id] = place
        is_whole = not self.env.context.get("funnel_first")
        return SQL(
            """SELECT event.lead_id, event.entered_at, event.left_at, event.kind,
                      event.is_assumed, step.stage_id IS NOT NULL AS is_own,
                      CASE WHEN event.kind = 'won' THEN %(won)s
                           WHEN event.stage_id IS NOT NULL THEN COALESCE(known.place, 0)
                           ELSE COALESCE((
                               SELECT MAX(earlier.place) FROM step earlier
                               JOIN crm_stage stage ON stage.id = earlier.stage_id
                               WHERE stage.is_won IS NOT TRUE
                                 AND stage.sequence <= event.stage_sequence), %(lowest)s)
                      END AS place
               FROM crm_stage_event event
               LEFT JOIN unnest(%(ids)s::int[], %(places)s::int[]) AS known (stage_id, place)
                      ON known.stage_id = event.stage_id
               LEFT JOIN step ON step.stage_id = event.stage_id AND step.place < %(won)s
               WHERE event.kind IN ('entered', 'reopened', 'won') AND %(entries)s""",
            won=len(self._steps()), lowest=int(is_whole), ids=list(places),
            places=[max(found, int(is_whole)) for found in places.values()],
            entries=self._entries_sql(),
        )

    @api.model
    def _entries_sql(self):
        """SQL condition on ``event``: of the leads that the context speaks of."""
        terms = [SQL("TRUE")]
        by_field = {}  # the moments of a row may be those of different entries
        for name, operator, moment in self.env.context.get("funnel_entries") or ():
            bound = SQL("entry.entered_at %s %s", BOUNDS[operator], moment)
            by_field.setdefault(name, []).append(bound)
        terms += [
            SQL("event.lead_id IN (SELECT entry.lead_id FROM crm_stage_event entry WHERE %s)",
                SQL(" AND ").join(bounds))
            for bounds in by_field.values()
        ]
        if self.env.context.get("funnel_own"):
            terms.append(SQL(
                "event.lead_id IN (SELECT id FROM crm_lead WHERE user_id = %s)", self.env.uid))
        return SQL(" AND ").join(terms)

    @api.model
    def _stays_sql(self):
        return SQL(
            """SELECT lead_id, place, MIN(entered_at) AS entered_at,
                      MAX(entered_at) FILTER (WHERE kind <> 'won') AS last_at,
                      SUM(EXTRACT(EPOCH FROM COALESCE(left_at, %(now)s) - entered_at))
                          FILTER (WHERE kind <> 'won' AND is_own)::float8 / 86400 AS days,
                      bool_or(left_at IS NULL AND kind <> 'won') AS is_running,
                      bool_or(is_own OR kind = 'won') AS is_own,
                      bool_or(is_assumed) AS is_assumed
               FROM visit WHERE place > 0 GROUP BY lead_id, place""",
            now=self.env.cr.now(),
        )

    @api.model
    def _paths_sql(self):
        """Each step up to the farthest, also those that were skipped."""
        return SQL(
            """SELECT *, MIN(reached_at) OVER (PARTITION BY lead_id) AS cohort_at,
                      LEAD(reached_at) OVER (PARTITION BY lead_id ORDER BY place) AS next_at
               FROM (SELECT farthest.lead_id, step.stage_id, step.place, stay.days,
                            stay.is_running, stay.is_own, stay.is_assumed, final_place,
                            MIN(stay.entered_at) OVER (
                                PARTITION BY farthest.lead_id ORDER BY step.place DESC
                            ) AS reached_at
                     FROM (SELECT lead_id, MAX(place) AS place,
                                  (array_agg(place ORDER BY last_at DESC NULLS LAST, place DESC))[1]
                                      AS final_place
                           FROM stay GROUP BY lead_id) farthest
                     JOIN step ON step.place <= farthest.place
                     LEFT JOIN stay ON stay.lead_id = farthest.lead_id
                                   AND stay.place = step.place) reached"""
        )

    @api.model
    def _rows_sql(self):
        main = self.env["res.company"]._kpi_main_company()
        target = self.env.company.currency_id.id
        rate = conversion_sql(
            SQL("company.currency_id"), SQL("%s", target), SQL("company.id"),
            SQL("COALESCE(lead.date_closed, path.reached_at)"),
        )
        window = SQL("%s * interval '1 day'", self._window())
        return SQL(
            """SELECT path.lead_id::int8 * 1000 + path.place AS id, path.lead_id, path.stage_id,
                      path.place, path.cohort_at, path.reached_at,
                      path.is_own IS NOT TRUE AS is_skipped,
                      CASE WHEN %(in_time)s THEN 1 END AS reached,
                      CASE WHEN %(in_time)s AND NOT path.is_last THEN %(went_on)s END AS went_on,
                      CASE WHEN %(in_time)s AND NOT path.is_last
                           THEN %(went_on)s::float8 END AS conversion,
                      CASE WHEN NOT is_assumed AND NOT is_running THEN days END AS done_days,
                      CASE WHEN NOT is_assumed AND is_running THEN days END AS running_days,
                      CASE WHEN %(lost)s THEN 1 ELSE 0 END AS lost,
                      CASE WHEN %(lost)s THEN lead.lost_reason_id END AS lost_reason_id,
                      %(target)s AS currency_id,
                      CASE WHEN NOT %(lost)s THEN NULL
                           WHEN company.currency_id = %(target)s THEN lead.expected_revenue
                           ELSE lead.expected_revenue * %(rate)s::numeric END AS value_lost,
                      lead.company_id, lead.team_id, lead.user_id, lead.source_id
               FROM (SELECT *, place = %(last)s AS is_last FROM path) path
               JOIN crm_lead lead ON lead.id = path.lead_id
               JOIN res_company company ON company.id = COALESCE(lead.company_id, %(main)s)
               WHERE lead.active OR lead.won_status <> 'pending'""",
            in_time=SQL(
                "(path.cohort_at <= %s - %s AND path.reached_at <= path.cohort_at + %s)",
                self.env.cr.now(), window, window,
            ),
            went_on=SQL(
                "CASE WHEN path.next_at <= path.cohort_at + %s THEN 1 ELSE 0 END", window
            ),
            lost=SQL("(lead.won_status = 'lost' AND path.place = path.final_place)"),
            target=target, rate=rate, main=main.id, last=len(self._steps()),
        )
