from odoo import models
from odoo.exceptions import UserError

STUDY = "crm_roi.report_roi_study"


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def get_paperformat(self):
        """The printed study has no header: the paper of the company, with narrow margins."""
        if self.report_name != STUDY or self.paperformat_id:
            return super().get_paperformat()
        is_letter = self.env.company.paperformat_id.format == "Letter"
        return self.env.ref(
            "crm_roi.paperformat_study_letter" if is_letter else "crm_roi.paperformat_study_a4")

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        report = self._get_report(report_ref)
        if report.report_name == STUDY and self.get_wkhtmltopdf_state() in ("install", "broken"):
            raise UserError(self.env._(
                "“%(report)s” cannot be printed: the server lacks a working wkhtmltopdf, the "
                "program that makes PDF files. Ask your administrator to install the package "
                "wkhtmltopdf, or download the study as XLSX.", report=report.name))
        return super()._render_qweb_pdf_prepare_streams(report_ref, data, res_ids)
