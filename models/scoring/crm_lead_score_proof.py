from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .lead_score_words import VERDICTS

MONTHS = 24
LOOK_AFTER_DAYS = 7


class CrmLeadScoreProof(models.Model):
    """A back-test: what a rule set would have told about leads whose outcome is known by now.

    A manager chooses which leads; `_run` fills in the results, always the same ones from the same
    leads. Every lead is scored as of the same age, with what was known then.
    """

    _name = "crm.lead.score.proof"
    _inherit = ["crm.lead.score.words", "crm.run.results", "crm.roi.company.mixin"]
    _description = "Lead Score Back-Test"
    _order = "run_at desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, default=lambda self: self.env._("Does the score work?"))
    company_id = fields.Many2one(
        "res.company", "Company", required=True, index=True, ondelete="cascade",
        default=lambda self: self.env.company,
    )
    team_id = fields.Many2one(
        "crm.team", "Sales Team", index="btree_not_null", ondelete="cascade", check_company=True,
        help="Only leads of this team. Empty: of all teams.",
    )
    set_id = fields.Many2one(
        "crm.lead.score.set", "Rule Set", required=True, index=True, ondelete="cascade",
        check_company=True, default=lambda self: self._default_set_id(),
    )
    other_set_id = fields.Many2one(
        "crm.lead.score.set", "Compare With", index="btree_not_null", ondelete="set null",
        check_company=True, domain="[('id', '!=', set_id)]",
        help="A second rule set, tested on the same leads.",
    )
    date_from = fields.Date(
        "Closed From", required=True, default=lambda self: self._default_date_from(),
        help="Leads won or lost from this day on.",
    )
    date_to = fields.Date(
        "Closed Until", required=True, default=fields.Date.context_today,
        help="The last day belongs to the period.",
    )
    after_days = fields.Integer(
        "Look at Leads after (Days)", required=True, default=LOOK_AFTER_DAYS,
        help="Each lead is scored as it was so many days after it was created. Leads closed "
             "before that are left out: their outcome was known already.",
    )
    split_day = fields.Date(
        "Test From",
        help="Leads looked at from this day on test the score; those closed before it are what "
             "was learned from. Empty: the last three tenths of the leads are for the test.",
    )

    # Results: written by _run() alone ----------------------------------
    state = fields.Selection(
        [("draft", "Not Run"), ("done", "Done")], default="draft", required=True, readonly=True,
        copy=False,
    )
    run_at = fields.Datetime("Run On", readonly=True, copy=False)
    run_by_id = fields.Many2one("res.users", "Run By", readonly=True, copy=False)
    split_at = fields.Datetime("Split", readonly=True, copy=False)
    closed_count = fields.Integer("Closed Leads", readonly=True, copy=False)
    early_count = fields.Integer("Closed Too Early", readonly=True, copy=False)
    learning_count = fields.Integer("Learned From", readonly=True, copy=False)
    between_count = fields.Integer("Neither", readonly=True, copy=False)
    testing_won = fields.Integer("Tested On, Won", readonly=True, copy=False)
    testing_lost = fields.Integer("Tested On, Lost", readonly=True, copy=False)
    unrecorded_count = fields.Integer("Without History", readonly=True, copy=False)
    is_cut = fields.Boolean("Latest Leads Only", readonly=True, copy=False)
    verdict = fields.Selection(VERDICTS, readonly=True, copy=False)
    contender_ids = fields.One2many(
        "crm.lead.score.proof.contender", "proof_id", "Compared", readonly=True,
    )
    slice_ids = fields.One2many(
        "crm.lead.score.proof.slice", "proof_id", "Parts", readonly=True,
    )
    grade_ids = fields.One2many(
        "crm.lead.score.proof.slice", "proof_id", "Grades", readonly=True,
        domain=[("part", "=", "grade"), ("kind", "=", "score")],
    )
    rule_ids = fields.One2many(
        "crm.lead.score.proof.rule", "proof_id", "Rules", readonly=True,
    )

    _after_days_range = models.Constraint(
        "CHECK (after_days BETWEEN 0 AND 3650)",
        "Leads are looked at 0 to 3,650 days after they were created.",
    )

    @api.model
    def _default_set_id(self):
        return self.env["crm.lead.score.set"]._of_company(self.env.company)

    @api.model
    def _default_date_from(self):
        return fields.Date.context_today(self) - relativedelta(months=MONTHS)

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        for proof in self:
            if proof.date_from > proof.date_to:
                raise ValidationError(self.env._(
                    "Back-test “%(name)s”: the period ends before it begins. Set “Closed Until” "
                    "to %(day)s or later.", name=proof.name,
                    day=fields.Date.to_string(proof.date_from),
                ))

    def _without_results(self):
        return {**super()._without_results(), "verdict": False}

    @api.model
    def _settings(self):
        return {
            "company_id", "team_id", "set_id", "other_set_id", "date_from", "date_to",
            "after_days", "split_day",
        }

    def _results_refusal(self, names):
        return self.env._(
            "The results of a back-test are computed and cannot be written. Use “Run”."
        )

    def action_run(self):
        for proof in self:
            proof._run()

    def action_make_shadow(self):
        """Copy the rule set with the suggested points as a shadow set, and open it."""
        self.ensure_one()
        suggested = {
            line.rule_id.id: line.points for line in self.rule_ids if line.is_suggested
        }
        if not suggested:
            raise UserError(self.env._(
                "Back-test “%s” suggests no points: the deals do not tell any rule from chance.",
                self.name,
            ))
        shadow = self.set_id._copy_as_shadow(suggested)
        return shadow.get_formview_action()
