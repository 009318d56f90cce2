"""What a report kit says: the same figures in mail, workbook and paper, for its reader alone."""

import io
import re
import shutil
from dataclasses import replace
from datetime import date
from unittest import skipUnless
from unittest.mock import patch

import openpyxl
import PyPDF2

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import html2plaintext

from ..reports.kit_sheet import render_kit
from ..tools.kit import Cell, Column, Section
from .kit_common import KitCase
from .test_fault_files import TEXTS, VALUES
from .xlsx_checker import faults

HAS_PROGRAM = bool(shutil.which("wkhtmltopdf"))


def section(kit, key):
    return next(one for one in kit.sections if one.key == key)


def values(section, col=1):
    """``{first cell: value of a column}``"""
    return {row[0].text: row[col].value for row in section.rows}


def squeezed(text):
    return re.sub(r"\s", "", text)


@tagged("post_install", "-at_install", "fault")
class TestKpiKit(KitCase):
    def test_figures_of_the_week(self):
        kit = self.built(self.make_kit(), self.manager)
        self.assertEqual(kit.period, (date(2026, 3, 8), date(2026, 3, 14)))
        self.assertEqual(values(section(kit, "kpis")), {
            "Won Revenue": 4750.0, "Won Deals": 4, "Win Rate": 0.8})
        self.assertEqual(values(section(kit, "kpis"), 2)["Won Revenue"], 1000.0)
        changes = {row[0].text: row[3].text for row in section(kit, "kpis").rows}
        self.assertEqual(changes["Won Revenue"], "+375.0 %")
        self.assertEqual(values(section(kit, "team_id")), {"North Team": 4750.0})
        self.assertEqual(values(section(kit, "user_id")), {
            self.rep.name: 4000.0, self.colleague.name: 500.0, "Unassigned": 250.0})
        people, whole = section(kit, "user_id"), values(section(kit, "kpis"))
        total = dict(zip([one.label for one in people.columns], people.total, strict=True))
        self.assertEqual({label: total[label].value for label in whole}, whole)

    def test_trend_ends_with_the_period(self):
        trend = section(self.built(self.make_kit(), self.manager), "trend")
        self.assertEqual(len(trend.rows), 12)
        self.assertEqual([row[1].value for row in trend.rows[-2:]], [1000, 4750])
        self.assertEqual((trend.chart.labels[-1], trend.rows[-1][0].text), ("8 Mar", "03/08/2026"))

    def test_A5_each_reader_gets_what_he_may_see(self):
        kit = self.make_kit()
        rep = self.built(kit, self.rep)
        self.assertEqual(values(section(rep, "kpis"))["Won Revenue"], 4250.0)
        self.assertNotIn(self.colleague.name, repr(rep))
        self.assertEqual(
            values(section(self.built(kit, self.colleague), "kpis"))["Won Revenue"], 4750.0)

    def test_scope_own_team_and_people(self):
        kit = self.make_kit(scope="own")
        self.assertEqual(
            values(section(self.built(kit, self.colleague), "kpis"))["Won Revenue"], 500.0)
        self.assertEqual(
            values(section(self.built(kit, self.rep), "kpis"))["Won Revenue"], 4000.0)
        kit.write({"scope": "people", "person_ids": [Command.set(self.colleague.ids)]})
        figures = values(section(self.built(kit, self.manager), "kpis"))
        self.assertEqual(figures["Won Revenue"], 500.0)
        # Whoever may not see the colleague's figures sees nothing, and no zero either.
        self.assertIsNone(values(section(self.built(kit, self.rep), "kpis"))["Win Rate"])
        empty = self._team("Empty", self.company)
        kit.write({"scope": "teams", "team_ids": [Command.set(empty.ids)]})
        self.assertIsNone(values(section(self.built(kit, self.manager), "kpis"))["Win Rate"])

    def test_A15_a_hidden_kpi_is_in_no_rendering(self):
        kit = self.make_kit(codes=("won_count", "cost_per_lead"), with_xlsx=True)
        name = self.kpis["cost_per_lead"].name
        for user, is_shown in ((self.manager, True), (self.rep, False)):
            built = self.built(kit, user)
            body = kit._mail_of(built, user, "#").body
            texts = [body, repr(self.cells(render_kit(built))), str(self.page(built, user))]
            for text in texts:
                self.assertEqual(name in text, is_shown, (user.login, text[:200]))

    # -- Renderings ------------------------------------------------------------------------

    def cells(self, data):
        book = openpyxl.load_workbook(io.BytesIO(data))
        return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets}

    def page(self, kit, user):
        reader = self.make_kit()._as_reader(user)
        return self.env["ir.qweb"]._render(
            "crm_roi.kpi_kit_page", reader._paper_values(kit), minimal_qcontext=True)

    def test_mail_workbook_and_paper_say_the_same(self):
        kit = self.make_kit(with_stages=True, with_sources=True)
        built = self.built(kit, self.manager)
        mail = html2plaintext(kit._mail_of(built, self.manager, "#").body)
        paper = html2plaintext(str(self.page(built, self.manager)))
        sheets = self.cells(render_kit(built))
        for part in built.sections:
            written = sheets[part.title][3:3 + len(part.rows)]
            for row, line in zip(part.rows, written, strict=True):
                for cell, found in zip(row, line, strict=False):
                    if cell.kind != "text" and cell.value is not None:
                        self.assertAlmostEqual(found, cell.value, 9)
                shown = [row[place].text for place, column in enumerate(part.columns)
                         if not column.depth]
                for text in shown:
                    self.assertIn(squeezed(text), squeezed(mail))
                    self.assertIn(squeezed(text), squeezed(paper))

    def test_workbook_has_tables_filters_charts_and_live_totals(self):
        built = self.built(self.make_kit(), self.manager)
        book = openpyxl.load_workbook(io.BytesIO(render_kit(built)))
        sheet = book["By Salesperson"]
        self.assertEqual(len(sheet.tables), 1)
        table = next(iter(sheet.tables.values()))
        self.assertEqual(table.ref, "A3:D6")
        self.assertTrue(table.autoFilter)
        self.assertEqual(sheet.freeze_panes, "B4")
        self.assertEqual(len(sheet._charts), 1)
        revenue = [cell.value for cell in sheet[3]].index("Won Revenue")
        letter = "ABCD"[revenue]
        self.assertEqual(sheet.cell(7, revenue + 1).value, f"=SUBTOTAL(109,{letter}4:{letter}6)")
        self.assertIn("€", sheet.cell(4, revenue + 1).number_format)
        rate = [cell.value for cell in sheet[3]].index("Win Rate")
        self.assertIsNone(sheet.cell(7, rate + 1).value, "rates do not add up")
        self.assertEqual(sheet.cell(4, rate + 1).number_format, "0.0%")
        shown = openpyxl.load_workbook(io.BytesIO(render_kit(built)), data_only=True)
        self.assertEqual(shown["By Salesperson"].cell(7, revenue + 1).value, 4750)
        self.assertIn("Definitions", book.sheetnames)
        self.assertIn("won", book["Definitions"].cell(4, 2).value)

    def test_G1_nothing_in_a_workbook_is_alive_but_totals(self):
        labels = (*TEXTS, "<r>x</r>", "Same", "same", "")
        texts = [Column(text, True) for text in labels]
        rows = [[Cell(value, "x") for _column in texts] for value in (*TEXTS, *VALUES, "</r>")]
        sums = [Column(text, True, is_sum=True) for text in labels]
        numbers = [[Cell(number, "x", "money") for _column in sums] for number in (1, 2.5)]
        sections = [
            Section("text", title, texts, rows, notes=TEXTS, chart_columns=(1,))
            for title in ("Same", "same", "[]:*?/", "=1+1", "")]
        sections.append(Section("sums", "Sums", sums, numbers, total=rows[0], chart_columns=(1,)))
        sections.append(Section("empty", "Empty", texts, [], empty="=1+1"))
        built = replace(self.built(self.make_kit(), self.manager), title="=1+1",
                        facts=[("=1+1", "=2+2")], sections=sections)
        found = [line for line in faults(render_kit(built))
                 if not re.search(r"<f> (SUBTOTAL\(109,[A-Z]+4:[A-Z]+\d+\)|'.*'!\$[A-Z$0-9:]+|"
                                  r"[A-Za-z_]+!\$[A-Z$0-9:]+)$", line)]
        self.assertEqual(found, [])

    @skipUnless(HAS_PROGRAM, "wkhtmltopdf is not installed")
    def test_paper_is_that_of_the_company(self):
        kit = self.make_kit()
        built = self.built(kit, self.manager)
        for paper, size in (("euro", (595, 842)), ("us", (612, 792))):
            self.company.paperformat_id = self.env.ref(f"base.paperformat_{paper}")
            data = kit._as_reader(self.manager)._pdf_of(built)
            pages = PyPDF2.PdfReader(io.BytesIO(data)).pages
            box = pages[0].mediabox
            self.assertEqual((round(box.width), round(box.height)), size)
            text = squeezed(" ".join(page.extract_text() for page in pages))
            shown = [cell.text for part in built.sections for row in part.rows for cell in row]
            self.assertGreater(len(shown), 20)
            for cell in shown:
                self.assertIn(squeezed(cell), text)

    def test_G5_without_the_program_the_rest_is_sent(self):
        kit = self.make_kit(self.manager, with_pdf=True, with_xlsx=True)
        report = self.env.registry["ir.actions.report"]
        with patch.object(report, "get_wkhtmltopdf_state", lambda _self: "install"), \
                self.assertLogs("odoo.addons.crm_roi", "WARNING"):
            mail = self.run_kits()
        self.assertEqual(mail.attachment_ids.mapped("name"), ["Weekly.xlsx"])
        row = self.log_of(kit, self.manager)
        self.assertEqual((row.state, row.formats), ("queued", "mail, xlsx"))
        self.assertIn("PDF: The server lacks a working wkhtmltopdf", row.missing)
        self.assertIn("The server lacks a working wkhtmltopdf", mail.body_html)

    def test_G5_a_program_that_fails_costs_the_paper_only(self):
        kit = self.make_kit(self.manager, with_pdf=True)
        report = self.env.registry["ir.actions.report"]
        for error in (OSError("killed"), UserError("failed"), TimeoutError("hangs")):
            def fail(_self, *_args, error=error, **_values):
                raise error

            with patch.object(report, "_run_wkhtmltopdf", fail), \
                    patch.object(report, "get_wkhtmltopdf_state", lambda _self: "ok"), \
                    self.assertLogs("odoo.addons.crm_roi", "WARNING"):
                files, missing = kit._files_of(self.built(kit, self.manager), self.manager)
            self.assertEqual((files, len(missing)), ([], 1))

    def test_G5_the_page_fetches_nothing(self):
        address = "<img src='http://inside.example.com/secret'>"
        self.team.name = address
        kit = self.make_kit(note=address, name=address)
        page = str(self.page(self.built(kit, self.manager), self.manager))
        self.assertIn("&lt;img", page)
        self.assertNotRegex(page, r"<(img|link|script|iframe|object|embed)\b|url\(|@import")
        self.assertNotRegex(page, r"<[^>]+\b(src|href|background)=")

    def test_E9_changes_from_and_to_nothing(self):
        kit = self.make_kit(codes=("won_revenue", "lost_count", "win_rate"))
        rows = {row[0].text: row for row in section(self.built(kit, self.manager), "kpis").rows}
        self.assertEqual(rows["Lost Deals"][3].text, "new")
        self.assertEqual(rows["Lost Deals"][3].tone, "bad", "more lost deals are no good news")
        gone = section(self.built(kit, self.manager, date(2026, 3, 30)), "kpis").rows
        self.assertEqual({row[0].text: row[1].text for row in gone}["Win Rate"], "–")
