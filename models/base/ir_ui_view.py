from odoo import models

from .form_extension import PREFIXES


class IrUiView(models.Model):
    """What the program puts on the form of an app goes with that form."""

    _inherit = "ir.ui.view"

    def unlink(self):
        # Odoo takes the active extensions of a removed app's form along; one that somebody has
        # archived would keep the form, and the form its app's model, from going.
        if self.env.context.get("_force_unlink"):
            for prefix in PREFIXES:
                for view in self.env["crm.roi.form.extension"]._form_extensions(prefix).values():
                    if view.inherit_id in self and not view.active:
                        view.with_env(self.env).unlink()
        return super().unlink()
