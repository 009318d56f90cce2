from odoo import api, fields, models
from odoo.fields import Domain

from .lead_score_event import EVENTS

FADES_FROM = [
    ("create_date", "Creation of the lead"),
    ("date_conversion", "Conversion to an opportunity"),
    ("date_open", "Assignment to the salesperson"),
    ("date_last_stage_update", "Last change of stage"),
]
# What decides which leads match, and how many points they get.
CONDITION = {
    "set_id", "company_id", "team_id", "condition_type", "domain", "event", "is_absence",
    "min_count", "within_days", "fades_from", "half_life", "lang",
}
# So many managers are told about a rule without an author.
MOST_TOLD = 10
SCORED_BY = CONDITION | {"group_id", "dimension", "points", "state", "active"}


class CrmLeadScoreRule(models.Model):
    _name = "crm.lead.score.rule"
    _description = "Lead Scoring Rule"
    _inherit = ["mail.thread", "crm.lead.score.change", "crm.roi.company.mixin"]
    _order = "dimension desc, sequence, id"
    _check_company_auto = True

    name = fields.Char(
        required=True, translate=True, tracking=True,
        help="The reason a salesperson reads on the lead: “decision maker”, “no phone number”.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    set_id = fields.Many2one(
        "crm.lead.score.set", "Rule Set", required=True, index=True, ondelete="cascade",
        check_company=True, default=lambda self: self._default_set_id(),
    )
    group_id = fields.Many2one(
        "crm.lead.score.group", "Group", index=True, ondelete="restrict", check_company=True,
    )
    company_id = fields.Many2one(
        "res.company", "Company", index="btree_not_null", ondelete="cascade",
        compute="_compute_company_id", store=True, readonly=False, precompute=True,
        help="The rule counts for leads of this company only. Empty: for those of all companies "
             "of its rule set.",
    )
    team_id = fields.Many2one(
        "crm.team", "Sales Team", index="btree_not_null", ondelete="cascade", check_company=True,
        help="The rule counts for leads of this team only. Empty: for those of all teams.",
    )
    dimension = fields.Selection(
        [("fit", "Fit"), ("engagement", "Engagement")], string="Counts For", default="fit",
        required=True, tracking=True,
        help="Fit: who the lead is, it gives the letter. Engagement: what the lead does, it gives "
             "the digit and fades with time.",
    )
    points = fields.Float(
        default=10.0, required=True, tracking=True,
        help="Points a matching lead gets; negative points take away.",
    )
    condition_type = fields.Selection(
        [("domain", "The lead matches"), ("activity", "Something happened")],
        string="Condition", default="domain", required=True,
        help="What happened is counted on leads that match as well.",
    )
    domain = fields.Char(
        "Lead Matches", default="[]", required=True, tracking=True,
        help="Which leads get the points.",
    )
    event = fields.Selection(EVENTS, "What Happened")
    is_absence = fields.Boolean(
        "Did Not Happen", help="The points are for leads on which it did not happen.",
    )
    min_count = fields.Integer("At Least", default=1, required=True, help="How many times.")
    within_days = fields.Integer(
        "Within Days", default=30, required=True,
        help="Days up to today that count.",
    )
    fades_from = fields.Selection(
        FADES_FROM, help="Date from which the points fade. Empty: they do not fade.",
    )
    half_life = fields.Float(
        "Half-Life (Days)", default=30.0, required=True,
        help="After so many days half of the points are left. 0: the points do not fade.",
    )
    lang = fields.Char(
        "Language", readonly=True, default=lambda self: self.env.lang,
        help="Language of the author: translated texts are compared in it, whoever looks.",
    )
    state = fields.Selection(
        [("ok", "Counts"), ("broken", "Switched Off")], default="ok", required=True, readonly=True,
        copy=False, help="Switched off: the rule could not be evaluated and counts for no lead.",
    )
    broken_reason = fields.Text(
        "Why It Was Switched Off", readonly=True, copy=False,
    )

    _points_range = models.Constraint(
        "CHECK (points BETWEEN -1000000 AND 1000000)",
        "The points of a rule lie between -1,000,000 and 1,000,000.",
    )
    _half_life_range = models.Constraint(
        "CHECK (half_life BETWEEN 0 AND 36500)",
        "The half-life of a rule lies between 0 and 36,500 days.",
    )
    _count_range = models.Constraint(
        "CHECK (min_count BETWEEN 1 AND 1000 AND within_days BETWEEN 1 AND 3650)",
        "A rule counts 1 to 1,000 activities within 1 to 3,650 days.",
    )

    @api.model
    def _default_set_id(self):
        return self.env["crm.lead.score.set"]._of_company(self.env.company)

    @api.depends("set_id")
    def _compute_company_id(self):
        for rule in self:
            rule.company_id = rule.set_id.company_id or rule.company_id

    def _score_fields(self):
        return SCORED_BY

    def _score_sets(self):
        return self.set_id

    def write(self, vals):
        if self._is_corrected(vals):
            vals = {**vals, "state": "ok", "broken_reason": False}
        if "lang" not in vals and any(rule._lang_of(vals) != rule.lang for rule in self):
            vals = {**vals, "lang": self.env.lang}
        return super().write(vals)

    def _lang_of(self, vals):
        """:return: the language that the condition is in once these values are written: whoever
            rewrites it names stages and tags in his own"""
        return self.lang if vals.get("domain", self.domain) == self.domain else self.env.lang

    @api.model
    def _is_corrected(self, vals):
        """Whoever changes the condition of a rule that was switched off wants it to count."""
        return bool(vals.keys() & CONDITION) and "state" not in vals

    def _switch_off(self, error):
        """Stop counting a rule that can not be evaluated, and tell its author.

        :param error: text of what went wrong
        """
        self.ensure_one()
        self.write({"state": "broken", "broken_reason": error})
        self.message_post(
            body=self.env._(
                "The scoring rule “%(name)s” was switched off, because it could not be evaluated: "
                "%(error)s. Leads keep their last score, the other rules go on. Correct its "
                "condition and save it: it then counts again.", name=self.name, error=error,
            ),
            partner_ids=self._responsibles().partner_id.ids, message_type="notification",
        )

    def _responsibles(self):
        """:return: users who are to know that a rule fails: its author, else the sales managers"""
        author = self.create_uid.filtered("active")
        if author:
            return author
        domain = Domain("all_group_ids", "in", self.env.ref("sales_team.group_sale_manager").ids)
        if self.company_id:
            domain &= Domain("company_ids", "in", self.company_id.ids)
        return self.env["res.users"].search(domain, limit=MOST_TOLD)
