from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

QUESTIONS = [
    ("between", "Do people who do more of it have better results?"),
    ("team", "Inside the same team, do people who do more of it have better results?"),
    ("within", "Does the same person have better results in quarters with more of it?"),
]
PER = [("week", "Per week"), ("lead", "Per new lead"), ("deal", "Per closed deal")]
HABITS = ("call_count", "email_count", "meeting_count", "note_count", "task_count")
OUTCOMES = ("win_rate", "revenue_per_lead", "average_cycle_days")
MONTHS = 12
MIN_CLOSED = 10


class CrmWinningAnalysis(models.Model):
    """Which habits of salespeople go with results, and whose results differ by more than chance.

    A manager chooses the period; `_run` fills in the results from the KPI snapshots, always the
    same ones from the same figures.
    """

    _name = "crm.winning.analysis"
    _inherit = ["crm.winning.words", "crm.run.results", "crm.roi.company.mixin"]
    _description = "What Goes With Winning"
    _order = "run_at desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, default=lambda self: self.env._("What goes with winning"))
    company_id = fields.Many2one(
        "res.company", "Company", required=True, index=True, ondelete="cascade",
        default=lambda self: self.env.company,
        help="Money is shown in its currency.",
    )
    all_companies = fields.Boolean(
        "All My Companies",
        help="Salespeople of all companies you have switched on are compared. Only you will see "
             "the results.",
    )
    counted_company_ids = fields.Json(
        "Companies Counted", readonly=True, copy=False, help="Those of the latest run.",
    )
    team_id = fields.Many2one(
        "crm.team", "Sales Team", index="btree_not_null", ondelete="cascade", check_company=True,
        help="Only figures of this team. Empty: of all teams.",
    )
    date_from = fields.Date(
        "From", required=True, default=lambda self: self._default_dates()[0],
    )
    date_to = fields.Date(
        "Until", required=True, default=lambda self: self._default_dates()[1],
        help="The last day belongs to the period.",
    )
    question = fields.Selection(QUESTIONS, required=True, default="between")
    per = fields.Selection(
        PER, "Habits Counted", required=True, default="week",
        help="A week counts when the person had any figure in its month. Shares and averages are "
             "taken as they are.",
    )
    min_closed = fields.Integer(
        "Closed Deals at Least", required=True, default=MIN_CLOSED,
        help="People (or quarters of a person) with fewer closed deals are left out of the "
             "habits: their results are mostly chance. The ranking takes them all.",
    )
    habit_ids = fields.Many2many(
        "crm.kpi", "crm_winning_analysis_habit_rel", "analysis_id", "kpi_id", "Habits",
        default=lambda self: self._default_habit_ids(),
    )
    outcome_ids = fields.Many2many(
        "crm.kpi", "crm_winning_analysis_outcome_rel", "analysis_id", "kpi_id", "Results",
        default=lambda self: self.env["crm.kpi"].search([("code", "in", OUTCOMES)]),
    )

    # Results: written by _run() alone ----------------------------------
    state = fields.Selection(
        [("draft", "Not Run"), ("done", "Done")], default="draft", required=True, readonly=True,
        copy=False,
    )
    run_at = fields.Datetime("Run On", readonly=True, copy=False)
    people_count = fields.Integer("Salespeople Compared", readonly=True, copy=False)
    point_count = fields.Integer("Points", readonly=True, copy=False)
    left_out_count = fields.Integer("Left Out", readonly=True, copy=False)
    mean_rate = fields.Float("Win Rate of All", readonly=True, copy=False)
    spread_p = fields.Float(
        "p of the Differences", readonly=True, copy=False, digits=(16, 4),
        help="How often people who are all alike would differ as much by chance.",
    )
    finding_ids = fields.One2many(
        "crm.winning.finding", "analysis_id", "Habits and Results", readonly=True,
    )
    place_ids = fields.One2many("crm.winning.place", "analysis_id", "Ranking", readonly=True)

    _min_closed_positive = models.Constraint(
        "CHECK (min_closed BETWEEN 1 AND 100000)",
        "Set “Closed Deals at Least” to 1 or more.",
    )

    @api.model
    def _default_dates(self):
        """The last twelve whole months: a running month would compare halves with wholes."""
        first = fields.Date.context_today(self).replace(day=1)
        return first - relativedelta(months=MONTHS), first - relativedelta(days=1)

    @api.model
    def _default_habit_ids(self):
        return self.env["crm.kpi"].search([("code", "in", HABITS)])

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        for analysis in self:
            if analysis.date_from > analysis.date_to:
                raise ValidationError(self.env._(
                    "“%(name)s”: the period ends before it begins. Set “Until” to %(day)s or "
                    "later.", name=analysis.name, day=fields.Date.to_string(analysis.date_from),
                ))

    def _without_results(self):
        self._drop_results()
        return super()._without_results()

    def _drop_results(self):
        """They belong to the settings they were found with, and to whoever may see those."""
        self.check_access("write")
        # Results are the machine's: nobody else may delete them.
        machine = self.sudo()
        machine.finding_ids.unlink()
        machine.place_ids.unlink()

    @api.model
    def _settings(self):
        return {
            "company_id", "all_companies", "team_id", "date_from", "date_to", "question", "per",
            "min_closed", "habit_ids", "outcome_ids",
        }

    def _results_refusal(self, names):
        return self.env._(
            "The results of “What Goes With Winning” are computed and cannot be written. Use "
            "“Run”."
        )

    def action_run(self):
        for analysis in self:
            analysis._run()
