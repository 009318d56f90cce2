# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.tools import format_date, format_datetime, html2plaintext

from .chart_shapes import HEIGHT, WIDTH, draw

TITLES = ("chart_cumulative", "chart_costs", "chart_parts")


class CrmRoiStudyReport(models.AbstractModel):
    """What the printed study shows: the texts and figures of the screen, and its charts as lines.

    Names are written as text and notes without their pictures, so that nothing a user typed makes
    the server fetch an address.
    """

    _name = "report.crm_roi.report_roi_study"
    _description = "Printed ROI Study"

    @api.model
    def _get_report_values(self, docids, data=None):
        studies = self.env["crm.roi.study"].browse(docids)
        return {
            "docs": studies,
            "charts": {study.id: self._drawings(study) for study in studies},
            "assumptions": {study.id: study._assumption_rows() for study in studies},
            "width": WIDTH,
            "height": HEIGHT,
            "money": lambda study, amount: study._money(amount),
            "date": lambda day: format_date(self.env, day),
            "moment": lambda moment: format_datetime(self.env, moment),
            "month": lambda day: format_date(self.env, day, date_format="MMM yyyy"),
            "plain": html2plaintext,
        }

    @api.model
    def _drawings(self, study):
        """:return: list of ``(title, text, shapes)``"""
        charts = study._charts()
        return [
            (study._fields[name]._description_string(self.env), charts[name].text,
             draw(charts[name], study._short_money))
            for name in TITLES if charts[name]
        ]
