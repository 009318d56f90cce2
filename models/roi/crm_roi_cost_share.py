from odoo import fields, models
from odoo.exceptions import AccessError

from ..base.optional_number import OptionalMonetary

DIMENSIONS = ("team_id", "feature_id", "campaign_id", "source_id", "medium_id")


class CrmRoiCostShare(models.Model):
    """The part of a cost that falls on a team, feature, campaign, source and medium.

    Written by the program alone, from the entry and its allocation. The shares of an entry add up
    to its amount in company currency, to the cent; without an exchange rate they are empty.
    """

    _name = "crm.roi.cost.share"
    _inherit = ["crm.machine.written"]
    _description = "Share of a Cost"
    _rec_name = "cost_id"
    _log_access = False

    cost_id = fields.Many2one(
        "crm.roi.cost", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    team_id = fields.Many2one(
        "crm.team", "Sales Team", readonly=True, index="btree_not_null", ondelete="set null"
    )
    feature_id = fields.Many2one(
        "crm.roi.feature", "Feature", readonly=True, index="btree_not_null", ondelete="set null"
    )
    campaign_id = fields.Many2one(
        "utm.campaign", "Campaign", readonly=True, index="btree_not_null", ondelete="set null"
    )
    source_id = fields.Many2one(
        "utm.source", "Source", readonly=True, index="btree_not_null", ondelete="set null"
    )
    medium_id = fields.Many2one(
        "utm.medium", "Medium", readonly=True, index="btree_not_null", ondelete="set null"
    )
    amount = OptionalMonetary(readonly=True)

    def _refuse_manual_change(self):
        raise AccessError(self.env._(
            "The shares of a cost are computed from the cost and its allocation and cannot be "
            "created, changed or deleted. Change the cost or its allocation instead."
        ))
