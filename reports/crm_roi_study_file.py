# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64

from odoo import api, fields, models

from .study_sheet import render_study


class CrmRoiStudy(models.Model):
    """The workbook of a study, made when it is asked for."""

    _inherit = "crm.roi.study"

    xlsx_file = fields.Binary("Workbook", compute="_compute_xlsx", attachment=False)
    xlsx_name = fields.Char("Name of the Workbook", compute="_compute_xlsx")

    @api.depends("computed_at")
    @api.depends_context("lang")
    def _compute_xlsx(self):
        for study in self:
            study.xlsx_file = base64.b64encode(render_study(study))
            study.xlsx_name = f"{study.name}.xlsx"

    def action_download_xlsx(self):
        """Download the study as a workbook."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url", "target": "download",
            "url": f"/web/content/{self._name}/{self.id}/xlsx_file?download=true"
                   "&filename_field=xlsx_name",
        }
