from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL, format_date
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class CrmKpiTargetMonth(models.Model):
    """The part of a target that falls on a month; written by the program alone."""

    _name = "crm.kpi.target.month"
    _inherit = ["crm.machine.written"]
    _description = "KPI Target of a Month"
    _order = "month, id"
    _rec_name = "month"
    _log_access = False

    target_id = fields.Many2one(
        "crm.kpi.target", required=True, readonly=True, index=True, ondelete="cascade"
    )
    kpi_id = fields.Many2one("crm.kpi", "KPI", required=True, readonly=True, ondelete="cascade")
    code = fields.Char(required=True, readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    team_id = fields.Many2one(
        "crm.team", "Sales Team", readonly=True, index="btree_not_null", ondelete="cascade",
        falsy_value_label=_lt("All teams"),
    )
    user_id = fields.Many2one(
        "res.users", "Salesperson", readonly=True, index="btree_not_null", ondelete="cascade",
        falsy_value_label=_lt("Everybody"),
    )
    month = fields.Date(required=True, readonly=True, help="First day of the month.")
    amount = fields.Float(
        "Target of the Month", readonly=True, digits=False,
        help="What the month is to bring. Months of a KPI that is no sum, such as a rate, are "
             "averaged. Empty over several KPIs, and over a team and its people: the target of a "
             "team is no part beside those of its people.",
    )
    is_summed = fields.Boolean(readonly=True, help="Whether months add up: not those of ratios.")
    is_seasonal = fields.Boolean(readonly=True, help="Spread by the season of the year before.")
    currency_id = fields.Many2one("res.currency", readonly=True, help="Of amounts of money.")

    month_text = fields.Char("Month in Words", compute="_compute_month_text")
    amount_text = fields.Char("Target with Unit", compute="_compute_amount_text")

    _holder_month_uniq = models.UniqueIndex(
        "(company_id, code, month, COALESCE(team_id, 0), COALESCE(user_id, 0))",
        "There is a target for one of these months already.",
    )

    @api.depends("month")
    @api.depends_context("lang")
    def _compute_month_text(self):
        for line in self:
            line.month_text = format_date(self.env, line.month, date_format="MMMM yyyy")

    @api.depends("amount", "code", "currency_id")
    @api.depends_context("lang")
    def _compute_amount_text(self):
        for month in self:
            month.amount_text = self.env["crm.kpi.figures"]._text(
                month.code, month.amount, month.currency_id
            )

    def _refuse_manual_change(self):
        raise AccessError(self.env._(
            "The months of a target are computed from the target and cannot be created, changed or "
            "deleted. Change the target instead."
        ))

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        if aggregate_spec not in ("amount:sum", "amount:avg"):
            return super()._read_group_select(aggregate_spec, query)
        amount, is_summed, currency, code, team, user = (
            self._field_to_sql(self._table, name, query)
            for name in ("amount", "is_summed", "currency_id", "code", "team_id", "user_id")
        )
        # A person's target for all teams holds the one for a team.
        level = SQL("(%s IS NOT NULL)::int * 2 + (%s IS NOT NULL)::int", user, team)
        # Neither rates, nor several KPIs or currencies, nor a whole and its parts can be added.
        return SQL(
            """(CASE WHEN COUNT(DISTINCT %(currency)s) > 1 OR COUNT(DISTINCT %(code)s) > 1
                          OR COUNT(DISTINCT %(level)s) > 1 THEN NULL
                     WHEN bool_and(%(is_summed)s) THEN SUM(%(amount)s)
                     ELSE AVG(%(amount)s) END)""",
            amount=amount, is_summed=is_summed, currency=currency, code=code, level=level,
        )
