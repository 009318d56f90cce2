from odoo import models


class IrUiView(models.Model):
    """The customer's panel goes with the form of the app that it stands on."""

    _inherit = "ir.ui.view"

    def unlink(self):
        # Odoo takes the active extensions of a removed app's form along; one that somebody has
        # archived would keep the form, and the form its app's model, from going.
        if self.env.context.get("_force_unlink"):
            for view in self.env["crm.priority.rule"]._panel_views().values():
                if view.inherit_id in self and not view.active:
                    view.with_env(self.env).unlink()
        return super().unlink()
