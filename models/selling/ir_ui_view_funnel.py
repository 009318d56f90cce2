"""The funnel as a type of view, with Odoo's own search bar and view switcher."""

from odoo import fields, models

VIEW = "crm_funnel"


class IrUiView(models.Model):
    _inherit = "ir.ui.view"

    type = fields.Selection(selection_add=[(VIEW, "Funnel")])

    def _get_view_info(self):
        return {VIEW: {"icon": "fa fa-filter"}} | super()._get_view_info()


class IrActionsActWindowView(models.Model):
    _inherit = "ir.actions.act_window.view"

    view_mode = fields.Selection(
        selection_add=[(VIEW, "Funnel")], ondelete={VIEW: "cascade"}
    )
