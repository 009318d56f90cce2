"""Parts of ours on forms of apps that may be absent: views that the program makes."""

from odoo import api, models

# Names of such views: what it is and on which model.
PANEL, BUTTON = "crm_customer_panel_on_", "crm_roi_button_on_"
PREFIXES = (PANEL, BUTTON)


class FormExtension(models.AbstractModel):
    """Extends forms that no data file can name, because their app may not be installed.

    Such a view belongs to the addon, but to none of its data files: an update neither changes nor
    removes it, an uninstallation of either app takes it away.
    """

    _name = "crm.roi.form.extension"
    _description = "Extensions of Forms of Other Apps"

    @api.model
    def _form_extensions(self, prefix):
        """:return: dict ``{model name: view}`` of the extensions that exist, archived ones too"""
        # Views are the program's here: nobody who causes one need be allowed to change views.
        names = self.env["ir.model.data"].sudo().search([
            ("module", "=", "crm_roi"), ("model", "=", "ir.ui.view"),
            ("name", "=like", f"{prefix}%"),
        ])
        # As above.
        views = self.env["ir.ui.view"].sudo().with_context(active_test=False)
        return {view.model: view for view in views.browse(names.mapped("res_id")).exists()}

    @api.model
    def _extend_form(self, prefix, model_name, title, arch):
        """Create the extension of a model's form, or bring it in line.

        :param arch: text of the extension; what somebody has archived stays archived
        """
        view = self._form_extensions(prefix).get(model_name)
        # Views are the program's here, as above.
        View = self.env["ir.ui.view"].sudo()
        form = View.default_view(model_name, "form")
        if not form:
            return
        if not view:
            view = View.create({
                "name": f"{model_name}.form.{title}", "model": model_name, "inherit_id": form,
                "mode": "extension", "priority": 200, "arch": arch,
            })
            # As above: it makes the view part of the addon.
            self.env["ir.model.data"].sudo().create({
                "module": "crm_roi", "model": "ir.ui.view", "res_id": view.id, "noupdate": True,
                "name": prefix + model_name.replace(".", "_"),
            })
        elif view.inherit_id.id != form or view.arch != arch:
            view.write({"inherit_id": form, "arch": arch})
