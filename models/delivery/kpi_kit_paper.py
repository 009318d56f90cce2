"""A report kit on paper."""

from odoo import api, models
from odoo.exceptions import UserError

from ...reports.chart_shapes import HEIGHT, WIDTH, draw

REPORT = "crm_roi.report_kpi_kit"
# Rows of a table on paper; the workbook has them all.
MOST_ROWS = 40


class KpiKitPaper(models.AbstractModel):
    _name = "crm.kpi.kit.paper"
    _description = "Report Kit on Paper"

    @api.model
    def _pdf_of(self, kit):
        """:return: the kit as the bytes of a PDF file, on the paper of the company
        :raise UserError: the server cannot make PDF files
        """
        Report = self.env["ir.actions.report"]
        if Report.get_wkhtmltopdf_state() in ("install", "broken"):
            raise UserError(self.env._(
                "The server lacks a working wkhtmltopdf, the program that makes PDF files. Ask "
                "your administrator to install the package wkhtmltopdf."))
        # A page with its own style and no address in it: nothing is fetched, from nowhere.
        page = self.env["ir.qweb"]._render(
            "crm_roi.kpi_kit_page", self._paper_values(kit), minimal_qcontext=True)
        return Report._run_wkhtmltopdf([str(page)], report_ref=REPORT)

    @api.model
    def _paper_values(self, kit):
        return {
            "kit": kit, "most": MOST_ROWS, "width": WIDTH, "height": HEIGHT,
            "direction": "rtl" if kit.is_rtl else "ltr", "lang": self.env.lang,
            "begin": "right" if kit.is_rtl else "left",
            "end": "left" if kit.is_rtl else "right",
            "drawings": {section.key: draw(section.chart, section.axis)
                         for section in kit.sections if section.chart},
        }


class KpiKitReport(models.AbstractModel):
    """What the address of the report shows: the kit with the figures of whoever opens it."""

    _name = "report.crm_roi.report_kpi_kit"
    _description = "Printed Report Kit"

    @api.model
    def _get_report_values(self, docids, data=None):
        schedules = self.env["crm.kpi.report.schedule"].browse(docids)
        schedules.check_access("read")
        pages = []
        for schedule in schedules:
            reader = schedule._as_reader(self.env.user)
            pages.append(reader._paper_values(reader._build(schedule, schedule._today_of())))
        return {"pages": pages, "docs": schedules}
