from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.placeholder import placeholders
from .lead_followup_cause import CAUSES

WORDS = {"lead", "customer", "salesperson", "days"}


class CrmLeadFollowupRule(models.Model):
    _name = "crm.lead.followup.rule"
    _inherit = [
        "mail.thread", "crm.roi.company.mixin", "crm.lead.followup.engine",
        "crm.lead.followup.activity",
    ]
    _description = "Follow-up Rule"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", "Company", index="btree_not_null", ondelete="cascade",
        default=lambda self: self.env.company,
        help="The rule is for leads of this company. Empty: for those of all companies.",
    )
    team_id = fields.Many2one(
        "crm.team", "Sales Team", index="btree_not_null", ondelete="cascade", check_company=True,
        help="The rule is for leads of this team. Empty: for those of all teams.",
    )
    lead_type = fields.Selection(
        [("opportunity", "Opportunities"), ("all", "Leads and opportunities")], "For",
        default="opportunity", required=True,
    )
    cause = fields.Selection(
        CAUSES, "When", default="silence", required=True, tracking=True,
        help="No contact: no message to or from the customer, no activity done and no meeting "
             "for so many days, since the lead was assigned at the earliest.\n"
             "Quotation without answer: the latest quotation was sent so many days ago; since "
             "then no word from the customer, no activity done and no meeting.\n"
             "Expected closing is near: it is so many days away, or fewer.\n"
             "No next activity: nothing is planned, and for so many days nothing was done.\n"
             "Hot and untouched: no contact since the lead became hot, so many days ago.",
    )
    days = fields.Integer(default=14, required=True, tracking=True)
    skip_planned = fields.Boolean(
        "Not When an Activity Is Planned", default=True,
        help="Leads with an open activity are left alone: somebody has them in hand, and overdue "
             "activities are reminded of.",
    )
    assign_to = fields.Selection(
        [("owner", "Salesperson, else team leader"), ("leader", "Team leader")], "For Whom",
        default="owner", required=True,
        help="A lead whose salesperson is missing, archived or not in the lead's company goes to "
             "the team leader.",
    )
    plan_id = fields.Many2one(
        "mail.activity.plan", "Activity Plan", ondelete="restrict", check_company=True,
        domain="[('res_model', '=', 'crm.lead')]",
        help="Schedules all activities of the plan instead of one.",
    )
    activity_type_id = fields.Many2one(
        "mail.activity.type", "Activity", required=True, ondelete="restrict",
        domain="['|', ('res_model', '=', False), ('res_model', '=', 'crm.lead')]",
        default=lambda self: self.env.ref("mail.mail_activity_data_call", False),
    )
    delay_days = fields.Integer("Due in Days", default=0, required=True)
    summary = fields.Char(
        translate=True,
        help="In braces: {lead}, {customer}, {salesperson}, {days}. Salespeople read it in their "
             "own language.",
    )
    note = fields.Html(translate=True, help="In braces: {lead}, {customer}, {salesperson}, {days}.")
    daily_limit = fields.Integer(
        "At Most per Person and Day", default=5, required=True,
        help="So that a new rule does not bury people: the leads with the best score come first, "
             "the others on the following days. 0: no limit.",
    )
    last_day = fields.Date("Last Run", readonly=True, copy=False)
    problem = fields.Text(
        "What Went Wrong", readonly=True, copy=False,
        help="The error of the last run. The rule is tried again the next day.",
    )
    followup_ids = fields.One2many("crm.lead.followup", "rule_id", "Follow-ups")

    _days_range = models.Constraint(
        "CHECK (days BETWEEN 0 AND 3650 AND delay_days BETWEEN 0 AND 365)",
        "Days of a follow-up rule lie between 0 and 3,650, its activity is due within 365 days.",
    )
    _limit_range = models.Constraint(
        "CHECK (daily_limit BETWEEN 0 AND 1000)",
        "A follow-up rule schedules 0 (no limit) to 1,000 activities per person and day.",
    )

    @api.constrains("summary", "note")
    def _check_words(self):
        for rule in self:
            unknown = (placeholders(rule.summary) | placeholders(rule.note)) - WORDS
            if unknown:
                raise ValidationError(self.env._(
                    "Follow-up rule “%(rule)s”: {%(word)s} is not known. In braces you can write "
                    "{lead}, {customer}, {salesperson} and {days}.",
                    rule=rule.name, word=min(unknown),
                ))

    @api.constrains("activity_type_id", "plan_id")
    def _check_model(self):
        for rule in self:
            models = {rule.activity_type_id.res_model, rule.plan_id.res_model} - {False}
            if models - {"crm.lead"}:
                raise ValidationError(self.env._(
                    "Follow-up rule “%(rule)s”: choose an activity and a plan that are meant for "
                    "leads.", rule=rule.name,
                ))

    def write(self, vals):
        # A rule that was corrected need not wait for tomorrow.
        if vals.keys() & {"cause", "days", "active", "team_id", "company_id", "daily_limit"}:
            vals = {"last_day": False, "problem": False, **vals}
        return super().write(vals)

    def _matching_lead_ids(self):
        """Ids of the leads that would get an activity, those over the daily limit included."""
        self.env.flush_all()
        rows = self.env.execute_query(self._candidates_sql())
        return [row[0] for row in rows]

    def action_preview(self):
        """Open the leads for which the rule would schedule an activity if it ran now."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("%(rule)s: leads concerned now", rule=self.name),
            "res_model": "crm.lead",
            "views": [(self.env.ref("crm.crm_case_tree_view_oppor").id, "list"), (False, "form")],
            "domain": [("id", "in", self._matching_lead_ids())],
            "context": {"create": False},
            "help": self.env._("<p class='o_view_nocontent_neutral_face'>No lead needs this "
                               "follow-up now</p>"),
        }

    def action_open_followups(self):
        """Open what the rule has scheduled so far."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_roi.crm_lead_followup_action"
        )
        return {**action, "domain": [("rule_id", "in", self.ids)], "context": {}}
