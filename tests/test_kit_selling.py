# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""How selling happens, in report kits: as the figures service and the funnel say it."""

import io

import openpyxl

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import html2plaintext

from ..models.delivery.kpi_kit_selling import BY_DIMENSION, SELLING
from ..reports.kit_sheet import render_kit
from ..tools.report_period import ReportPeriod
from .common_screens import ScreensCase
from .selling_records import SELLING_CODES, SellingRecords


def squeezed(text):
    return "".join(text.split())


@tagged("post_install", "-at_install", "fault")
class TestKitSelling(SellingRecords, ScreensCase):
    @classmethod
    def _make_leads(cls):
        result = super()._make_leads()
        cls._make_selling({lead.name: lead for lead in cls._all_leads()}, cls._today())
        cls.env["crm.kpi.snapshot"]._take_stocks(companies=cls.company)
        return result

    @classmethod
    def _today(cls):
        return cls.company._kpi_today(cls.company._kpi_timezone())

    def setUp(self):
        super().setUp()
        self.today = self._today()
        self.period = ReportPeriod.of("last_90", self.today)

    def make_kit(self, codes=("won_count",), **values):
        kpis = self.env["crm.kpi"].search([("code", "in", codes)])
        return self.env["crm.kpi.report.schedule"].create({
            "name": "Selling", "company_id": self.company.id, "period": "last_90",
            "with_selling": True, "kpi_ids": [Command.set(kpis.ids)], **values,
        })

    def built(self, user, **values):
        kit = self.make_kit(**values)
        return kit._as_reader(user)._build(kit, self.today)

    def of(self, kit, key):
        return next(section for section in kit.sections if section.key == key)

    def figures_of(self, user):
        return self.env["crm.kpi.figures"].with_user(user).with_context(
            allowed_company_ids=self.company.ids, lang=user.lang)

    def paper(self, kit, user):
        reader = self.make_kit()._as_reader(user)
        return squeezed(html2plaintext(str(self.env["ir.qweb"]._render(
            "crm_roi.kpi_kit_page", reader._paper_values(kit), minimal_qcontext=True))))

    def test_workbook_and_paper_say_what_the_records_say(self):
        kit = self.built(self.manager)
        Figures = self.figures_of(self.manager)
        section = self.of(kit, "selling")
        book = openpyxl.load_workbook(io.BytesIO(render_kit(kit)))
        rows = {row[0]: row[1] for row in book[section.title].iter_rows(values_only=True)}
        paper, compared = self.paper(kit, self.manager), 0
        known = self.selling_by_records(self.manager, self.period.elapsed(self.today), {})
        for figure in Figures._figures(SELLING, self.period):
            code, value = figure["code"], figure["value"]
            self.assertIn(squeezed(Figures._text(code, value)), paper, code)
            if value is None:
                self.assertIsNone(rows[figure["name"]], code)
            else:
                self.assertAlmostEqual(rows[figure["name"]], value, 9, code)
            if code in SELLING_CODES:
                self.assertAlmostEqual(value or 0, known[code] or 0, 9, code)
                compared += bool(value)
        self.assertGreater(compared, 8)

    def test_teams_and_people(self):
        kit = self.built(self.manager)
        for dimension in ("team_id", "user_id"):
            section = self.of(kit, f"selling_{dimension}")
            lines = {line["name"]: line for line in self.figures_of(self.manager)._by(
                BY_DIMENSION, self.period, None, dimension)}
            names = {figure.name: figure.code for figure in self.env["crm.kpi"].search(
                [("code", "in", BY_DIMENSION)])}
            self.assertGreater(len(section.rows), 1)
            for row in section.rows:
                for column, cell in list(zip(section.columns, row, strict=True))[1:]:
                    self.assertEqual(cell.value, lines[row[0].text][names[column.label]])

    def test_the_funnel_is_that_of_the_funnel_view(self):
        section = self.of(self.built(self.manager), "funnel")
        side = self.env["crm.funnel.report"].with_user(self.manager).with_context(
            allowed_company_ids=self.company.ids).funnel_figures([], {})["sides"][0]
        self.assertEqual(
            [(row[0].value, row[1].value, row[2].value, row[7].value) for row in section.rows],
            [(step["name"], step["reached"], step["rate"], step["lost"])
             for step in side["steps"]])
        self.assertGreater(section.rows[0][1].value, 8)
        self.assertEqual(list(section.notes)[1:], side["words"])

    def test_own_funnel_reads_no_other_opportunities(self):
        domain = [("user_id", "=", self.salesperson.id), ("cohort_at", ">=", "today -365d")]
        Report = self.env["crm.funnel.report"].with_user(self.salesperson).with_context(
            allowed_company_ids=self.company.ids)
        measures = ["reached:sum", "went_on:sum", "conversion:avg", "lost:sum"]
        everything, own = (
            Report.with_context(funnel_own=is_own).formatted_read_group(
                domain, ["stage_id"], measures) for is_own in (False, True))
        self.assertEqual(own, everything)
        self.assertTrue(own)
        self.assertEqual(len(Report._of_entries(domain).env.context["funnel_entries"]), 1)
        others = Report.with_user(self.manager)
        self.assertTrue(others.search_count(domain))
        self.assertFalse(others.with_context(funnel_own=True).search_count(domain))

    def test_A5_a_salesperson_gets_his_own(self):
        kit = self.built(self.salesperson)
        self.assertNotIn(self.manager.name, repr(kit.sections))
        known = self.selling_by_records(self.salesperson, self.period.elapsed(self.today), {})
        names = {kpi.code: kpi.name for kpi in self.env["crm.kpi"].search([])}
        rows = {row[0].text: row[1].value for row in self.of(kit, "selling").rows}
        everybody = self.selling_by_records(self.manager, self.period.elapsed(self.today), {})
        for code in ("call_count", "stage_entry_count", "first_response_expected_count"):
            self.assertEqual(rows[names[code]] or 0, known[code], code)
        self.assertGreater(everybody["call_count"], known["call_count"])
        self.assertEqual([row[0].text for row in self.of(kit, "selling_user_id").rows],
                         [self.salesperson.name])
        # Of his four opportunities three began more than 90 days ago.
        self.assertEqual(self.of(kit, "funnel").rows[0][1].value, 3)

    def test_scope_of_the_kit(self):
        kit = self.built(self.manager, scope="people",
                         person_ids=[Command.set(self.salesperson.ids)])
        rows = {row[0].text: row[1].value for row in self.of(kit, "selling_user_id").rows}
        self.assertEqual(list(rows), [self.salesperson.name])
        self.assertEqual(self.of(kit, "funnel").rows[0][1].value, 3)

    def test_each_figure_stands_once(self):
        kit = self.built(self.manager, codes=("won_count", "call_count"))
        name = self.env["crm.kpi"].search([("code", "=", "call_count")]).name
        self.assertNotIn(name, [row[0].text for row in self.of(kit, "selling").rows])
        self.assertIn(name, [row[0].text for row in self.of(kit, "kpis").rows])
        defined = [row[0].text for row in kit.definitions.rows]
        self.assertEqual(len(defined), len(set(defined)))

    def test_without_it(self):
        kit = self.built(self.manager, with_selling=False)
        self.assertFalse([one.key for one in kit.sections if "selling" in one.key
                          or one.key == "funnel"])

    def test_no_data_is_not_zero(self):
        nobody = self.env["crm.team"].create({"name": "New", "company_id": self.company.id})
        kit = self.built(self.manager, scope="teams", team_ids=[Command.set(nobody.ids)])
        for row in self.of(kit, "selling").rows:
            self.assertEqual((row[1].value, row[1].text), (None, "–"), row[0].text)
        funnel = self.of(kit, "funnel")
        self.assertFalse(funnel.rows)
        self.assertIn("No opportunity entered the funnel", funnel.empty)
