"""Figures in mails lead to their records; so do comparisons of months, cohorts and grades."""

from datetime import date, timedelta
from unittest.mock import patch
from urllib.parse import parse_qsl, urlsplit

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common_costs import CostCase
from .common_roi import RoiCase
from .customer_common import TODAY, CustomerCase
from .kit_common import KitCase
from .test_score_proof import ProofCase


def ids_of(text):
    return [int(part) or False for part in text.split(",")]


def records_of(env, action):
    return env[action["res_model"]].with_context(
        **action.get("context", {})).search(action["domain"])


@tagged("post_install", "-at_install", "fault")
class TestDrillLinks(KitCase):
    def request(self, url):
        """What the client makes of an address."""
        parts = urlsplit(url)
        self.assertEqual(parts.path, "/odoo/kpi-records")
        params = dict(parse_qsl(parts.query))
        return {
            "code": params["kpi"], "first": params["first"], "stop": params["stop"],
            "unit": params["unit"], "companies": ids_of(params["companies"]),
            "scope": {name: ids_of(params[name]) for name in ("team_id", "user_id", "source_id")
                      if name in params},
        }

    def follow(self, url, user):
        reader = self.env["crm.kpi.figures"].with_user(user)
        return records_of(reader.env, reader.action_drill(self.request(url)))

    def check(self, cell, user):
        deals = self.follow(cell.url, user)
        code = self.request(cell.url)["code"]
        won = deals.filtered(lambda deal: deal.won_status == "won")
        found = {"won_count": len(won), "won_revenue": sum(won.mapped("expected_revenue")),
                 "win_rate": len(won) / len(deals) if deals else None}
        self.assertAlmostEqual(found[code], cell.value, 6, (user.login, cell))
        if code != "win_rate":
            self.assertEqual(deals, won)

    def test_every_figure_of_a_kit_leads_to_its_records(self):
        for user, least in ((self.manager, 30), (self.rep, 20)):
            kit = self.built(self.make_kit(with_trend=True, with_teams=True, with_people=True,
                                           with_sources=True), user)
            counted = 0
            for section in kit.sections:
                for row in (*section.rows, *([section.total] if section.total else [])):
                    for cell in row:
                        if cell.url:
                            self.check(cell, user)
                            counted += bool(cell.value)
            self.assertGreater(counted, least)

    def test_A5_a_link_that_is_passed_on_shows_the_own_records_only(self):
        kit = self.built(self.make_kit(), self.manager)
        people = next(section for section in kit.sections if section.key == "user_id")
        for row in people.rows:
            found = self.follow(row[1].url, self.rep)
            self.assertLessEqual(found.user_id, self.rep)
            if row[0].text == self.colleague.name:
                self.assertFalse(found)
        with self.assertRaises(UserError):
            self.follow(people.rows[0][1].url, self.other_manager)

    def test_links_stand_in_mails_and_hold_no_figure(self):
        self.make_kit(self.manager)
        mail = self.run_kits()
        self.assertEqual(len(mail), 1)
        self.assertIn("/odoo/kpi-records?kpi=won_revenue&amp;first=2026-03-08", mail.body_html)
        self.assertNotIn("4750", mail.body_html.partition("kpi-records?")[2].split('"')[0])

    def test_a_link_reads_the_companies_of_its_figure(self):
        """Also where another company is switched on."""
        kit = self.built(self.make_kit(), self.manager)
        cell = next(cell for cell in kit.sections[0].rows[0] if cell.url)
        self.manager.write({"company_ids": [(4, self.other_company.id)]})
        elsewhere = self.env["crm.kpi.figures"].with_user(self.manager).with_context(
            allowed_company_ids=self.other_company.ids)
        action = elsewhere.action_drill(self.request(cell.url))
        self.assertEqual(action["context"]["allowed_company_ids"], self.company.ids)
        self.assertTrue(records_of(elsewhere.env, action))

    def test_damaged_links_are_told_as_such(self):
        good = {"code": "won_count", "first": "2026-03-01", "stop": "2026-04-01"}
        for damage in ({"code": "undefined"}, {"first": "2026-30-99"}, {"stop": "soon"},
                       {"first": "2026-04-01", "stop": "2026-02-30"}, {"first": 2026},
                       {"stop": None}):
            with self.subTest(damage), self.assertRaises(UserError):
                self.env["crm.kpi.figures"].action_drill({**good, **damage})
        with self.assertRaises(UserError):
            self.env["crm.kpi.figures"].action_drill({})

    def test_digest(self):
        digest = self.env["digest.digest"].create({
            "name": "CRM", "company_id": self.company.id, "periodicity": "monthly",
            "crm_kpi_ids": [(6, 0, self.kpis["won_count"].ids)],
        })
        [line] = digest._crm_lines(self.manager)
        period = digest._crm_period()
        if line["url"]:
            request = self.request(line["url"])
            self.assertEqual((request["first"], request["stop"]),
                             (str(period.first), str(period.stop)))
        self.assertEqual(bool(line["url"]), line["value"] != "–")


