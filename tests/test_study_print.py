"""The printed study: its text is the screen's, and it comes without surprises."""

import io
import re
import shutil
from unittest import skipUnless
from unittest.mock import patch

import PyPDF2

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from .common_study import StudyCase

REPORT = "crm_roi.crm_roi_study_report_action"
HAS_PROGRAM = bool(shutil.which("wkhtmltopdf"))


def plain(text):
    """Text with one space where there is any, and without marks that have no width."""
    return re.sub(r"\s+", " ", re.sub("[\u200b\u2060\ufeff]", "", text)).strip()


@tagged("post_install", "-at_install", "fault")
class TestStudyPrint(HttpCase, StudyCase):
    def render(self, studies, user=None):
        report = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        report = report.with_user(user or self.manager).with_context(
            allowed_company_ids=self.company.ids)
        return report._render_qweb_pdf(REPORT, studies.ids)[0]

    def html(self, study):
        return self.env["ir.actions.report"]._render_qweb_html(REPORT, study.ids)[0].decode()

    def screen_texts(self, study):
        """What the manager sees on the form."""
        names = ("name", "roi_value_text", "roi_range_text", "gain_text", "gain_range_text",
                 "cost_text", "npv_text", "npv_range_text", "payback_text", "irr_text", "summary",
                 "evidence", "saving_text", "horizon_text")
        texts = [study[name] for name in names]
        texts += [chart.text for chart in study._charts().values() if chart]
        texts += [text for row in study._assumption_rows() for text in row]
        for month in study.month_ids:
            texts += [study._money(month[name]) for name in (
                "cost", "gain", "net", "cumulative", "cumulative_low", "cumulative_high")]
        for line in study.effect_ids:
            texts += [study._money(line.gain), line.evidence, line.refused]
        for line in study.kpi_ids:
            texts += [line.name, line.before_text, line.after_text, line.change_text]
        return {plain(text) for text in texts if text}

    @skipUnless(HAS_PROGRAM, "wkhtmltopdf is not installed")
    def test_paper_is_the_screen(self):
        study = self.study.with_user(self.manager)
        self.assertEqual(plain(study.gain_text), "46,270 €")
        for paper, size in (("euro", (595, 842)), ("us", (612, 792))):
            self.company.paperformat_id = self.env.ref(f"base.paperformat_{paper}")
            pages = PyPDF2.PdfReader(io.BytesIO(self.render(study))).pages
            box = pages[0].mediabox
            self.assertEqual((round(box.width), round(box.height)), size)
            found = plain(" ".join(page.extract_text() for page in pages)).replace(" ", "")
            texts = self.screen_texts(study)
            self.assertGreater(len(texts), 60)
            missing = [text for text in texts if text.replace(" ", "") not in found]
            self.assertEqual(missing, [])

    def test_charts_are_in_the_page(self):
        html = self.html(self.study)
        self.assertEqual(html.count("<svg"), 3)
        for text in ("Payback", "projected", "Win rate", "+5.2k", "−2.1k"):
            self.assertIn(text, html)

    def test_draft_and_outdated_say_so(self):
        draft = self.Study.create({
            "name": "Draft", "company_id": self.company.id, "baseline_id": self.baseline.id,
            "date_from": "2025-10-01", "date_to": "2026-09-30", "switch_date": "2025-10-01"})
        html = self.html(draft)
        self.assertIn("has not been computed yet", html)
        self.assertNotIn("Return on investment", html)
        self.study.sudo().state = "outdated"
        self.assertIn("have changed since", self.html(self.study))

    def test_G5_names_and_notes_fetch_nothing(self):
        picture = '<img src="http://pictures.example.com/x.png" onerror="alert(1)"/>'
        study = self.make_study(picture, note=f"<p>Agreed {picture}</p>")
        study.saving_ids.name = picture
        study.baseline_id.name = "<script>alert(1)</script>"
        html = self.html(study)
        self.assertNotIn("<img", html)
        self.assertNotIn("<script>alert", html)
        self.assertIn("&lt;img src=", html)
        self.assertIn("Agreed", html)

    def test_G5_without_the_program_it_says_what_to_install(self):
        Report = type(self.env["ir.actions.report"])
        for state in ("install", "broken"):
            with patch.object(Report, "get_wkhtmltopdf_state", return_value=state), \
                 self.assertRaisesRegex(UserError, "install the package wkhtmltopdf"):
                self.render(self.study)

    def test_G6_another_company_s_study_is_refused(self):
        for user in (self.rep, self.colleague, self.other_manager):
            with self.assertRaises(AccessError):
                self.render(self.study, user)

    def test_paper_of_other_reports_is_not_touched(self):
        report = self.env["ir.actions.report"].search(
            [("report_name", "!=", "crm_roi.report_roi_study"), ("paperformat_id", "=", False)],
            limit=1)
        self.assertEqual(report.get_paperformat(), self.env.company.paperformat_id)
