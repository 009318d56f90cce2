# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The same number wherever it is shown: pivot, service, board, dashboard, digest, kit."""

import io
from collections import Counter
from datetime import datetime, time, timedelta

import openpyxl

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL, html2plaintext

from ..reports.kit_sheet import render_kit
from ..tools.report_period import ReportPeriod
from .common_screens import MANAGER, SALESPERSON, ScreensCase
from .dashboard_browser import read_cells
from .selling_records import SELLING_CODES, SellingRecords

CODES = [
    "lead_count", "won_count", "closed_count", "win_rate", "won_revenue", "average_deal_size",
    "average_cycle_days", "lead_conversion_rate", "open_count", "open_revenue", "overdue_rate",
    "sales_velocity", "order_revenue", "margin_rate", "retention_rate", *SELLING_CODES,
]
KEYS = ("last_week", "last_month", "last_90", "this_month", "this_year", "last_365")
NOON = time(12)


@tagged("post_install", "-at_install", "fault")
class TestParity(SellingRecords, ScreensCase):
    @classmethod
    def _make_leads(cls):
        result = super()._make_leads()
        today = cls.company._kpi_today(cls.company._kpi_timezone())
        for number, key in enumerate(("last_week", "last_month", "this_month"), 1):
            first = ReportPeriod.of(key, today).first
            lead = cls.env["crm.lead"].create({
                "name": key, "type": "opportunity", "company_id": cls.company.id,
                "team_id": cls.south.id, "user_id": cls.manager.id,
                "expected_revenue": 1234.56 * number, "probability": 20 * number,
            })
            cls.env.flush_all()
            cls._date(lead, "create_date", first - timedelta(days=30))
            if number < 3:
                lead.action_set_won()
                cls.env.flush_all()
                cls._date(lead, "date_closed", first)
        cls._make_selling({lead.name: lead for lead in cls._all_leads()}, today)
        cls.env["crm.kpi.snapshot"]._take_stocks(companies=cls.company)
        return result

    def setUp(self):
        super().setUp()
        self.Figures = self.figures_of(self.manager)
        self.today = self.Figures._today()

    def figures_of(self, user):
        return self.env["crm.kpi.figures"].with_user(user).with_context(
            allowed_company_ids=self.company.ids, lang=user.lang)

    def periods(self):
        yield from (ReportPeriod.of(key, self.today, self.Figures._week_start()) for key in KEYS)
        yield ReportPeriod(self.closed_on, self.closed_on + timedelta(days=1))
        yield ReportPeriod(self.created_on - timedelta(days=50), self.created_on)

    def scopes(self):
        yield from ({}, {"team_id": self.north.ids}, {"user_id": self.salesperson.ids},
                    {"source_id": self.source.ids, "team_id": self.south.ids})

    # -- Ways to a number --------------------------------------------------------------------

    def by_records(self, period, scope):
        """Counted in plain Python; only what a person can count."""
        leads = self.env["crm.lead"].with_context(active_test=False).search(
            [("company_id", "=", self.company.id)])
        for name, ids in scope.items():
            leads = leads.filtered(lambda lead, name=name, ids=ids: lead[name].id in ids)
        start, stop = (datetime.combine(day, time()) for day in (period.first, period.stop))
        closed = leads.filtered(
            lambda lead: lead.won_status != "pending" and start <= lead.date_closed < stop)
        won = closed.filtered(lambda lead: lead.won_status == "won")
        return {
            "lead_count": len(leads.filtered(lambda lead: start <= lead.create_date < stop)),
            "won_count": len(won), "closed_count": len(closed),
            "win_rate": len(won) / len(closed) if closed else None,
            "won_revenue": sum(won.mapped("expected_revenue")),
        }

    def by_pivot(self, user, period, scope):
        """As the web client's pivot asks for its grand total."""
        Snapshot = self.env["crm.kpi.snapshot"].with_user(user).with_context(
            allowed_company_ids=self.company.ids)
        fields = Snapshot.fields_get(CODES, ["aggregator"])
        domain = [("day", ">=", str(period.first)), ("day", "<", str(period.stop))]
        domain += [(name, "in", ids) for name, ids in scope.items()]
        specs = {code: f"{code}:{fields[code]['aggregator']}" for code in CODES}
        total = Snapshot.formatted_read_grouping_sets(domain, [[]], list(specs.values()))[0]
        values = {code: total[0][spec] for code, spec in specs.items()} if total else {}
        return {code: None if values.get(code) is False else values.get(code) for code in CODES}

    def by_service(self, user, period, scope):
        return {figure["code"]: figure["value"]
                for figure in self.figures_of(user)._figures(CODES, period, scope)}

    def by_cells(self, user, period, scope):
        found = self.figures_of(user).spreadsheet_fetch_figures([
            {"code": code, "first": str(period.first), "stop": str(period.stop),
             "unit": period.unit, "scope": {**scope, "company_ids": self.company.ids}}
            for code in CODES
        ])
        return {code: figure["value"] for code, figure in zip(CODES, found, strict=True)}

    def assertSame(self, first, second, way):
        self.assertEqual(first.keys(), second.keys())
        for code, value in first.items():
            if value is None or second[code] is None:
                self.assertEqual(value, second[code], (way, code))
            else:
                self.assertAlmostEqual(value, second[code], 9, (way, code))

    # -- Tests -----------------------------------------------------------------------------------

    def test_pivot_service_and_cell(self):
        counted = Counter()
        for user in (self.manager, self.salesperson):
            for period in self.periods():
                elapsed = period.elapsed(self.today)
                for scope in self.scopes():
                    service = self.by_service(user, period, scope)
                    self.assertSame(self.by_pivot(user, elapsed, scope), service, "pivot")
                    self.assertSame(self.by_cells(user, period, scope), service, "cell")
                    known = self.selling_by_records(user, elapsed, scope)
                    if user == self.manager:
                        known |= self.by_records(elapsed, scope)
                    known = {code: value for code, value in known.items()
                             if service[code] is not None or value}
                    self.assertSame(known, {code: service[code] for code in known}, "records")
                    counted.update(code for code, value in known.items() if value)
        self.assertLessEqual({"closed_count", *SELLING_CODES}, set(counted))
        self.assertGreater(counted["closed_count"], 10)

    def test_a_figure_that_is_not_that_of_the_records_is_noticed(self):
        """The control of the test above: one call more in a stored night."""
        period = ReportPeriod.of("last_90", self.today)
        known = self.selling_by_records(self.manager, period.elapsed(self.today), {})
        self.env.cr.execute(SQL(
            """UPDATE crm_kpi_snapshot SET call_count = call_count + 1 WHERE id = (
                   SELECT id FROM crm_kpi_snapshot WHERE company_id = %s AND call_count > 0
                   AND day >= %s LIMIT 1)""", self.company.id, period.first))
        self.env.invalidate_all()
        service = self.by_service(self.manager, period, {})
        self.assertEqual(service["call_count"], known["call_count"] + 1)
        with self.assertRaises(AssertionError):
            self.assertSame(known, {code: service[code] for code in known}, "control")

    def test_groups_of_a_pivot_and_of_the_service(self):
        period = ReportPeriod.of("last_365", self.today)
        codes = ["won_count", "win_rate", "won_revenue", "open_count"]
        lines = {line["id"]: line for line in self.Figures._by(codes, period, None, "team_id")}
        Snapshot = self.Figures.env["crm.kpi.snapshot"]
        groups = Snapshot.formatted_read_group(
            [("day", ">=", str(period.first)), ("day", "<", str(period.stop))], ["team_id"],
            [f"{code}:avg" for code in codes])
        self.assertEqual(len(groups), len(lines))
        for group in groups:
            line = lines[group["team_id"] and group["team_id"][0]]
            for code in codes:
                self.assertEqual(group[f"{code}:avg"] or None, line[code] or None, (line, code))

    def test_board(self):
        Kpi = self.env["crm.kpi"].with_user(self.manager).with_context(
            allowed_company_ids=self.company.ids, lang=self.manager.lang, kpi_period="last_month")
        kpis = Kpi.search([("code", "in", CODES)])
        figures = {figure["code"]: figure for figure in self.Figures._figures(CODES, "last_month")}
        self.assertEqual(len(kpis), len(CODES))
        for kpi in kpis:
            text = self.Figures._text(kpi.code, figures[kpi.code]["value"])
            self.assertEqual(kpi.value_text, text, kpi.code)

    def test_digest(self):
        kpis = self.env["crm.kpi"].search([("code", "in", CODES)])
        digest = self.env["digest.digest"].create({
            "name": "Parity", "periodicity": "monthly", "is_crm": True,
            "company_id": self.company.id, "crm_kpi_ids": kpis.ids,
            "user_ids": self.manager.ids, "next_run_date": self.today,
        })
        lines = digest._crm_lines(self.manager)
        figures = self.figures_of(self.manager)._figures(
            [line["code"] for line in lines], "last_month")
        self.assertEqual(len(lines), len(CODES))
        for line, figure in zip(lines, figures, strict=True):
            text = self.figures_of(self.manager)._text(figure["code"], figure["value"])
            self.assertEqual(line["value"], text, figure["code"])
        self.assertTrue([figure for figure in figures if figure["value"]])

    def test_kit_as_workbook_and_on_paper(self):
        kpis = {kpi.code: kpi for kpi in self.env["crm.kpi"].search([("code", "in", CODES)])}
        kit = self.env["crm.kpi.report.schedule"].create({
            "name": "Parity", "company_id": self.company.id, "period": "last_month",
            "kpi_ids": [Command.set([kpis[code].id for code in CODES])],
        })
        reader = kit._as_reader(self.manager)
        built = reader._build(kit, self.today)
        figures = {figure["name"]: figure for figure in self.Figures._figures(CODES, "last_month")}
        section = next(one for one in built.sections if one.key == "kpis")
        book = openpyxl.load_workbook(io.BytesIO(render_kit(built)))
        rows = {row[0]: row[1] for row in book[section.title].iter_rows(values_only=True)}
        paper = html2plaintext(str(self.env["ir.qweb"]._render(
            "crm_roi.kpi_kit_page", reader._paper_values(built), minimal_qcontext=True)))
        paper = "".join(paper.split())
        for name, figure in figures.items():
            self.assertIn(name, rows)
            if figure["value"] is None:
                self.assertIsNone(rows[name], name)
            else:
                self.assertAlmostEqual(rows[name], figure["value"], 9, name)
            text = self.Figures._text(figure["code"], figure["value"])
            self.assertIn("".join(text.split()), paper, name)

    def open_board(self, ref, login, wanted):
        board = self.env.ref(f"crm_roi.spreadsheet_dashboard_{ref}")
        self.browser_js(
            f"/odoo/dashboards?dashboard_id={board.id}", read_cells(wanted), login=login,
            ready="Boolean(odoo.__WOWL_DEBUG__?.root)", timeout=120,
        )

    def shown(self, figures, codes, what=("value", "previous"), options=""):
        """Cells of the dashboards that show figures, by their formula."""
        return {
            f'=CRM.KPI("{code}","{name}"{options})':
                "" if figures[code][name] is None else figures[code][name]
            for code in codes for name in what
        }

    def test_cells_of_the_directors_dashboard_in_a_browser(self):
        today = self.today + timedelta(days=1)
        period = ReportPeriod(today - timedelta(days=90), today)
        codes = ["lead_count", "win_rate", "won_revenue", "average_cycle_days", "retention_rate",
                 "first_response_service_level", "first_response_hours_average", "call_count",
                 "stage_entry_count", "reopened_count", "activities_per_won"]
        figures = {
            figure["code"]: figure for figure in self.Figures._figures(codes, period)}
        self.assertGreater(figures["win_rate"]["value"], 0)
        wanted = self.shown(figures, codes)
        last = {
            figure["code"]: figure for figure in self.Figures.with_context(kpi_stock="last")
            ._figures(["overdue_count", "weighted_revenue", "first_response_waiting_count"],
                      period)}
        wanted |= self.shown(last, last, options=',"last"')
        teams = self.Figures._by(["won_revenue", "win_rate", "won_count"], period, None, "team_id")
        best = max(teams, key=lambda line: line["won_revenue"] or 0)
        for code in ("won_revenue", "win_rate", "won_count"):
            wanted[f'=PIVOT.VALUE(2,"{code}","#team_id",1)'] = best[code]
        people = self.Figures._by(
            ["first_response_expected_count", "call_count"], period, None, "user_id")
        most = max(people, key=lambda line: line["first_response_expected_count"] or 0)
        wanted['=PIVOT.VALUE(6,"call_count","#user_id",1)'] = most["call_count"]
        wanted |= self.funnel_cells(7, self.manager)
        self.open_board("director", MANAGER, wanted)

    def funnel_cells(self, pivot, user, domain=()):
        """What a dashboard's table of the funnel shows, as the funnel itself says it."""
        side = self.env["crm.funnel.report"].with_user(user).with_context(
            allowed_company_ids=self.company.ids).funnel_figures(domain, {})["sides"][0]
        self.assertTrue(side["counted"])
        names = {"reached": "reached", "went_on": "went_on", "conversion": "rate", "lost": "lost"}
        return {
            f'=PIVOT.VALUE({pivot},"{name}","#stage_id",{place})': step[of]
            for place, step in enumerate(side["steps"][:2], 1) for name, of in names.items()
        }

    def test_A5_cells_of_my_sales_in_a_browser(self):
        figures = {
            figure["code"]: figure for figure in self.figures_of(self.salesperson)._figures(
                ["won_count", "won_revenue", "win_rate", "first_response_service_level",
                 "stage_entry_count", "call_count"], "this_month",
                {"user_id": self.salesperson.ids})}
        self.open_board("my_sales", SALESPERSON, {
            **self.shown(figures, figures, options=',"mine"'),
            **self.funnel_cells(2, self.salesperson, [("user_id", "=", self.salesperson.id)]),
        })

    def test_A15_the_directors_dashboard_given_to_a_salesperson(self):
        """What only managers may read is a dash; everything else is there."""
        board = self.env.ref("crm_roi.spreadsheet_dashboard_director")
        board.group_ids += self.env.ref("sales_team.group_sale_salesman")
        period = ReportPeriod(self.today - timedelta(days=89), self.today + timedelta(days=1))
        figures = {figure["code"]: figure for figure in self.figures_of(self.salesperson)
                   ._figures(["lead_count", "win_rate", "won_revenue"], period)}
        self.assertTrue(figures["win_rate"]["value"])
        self.open_board("director", SALESPERSON, {
            **self.shown(figures, figures),
            '=CRM.KPI("customer_acquisition_cost","value")': "",
            '=CRM.KPI("revenue_to_cost","tile_text")': "",
        })