@tagged("post_install", "-at_install")
class TestDrillFeature(CostCase):
    def test_both_sides_of_a_verdict(self):
        kpi = self.env["crm.kpi"].search([("code", "=", "won_count")])
        feature = self.env["crm.roi.feature"].create(
            {"name": "Booking", "kpi_id": kpi.id, "switched_on": "2026-01-15"})
        self.startPatcher(patch.object(
            type(self.company), "_kpi_today", lambda *_args: date(2026, 6, 17)))
        for closed in ("2025-02-03", "2025-04-10", "2025-07-01", "2026-01-20", "2026-02-02",
                       "2026-03-03", "2026-05-31", "2026-06-10"):
            self._lead("won", f"{closed} 08:00", f"{closed} 12:00")
        self.Snapshot._refresh("2025-01-01", "2026-06-17", self.company)
        sides = [records_of(self.env, feature.action_drill(name))
                 for name in ("kpi_before_text", "kpi_after_text")]
        # Whole months from February to May; the KPI is shown per month that has figures.
        self.assertEqual([len(deals) for deals in sides], [2, 3])
        self.assertEqual([feature.kpi_before * 2, feature.kpi_after * 3], [2, 3])


@tagged("post_install", "-at_install")
class TestDrillStudy(RoiCase):
    """Deals of a team that changes and of one for comparison, month by month."""

    def setUp(self):
        super().setUp()
        for team, counts in ((self.team, {2024: 2, 2025: 3}), (self.control, {2024: 1, 2025: 1})):
            for year, count in counts.items():
                for month in range(1, 13):
                    for _deal in range(count):
                        closed = f"{year}-{month:02}-15 12:00"
                        self._lead("won", closed, closed, team_id=team.id)
        self.Snapshot._refresh("2024-01-01", "2026-01-01", self.company)
        self.baseline = self.frozen(date(2024, 1, 1), date(2024, 12, 31))

    def test_both_sides_of_a_comparison(self):
        for teams, counts in (
            ({"treated_team_ids": self.team.ids}, (24, 36)),
            ({"control_team_ids": self.control.ids}, (24, 36)),
            ({}, (36, 48)),
        ):
            study = self.study(self.baseline, date(2025, 1, 1), date(2025, 12, 31), **teams)
            line = study.kpi_ids.filtered(lambda kpi: kpi.code == "won_count")
            found = [records_of(self.env, line.action_drill(name))
                     for name in ("before_text", "after_text")]
            self.assertEqual(tuple(map(len, found)), counts, teams)
            self.assertEqual((line.before * 12, line.after * 12), counts)
            self.assertEqual({deal.date_closed.year for deal in found[0]}, {2024})
            if teams:
                self.assertEqual((found[0] | found[1]).team_id, self.team)

    def test_figures_of_an_old_system_have_no_records_here(self):
        study = self.study(self.baseline, date(2025, 1, 1), date(2025, 12, 31))
        line = study.kpi_ids[0]
        # A frozen baseline changes for nobody.
        self.env.cr.execute(
            "UPDATE crm_roi_baseline SET kind = 'imported' WHERE id = %s", [self.baseline.id])
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "old system"):
            line.action_drill("before_text")


@tagged("post_install", "-at_install")
class TestDrillCustomers(CustomerCase):
    def setUp(self):
        super().setUp()
        self.loyal, self.once = self._customer("Loyal"), self._customer("Once")
        for day in ("2026-01-10", "2026-01-20", "2026-02-05", "2026-04-07"):
            self._purchase(self.loyal, date.fromisoformat(day), 100)
        self._purchase(self.once, date(2026, 1, 31), 50)
        self._refresh(today=TODAY)

    def test_months_open_their_orders(self):
        months = self.env["crm.customer.month"].search([("company_id", "=", self.company.id)])
        self.assertEqual(set(months.mapped("status")), {"new", "kept", "reactivated", "lapsed"})
        for month in months.with_user(self.manager):
            orders = records_of(month.env, month.action_open())
            self.assertEqual(orders.partner_id, month.partner_id)
            days = {order.date_order.date() for order in orders}
            if month.status == "lapsed":
                before = month.date.replace(day=1) - timedelta(days=1)
                self.assertEqual({day.month for day in days}, {before.month})
                continue
            self.assertEqual(len(days), month.order_day_count)
            self.assertEqual(sum(orders.mapped("net_revenue")), month.revenue)

    def test_cohorts_open_their_customers(self):
        self.env.flush_all()
        cohorts = self.env["crm.customer.cohort"].search([("company_id", "=", self.company.id)])
        self.assertEqual(cohorts[0].customer_count, 2)
        for cohort in cohorts.with_user(self.manager):
            for name in ("customer_count", "active_count"):
                found = records_of(cohort.env, cohort.action_drill(name))
                self.assertEqual(len(found.partner_id), cohort[name], (cohort.months_since, name))
            bought = records_of(cohort.env, cohort.action_drill("revenue"))
            self.assertEqual(sum(bought.mapped("revenue")), cohort.revenue)

    def test_the_curve_opens_all_customers(self):
        curve = self.env["crm.customer.curve"].search(
            [("company_id", "=", self.company.id)], limit=1).with_user(self.manager)
        found = records_of(curve.env, curve.action_drill("share"))
        self.assertEqual(found.partner_id, self.loyal + self.once)


@tagged("post_install", "-at_install")
class TestDrillGrades(ProofCase):
    def test_grades_open_their_leads(self):
        self._rule("Good source", dimension="fit", points=40,
                   domain=f"[('source_id', '=', {self.good.id})]")
        self._history(400, lambda values: 0.7 if values["source_id"] == self.good.id else 0.3)
        proof = self._prove()
        self.assertTrue(proof.grade_ids)
        seen = self.Lead
        for grade in proof.grade_ids:
            leads = records_of(self.env, grade.action_drill("size"))
            won = records_of(self.env, grade.action_drill("won"))
            self.assertEqual((len(leads), len(won)), (grade.size, grade.won), grade.label)
            self.assertFalse(seen & leads, "a lead has one grade")
            seen |= leads
        self.assertEqual(len(seen), proof.testing_won + proof.testing_lost)
