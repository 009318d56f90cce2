from odoo import models
from odoo.exceptions import UserError

STUDY = "crm_roi.report_roi_study"
# Printed without Odoo's header, on the paper of the company.
OWN_REPORTS = {STUDY, "crm_roi.report_kpi_kit"}


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def get_paperformat(self):
        """Our reports have no header: the paper of the company, with narrow margins."""
        if self.report_name not in OWN_REPORTS or self.paperformat_id:
            return super().get_paperformat()
        is_letter = self.env.company.paperformat_id.format == "Letter"
        return self.env.ref(
            "crm_roi.paperformat_study_letter" if is_letter else "crm_roi.paperformat_study_a4")

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        report = self._get_report(report_ref)
        is_missing = self.get_wkhtmltopdf_state() in ("install", "broken")
        if report.report_name in OWN_REPORTS and is_missing:
            raise UserError(self.env._(
                "“%(report)s” cannot be printed: the server lacks a working wkhtmltopdf, the "
                "program that makes PDF files. Ask your administrator to install the package "
                "wkhtmltopdf, or take the XLSX file.", report=report.name))
        return super()._render_qweb_pdf_prepare_streams(report_ref, data, res_ids)
