from odoo import api, fields, models

from ..base.optional_number import OptionalFloat, OptionalInteger, OptionalMonetary

MANAGERS = "sales_team.group_sale_manager"
# Field of a campaign, source or medium: measure of the figures.
FIGURES = {
    "roi_cost": "cost",
    "roi_lead_count": "lead_count",
    "roi_won_count": "won_count",
    "roi_revenue": "revenue",
    "roi_margin": "margin",
    "roi_new_customer_count": "new_customer_count",
    "roi_cost_per_lead": "cost_per_lead",
    "roi_customer_cost": "customer_acquisition_cost",
    "roi_return": "return_on_cost",
}


def figure(cls, label, help, **kwargs):
    """A figure of a campaign, source or medium, for sales managers."""
    if cls is OptionalMonetary:
        kwargs["currency_field"] = "roi_currency_id"
    return cls(label, compute="_compute_roi_figures", groups=MANAGERS, help=help, **kwargs)


class CrmRoiChannelMixin(models.AbstractModel):
    """What a campaign, source or medium cost and brought so far, read live."""

    _name = "crm.roi.channel.mixin"
    _description = "Figures of a Campaign, Source or Medium"

    roi_currency_id = fields.Many2one(
        "res.currency", compute="_compute_roi_figures", groups=MANAGERS
    )
    roi_cost = figure(OptionalMonetary, "Cost", "Acquisition cost until today. Empty without any.")
    roi_lead_count = figure(
        OptionalInteger, "Leads", "Leads and opportunities created, lost ones too."
    )
    roi_won_count = figure(OptionalInteger, "Won Deals", "Opportunities won.")
    roi_revenue = figure(
        OptionalMonetary, "Revenue", "Untaxed amount of confirmed orders, less credit notes."
    )
    roi_margin = figure(OptionalMonetary, "Margin", "Margin of confirmed orders.")
    roi_new_customer_count = figure(
        OptionalInteger, "New Customers", "Customers whose first confirmed order came from here."
    )
    roi_cost_per_lead = figure(
        OptionalMonetary, "Cost per Lead", "Cost divided by leads. Empty without cost or leads."
    )
    roi_customer_cost = figure(
        OptionalMonetary, "Cost per New Customer",
        "Cost divided by new customers. Empty without cost or new customers.",
    )
    roi_return = figure(
        OptionalFloat, "ROI", "Margin less cost, as a share of the cost. Empty without cost.",
        digits=(16, 4),
    )

    @api.model
    def _roi_dimension(self):
        """:return: name of the field of the figures that holds records of this model"""
        return {"utm.campaign": "campaign_id", "utm.source": "source_id",
                "utm.medium": "medium_id"}[self._name]

    @api.depends_context("company", "allowed_company_ids")
    def _compute_roi_figures(self):
        dimension = self._roi_dimension()
        groups = self.env["crm.roi.channel"]._read_group(
            [(dimension, "in", self._origin.ids)], [dimension],
            [f"{measure}:sum" for measure in FIGURES.values()],
        )
        found = {record.id: values for record, *values in groups}
        nothing = [0 if name.endswith("_count") else False for name in FIGURES]
        for record in self:
            record.roi_currency_id = self.env.company.currency_id
            values = found.get(record._origin.id, nothing)
            for name, value in zip(FIGURES, values, strict=True):
                record[name] = False if value is None else value

    @api.readonly
    def action_open_roi_figures(self):
        """:return: the figures of this campaign, source or medium by month, as a window action"""
        self.ensure_one()
        self.env["crm.roi.channel"].check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_roi.crm_roi_channel_action")
        return {
            **action, "name": self.env._("Figures of %s", self.display_name),
            "domain": [(self._roi_dimension(), "=", self.id)],
            "context": {"pivot_row_groupby": ["day:month"], "graph_groupbys": ["day:month"]},
        }
