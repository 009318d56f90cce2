from odoo import api, fields, models

from ..kpi.crm_kpi_text import NO_DATA
from ..kpi.kpi_figures_text import WHOLE_FROM
from .crm_roi_channel_mixin import FIGURES, MANAGERS


class CrmRoiSourceFigures(models.AbstractModel):
    """What something with a source of its own cost and brought: the figures of that source.

    Odoo gives each mailing its own source, so that its leads and orders can be told apart. Where
    several have the same one, nobody can say which of them brought what: none shows a figure.
    """

    _name = "crm.roi.source.figures"
    _inherit = ["crm.roi.channel.mixin"]
    _description = "Figures of What Has a Source of Its Own"

    roi_sharing_count = fields.Integer(
        "Others with the Same Source", compute="_compute_roi_sharing_count", groups=MANAGERS,
        help="How many others have the same source. With any, what one of them cost and brought "
             "cannot be told from the rest: it stands on the source only.",
    )
    roi_headline = fields.Char("Revenue of the Source", compute="_compute_roi_headline",
                               groups=MANAGERS)
    roi_detail = fields.Char(
        "Note on ROI", compute="_compute_roi_headline", groups=MANAGERS,
        help="The return on what it cost; or why there is none.",
    )

    @api.model
    def _roi_sharing_model(self):
        """:return: the model whose records may have the same source as these"""
        return self

    @api.depends("source_id")
    def _compute_roi_sharing_count(self):
        # Others count whoever may read them; only their number is shown.
        others = self._roi_sharing_model().sudo().with_context(active_test=False)
        counts = dict(others._read_group(
            [("source_id", "in", self.source_id.ids)], ["source_id"], ["__count"]))
        for record in self:
            record.roi_sharing_count = max(counts.get(record.source_id, 0) - 1, 0)

    @api.depends("source_id")
    @api.depends_context("company", "allowed_company_ids")
    def _compute_roi_figures(self):
        self.roi_currency_id = self.env.company.currency_id
        shared = self.filtered(lambda record: record.roi_sharing_count or not record.source_id)
        for name in FIGURES:
            shared[name] = False
            for record in self - shared:
                record[name] = record.source_id[name]

    @api.depends("source_id")
    @api.depends_context("company", "allowed_company_ids", "lang")
    def _compute_roi_headline(self):
        figures = self.env["crm.kpi.figures"]
        for record in self:
            record.roi_headline = self._roi_money_text(record.roi_revenue)
            if record.roi_sharing_count:
                record.roi_detail = self.env._(
                    "Source shared with %s more", record.roi_sharing_count)
            elif record.roi_cost:
                record.roi_detail = self.env._("ROI %s", figures._share_text(record.roi_return))
            else:
                record.roi_detail = self.env._("No cost entered")

    @api.model
    def _roi_money_text(self, amount):
        if amount is False:
            return NO_DATA
        is_whole = abs(amount) >= WHOLE_FROM
        return self.env["crm.kpi"]._unit_text("currency", amount, is_whole=is_whole)

    @api.readonly
    def action_open_roi_figures(self):
        """:return: the figures of the source by month, as a window action"""
        return self.source_id.action_open_roi_figures()
