from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..models.base.optional_number import OptionalMonetary
from ..models.kpi.kpi_declaration import flow
from ..models.roi.crm_roi_cost_category import KINDS

# Days in an id: no entry is longer, see the limits of crm.roi.cost.
LONGEST = 4096


class CrmRoiCostDay(models.Model):
    """Costs by day: one row for each share of a cost and each day of its period.

    The only source of cost totals. The days of a share add up to it exactly: each is the
    difference of two rounded running totals.
    """

    _name = "crm.roi.cost.day"
    _inherit = ["crm.kpi.fact.table"]
    _description = "Cost by Day"
    _auto = False
    _rec_name = "cost_id"
    _order = "day desc, id desc"

    cost_id = fields.Many2one("crm.roi.cost", "Cost Entry", readonly=True)
    day = fields.Date(readonly=True)
    company_id = fields.Many2one("res.company", "Company", readonly=True)
    currency_id = fields.Many2one("res.currency", "Currency", readonly=True)
    category_id = fields.Many2one("crm.roi.cost.category", "Category", readonly=True)
    kind = fields.Selection(KINDS, readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    feature_id = fields.Many2one("crm.roi.feature", "Feature", readonly=True)
    campaign_id = fields.Many2one("utm.campaign", "Campaign", readonly=True)
    source_id = fields.Many2one("utm.source", "Source", readonly=True)
    medium_id = fields.Many2one("utm.medium", "Medium", readonly=True)
    partner_id = fields.Many2one("res.partner", "Vendor", readonly=True)
    amount = flow(
        "Cost", "costs", ("crm.roi.cost.day", "day", (), "amount"), OptionalMonetary, "currency",
        better="lower",
        help="The part of the costs that falls on the day. Empty while an entry has no exchange "
             "rate.",
    )

    _depends = {
        "crm.roi.cost": ["category_id", "company_currency_id", "date_from", "date_to", "kind",
                         "partner_id"],
        "crm.roi.cost.share": ["amount", "campaign_id", "company_id", "cost_id", "feature_id",
                               "medium_id", "source_id", "team_id"],
    }

    @property
    def _table_query(self):
        return SQL(
            """SELECT share.id::bigint * %(longest)s + step.number AS id,
                      share.cost_id, cost.date_from + step.number - 1 AS day, share.company_id,
                      cost.company_currency_id AS currency_id, cost.category_id, cost.kind,
                      share.team_id, share.feature_id, share.campaign_id, share.source_id,
                      share.medium_id, cost.partner_id,
                      CASE WHEN step.number = length.days THEN share.amount ELSE
                          round(share.amount * step.number / length.days, currency.decimal_places)
                      END - round(
                          share.amount * (step.number - 1) / length.days, currency.decimal_places
                      ) AS amount
               FROM crm_roi_cost_share share
               JOIN crm_roi_cost cost ON cost.id = share.cost_id
               JOIN res_currency currency ON currency.id = cost.company_currency_id
               CROSS JOIN LATERAL (SELECT cost.date_to - cost.date_from + 1 AS days) AS length
               CROSS JOIN LATERAL generate_series(1, length.days) AS step(number)""",
            longest=LONGEST,
        )

    @api.model
    def _kpi_span_sql(self):
        return SQL("SELECT MIN(date_from) AS first, MAX(date_to) AS last FROM crm_roi_cost")

    @api.model
    def _kpi_currencies_sql(self):
        return SQL("SELECT company_currency_id AS currency_id FROM crm_roi_cost")

    @api.model
    @api.readonly
    def action_drill(self, measure, domain):
        """:return: action that opens the cost entries behind a figure under a domain"""
        self.browse().check_access("read")
        model, costs = self._drill_target(Domain(domain))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Costs"),
            "res_model": model,
            "domain": list(costs),
            "views": [(False, "list"), (False, "form")],
            "context": {"active_test": False, "create": False},
            "target": "current",
        }

    @api.model
    def _drill_target(self, days):
        """:return: ``(model, domain)`` of the entries behind the days of a domain"""
        costs = self._read_group(days, ["cost_id"])
        return "crm.roi.cost", Domain("id", "in", [cost.id for (cost,) in costs])
