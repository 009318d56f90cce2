from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..base.optional_number import OptionalFloat

CONDITIONS = [
    ("below", "Is below a value"), ("above", "Is above a value"),
    ("warning", "Passes its warning threshold"), ("alarm", "Passes its alarm threshold"),
    ("target", "Misses its target"),
]
STEPS = [("day", "Days"), ("week", "Weeks"), ("month", "Months"), ("quarter", "Quarters")]
STATES = [("ok", "Quiet"), ("firing", "Alert")]
# Another definition begins another episode.
DEFINITION = {
    "kpi_id", "company_id", "team_id", "user_id", "condition", "value", "step", "periods",
    "owner_id",
}


class CrmKpiAlert(models.Model):
    """Tells its owner once when a KPI has been on the wrong side for some periods in a row."""

    _name = "crm.kpi.alert"
    _inherit = [
        "mail.thread", "mail.activity.mixin", "crm.roi.company.mixin", "crm.kpi.alert.check",
        "crm.kpi.alert.notice",
    ]
    _description = "KPI Alert"
    _order = "state desc, name, id"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name", store=True, readonly=False, precompute=True,
                       required=True)
    active = fields.Boolean(default=True)
    kpi_id = fields.Many2one("crm.kpi", "KPI", required=True, index=True, ondelete="cascade")
    unit = fields.Selection(related="kpi_id.unit")
    company_id = fields.Many2one(
        "res.company", "Company", required=True, index=True, ondelete="cascade",
        default=lambda self: self.env.company,
    )
    team_id = fields.Many2one(
        "crm.team", "Sales Team", index="btree_not_null", ondelete="cascade", check_company=True,
        help="Only figures of this team. Empty: of all teams.",
    )
    user_id = fields.Many2one(
        "res.users", "Salesperson", index="btree_not_null", ondelete="cascade",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Only figures of this salesperson. Empty: of everybody the owner may see.",
    )
    condition = fields.Selection(CONDITIONS, required=True, default="below", help=(
        "Thresholds are those of the KPI dictionary. A target is missed when the figure of a "
        "finished period is worse than it, or the running period is behind its pace."
    ))
    value = OptionalFloat(
        "Limit", help="Percentages as fractions: 0.25 is 25 %. Money in the company's currency.",
    )
    limit_text = fields.Char(
        "Compared With", compute="_compute_limit_text",
        help="The limit, or the present threshold of the KPI dictionary, in the KPI's unit.",
    )
    step = fields.Selection(
        STEPS, "Look At", required=True, default="week",
        help="The figure of each finished period of this length.",
    )
    periods = fields.Integer("In a Row", required=True, default=1)
    owner_id = fields.Many2one(
        "res.users", "Tell", required=True, index=True, ondelete="cascade",
        default=lambda self: self.env.user, domain="[('share', '=', False)]",
        help="Figures are those this person may see.",
    )
    channel = fields.Selection(
        [("activity", "An activity"), ("mail", "A message")], "By", required=True,
        default="activity", help="A message goes by e-mail or to the inbox, as the person chose.",
    )
    state = fields.Selection(STATES, default="ok", readonly=True, copy=False)
    episode = fields.Integer(default=1, readonly=True, copy=False)
    checked_day = fields.Date(
        "Last Night Looked At", readonly=True, copy=False,
        help="Alerts are looked at once after each night that was measured.",
    )
    problem = fields.Char(readonly=True, copy=False)
    tries = fields.Integer(
        readonly=True, copy=False, default=0,
        help="How often it was begun and not finished since then.",
    )
    event_ids = fields.One2many("crm.kpi.alert.event", "alert_id", "History", readonly=True)

    _periods_positive = models.Constraint(
        "CHECK (periods BETWEEN 1 AND 24)", "An alert looks at 1 to 24 periods in a row.",
    )

    @api.depends("kpi_id", "condition")
    def _compute_name(self):
        words = dict(self._fields["condition"]._description_selection(self.env))
        for alert in self:
            if alert.kpi_id and not alert.name:
                alert.name = f"{alert.kpi_id.name}: {words[alert.condition].lower()}"

    @api.depends("kpi_id", "condition", "value", "company_id")
    @api.depends_context("lang")
    def _compute_limit_text(self):
        figures = self.env["crm.kpi.figures"]
        for alert in self:
            if alert.condition == "target":
                alert.limit_text = self.env._("Target")
                continue
            limit = alert.value
            if alert.condition in ("warning", "alarm"):
                limit = alert._limit_of_kpi() or None  # 0: none is set
            money = alert.company_id.currency_id
            alert.limit_text = alert.kpi_id and figures._text(alert.kpi_id.code, limit, money)

    @api.constrains("condition", "value", "kpi_id", "step")
    def _check_condition(self):
        for alert in self:
            if alert.condition in ("below", "above") and alert.value is False:
                raise ValidationError(self.env._(
                    "Alert “%(alert)s”: enter the limit the figure is compared with.",
                    alert=alert.name,
                ))
            if alert.condition not in ("below", "above") and alert.kpi_id.better == "none":
                raise ValidationError(self.env._(
                    "Alert “%(alert)s”: for “%(kpi)s” neither more nor less is better, so it has "
                    "no threshold or target to pass. Compare it with a value instead.",
                    alert=alert.name, kpi=alert.kpi_id.name,
                ))
            if alert.condition == "target" and alert.step not in ("month", "quarter"):
                raise ValidationError(self.env._(
                    "Alert “%(alert)s”: targets are set by month, so look at months or quarters.",
                    alert=alert.name,
                ))

    def _check_owner(self):
        for alert in self:
            owner = alert.owner_id.sudo()  # only the owner's companies are read
            if owner.share or alert.company_id not in owner.company_ids:
                raise ValidationError(self.env._(
                    "Alert “%(alert)s”: %(owner)s may not work in %(company)s. Choose somebody who "
                    "may.", alert=alert.name, owner=owner.name, company=alert.company_id.name,
                ))

    @api.model_create_multi
    def create(self, vals_list):
        alerts = super().create(vals_list)
        alerts._check_owner()
        return alerts

    def write(self, vals):
        result = super().write(vals)
        if not {"owner_id", "company_id"}.isdisjoint(vals):
            # Record rules are asked before a change only: nobody gives an alert to somebody who
            # sees more, to read it there.
            self.check_access("write")
            self._check_owner()
        if DEFINITION & vals.keys():
            self._arm()
        return result

    def _arm(self):
        """Begin a new episode: what was told before is history, and so are attempts that failed."""
        for alert in self:
            alert.write({
                "state": "ok", "checked_day": False, "problem": False, "tries": 0,
                "episode": alert.episode + 1,
            })

    def action_check(self):
        """Look at the figures now instead of tonight."""
        self.check_access("write")
        # The history is the machine's to write; figures are read with the rights of the owner.
        for alert in self.sudo():
            alert._check()
