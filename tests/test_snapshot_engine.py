import random
from datetime import date, datetime, timedelta

from odoo.tests import tagged

from .common import KpiCase
from .oracle import expected_lead_flows

LEAD_KPIS = (
    "lead_count",
    "lead_to_qualify_count",
    "lead_qualified_count",
    "lead_won_count",
    "closed_count",
    "won_count",
    "lost_count",
    "won_revenue",
    "won_cycle_count",
    "cycle_days_total",
)


@tagged("post_install", "-at_install")
class TestSnapshotEngine(KpiCase):
    maxDiff = None

    def _assert_equals_oracle(self, date_from, date_to, leads):
        zones = {self.company.id: "Europe/Brussels", self.other_company.id: "America/New_York"}
        shared = self.env["res.company"]._kpi_main_company()._kpi_timezone()
        expected = {
            key: values
            for key, values in expected_lead_flows(
                leads, lambda company: zones.get(company.id, shared)
            ).items()
            if date_from <= key[0] < date_to
        }
        found = {}
        for row in self._rows("day", "company_id", "team_id", "user_id", "source_id", *LEAD_KPIS):
            key = (row[0], *(value or False for value in row[1:5]))
            values = {
                name: round(float(value), 4)
                for name, value in zip(LEAD_KPIS, row[5:], strict=True)
                if value
            }
            if values:
                found[key] = values
        rounded = {
            key: {name: round(value, 4) for name, value in values.items()}
            for key, values in expected.items()
        }
        self.assertEqual(found, rounded)
        return found

    def _awkward_leads(self):
        """One lead for each trap."""
        return (
            self._lead("won", "2026-03-02 10:00", "2026-03-20 10:00")
            + self._lead("won", "2026-03-02 10:00", "2026-03-31 22:30")  # April in Brussels
            + self._lead("lost", "2026-03-05 08:00", "2026-03-09 08:00", source_id=self.web.id)
            + self._lead("void", "2026-03-05 08:00", "2026-03-09 08:00")
            + self._lead("open", "2026-03-05 23:30")  # the 6th in Brussels
            + self._lead("won", "2026-03-20 10:00", "2026-03-10 10:00")  # closed before created
            + self._lead("won", "2026-03-11 10:00")  # won without a closing date
            + self._lead("open", "2026-03-12 10:00", type="lead")
            + self._lead(
                "won",
                "2026-03-12 10:00",
                "2026-03-25 16:00",
                converted="2026-03-15 10:00",
                expected_revenue=0,
            )
            + self._lead("lost", "2026-03-12 10:00", "2026-03-25 16:00", type="lead")
            + self._lead(
                "open",
                "2026-03-13 03:00",
                company_id=self.other_company.id,
                team_id=self.other_team.id,
                user_id=self.other_manager.id,
            )
            + self._lead(
                "won",
                "2026-03-13 03:00",
                "2026-03-29 03:30",
                team_id=False,
                company_id=self.other_company.id,
                user_id=self.other_manager.id,
            )
            + self._lead("open", "2026-03-14 10:00", team_id=False, user_id=False, company_id=False)
            + self._lead("open", "2026-03-14 10:00", user_id=False, source_id=self.web.id)
        )

    def test_flows_equal_plain_python(self):
        leads = self._awkward_leads()
        self.Snapshot._refresh("2026-01-01", "2026-06-01")
        found = self._assert_equals_oracle(date(2026, 1, 1), date(2026, 6, 1), leads)
        self.assertEqual(sum(v.get("lead_count", 0) for v in found.values()), 13)
        self.assertEqual(sum(v.get("won_count", 0) for v in found.values()), 5)

    def test_random_history_equals_plain_python(self):
        rng = random.Random(19)
        leads = self.Lead
        first = datetime(2025, 9, 1)
        for _i in range(60):
            created = first + timedelta(minutes=rng.randrange(0, 200 * 1440))
            closed = created + timedelta(minutes=rng.randrange(-3000, 90 * 1440))
            outcome = rng.choice(("open", "won", "lost", "void"))
            leads += self._lead(
                outcome,
                str(created),
                str(closed) if outcome != "open" else None,
                converted=rng.choice((None, str(created + timedelta(hours=30)))),
                user_id=rng.choice((self.rep.id, self.colleague.id, False)),
                source_id=rng.choice((self.web.id, False)),
                expected_revenue=rng.randrange(0, 90000) / 100,
            )
        self.Snapshot._refresh("2025-08-01", "2026-08-01")
        self._assert_equals_oracle(date(2025, 8, 1), date(2026, 8, 1), leads)

    def test_second_run_changes_nothing(self):
        self._awkward_leads()
        self.Snapshot._refresh("2026-01-01", "2026-06-01")
        columns = ("id", "xmin", "ctid", "day", *LEAD_KPIS)
        before = [[str(v) for v in row] for row in self._rows(*columns)]
        self.assertTrue(before)
        self.Snapshot._refresh("2026-01-01", "2026-06-01")
        self.assertEqual([[str(v) for v in row] for row in self._rows(*columns)], before)

    def test_pieces_equal_the_whole(self):
        self._awkward_leads()
        self.Snapshot._refresh("2026-01-01", "2026-06-01")
        columns = ("day", "company_id", "team_id", "user_id", "source_id", *LEAD_KPIS)
        whole = sorted(map(str, self._rows(*columns)))
        self.env.cr.execute("DELETE FROM crm_kpi_snapshot")
        day = date(2026, 1, 1)
        while day < date(2026, 6, 1):
            self.Snapshot._refresh(day, day + timedelta(days=13))
            day += timedelta(days=13)
        self.assertEqual(sorted(map(str, self._rows(*columns))), whole)

    def test_rows_without_records_disappear(self):
        lead = self._lead("won", "2026-03-02 10:00", "2026-03-20 10:00")
        self.Snapshot._refresh("2026-03-01", "2026-04-01", self.company)
        self.assertEqual(len(self._rows("day")), 2)
        lead.unlink()
        self.Snapshot._refresh("2026-03-01", "2026-04-01", self.company)
        self.assertEqual(self._rows("day"), [])

    def test_merged_lead_is_counted_once(self):
        head = self._lead("open", "2026-03-02 10:00", partner_name="One")
        tail = self._lead("open", "2026-03-05 10:00", partner_name="One")
        self.Snapshot._refresh("2026-03-01", "2026-04-01", self.company)
        self.assertEqual(sum(count for _day, count in self._rows("day", "lead_count")), 2)
        (head + tail).merge_opportunity()
        days = self.env["crm.kpi.dirty.day"]._days(self.company.id)
        self.assertIn(date(2026, 3, 5), days)
        self.Snapshot._refresh("2026-03-01", "2026-04-01", self.company)
        self.assertEqual(sum(count for _day, count in self._rows("day", "lead_count")), 1)

    def test_only_the_asked_company_is_rebuilt(self):
        self._awkward_leads()
        self.Snapshot._refresh("2026-01-01", "2026-06-01", self.other_company)
        self.assertEqual(
            {company for _d, company in self._rows("day", "company_id")}, {self.other_company.id}
        )

    def test_absent_dimensions_share_one_row(self):
        for _i in range(3):
            self._lead("open", "2026-03-14 10:00", user_id=False, team_id=False)
        self.Snapshot._refresh("2026-03-01", "2026-04-01")
        self.Snapshot._refresh("2026-03-01", "2026-04-01")
        rows = self._rows("day", "team_id", "user_id", "source_id", "lead_count")
        self.assertEqual(
            [row for row in rows if row[4]], [(date(2026, 3, 14), None, None, None, 3)]
        )
