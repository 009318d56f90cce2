from datetime import date, timedelta
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import KpiCase

CLOCK = "odoo.addons.crm_roi.models.base.res_company.ResCompany._kpi_today"


class NightlyCase(KpiCase):
    def setUp(self):
        super().setUp()
        # Progress is committed for real by the scheduled job; a test only notes the steps.
        self.progress = []
        self.patch(
            self.env.registry["ir.cron"],
            "_commit_progress",
            lambda _cron, processed=0, **kwargs: self.progress.append(processed) or 60,
        )
        self.Night = self.env["crm.kpi.snapshot.day"]
        self.Dirty = self.env["crm.kpi.dirty.day"]

    def _on(self, day):
        """Pretend that it is ``day`` for every company."""
        return patch(CLOCK, lambda *args, **kwargs: day)

    def _built(self):
        return {
            log.day
            for log in self.Night.search(
                [("company_id", "=", self.company.id), ("flows_at", "!=", False)]
            )
        }


@tagged("post_install", "-at_install")
class TestNightly(NightlyCase):
    def test_first_run_builds_the_whole_history(self):
        self._lead("won", "2026-03-02 10:00", "2026-03-20 10:00")
        with self._on(date(2026, 4, 1)):
            self.Snapshot._run_nightly()
        self.assertEqual(len(self._built()), 30)
        self.assertEqual(min(self._built()), date(2026, 3, 2))
        self.assertEqual(max(self._built()), date(2026, 3, 31))
        self.assertEqual(
            self._rows("day", "won_count")[-1][1] + self._rows("day", "won_count")[0][1], 1
        )

    def test_stock_is_taken_once_and_never_restated(self):
        lead = self._lead("open", "2026-03-02 10:00", date_deadline="2026-03-30")
        with self._on(date(2026, 4, 1)):
            self.Snapshot._run_nightly()
            row = self._rows("day", "open_count", "open_revenue", "overdue_count")[-1]
            self.assertEqual(row, (date(2026, 3, 31), 1, 1000, 1))
            lead.expected_revenue = 5
            self.Snapshot._run_nightly()
            self.assertEqual(self._rows("day", "open_revenue")[-1], (date(2026, 3, 31), 1000))
        with self._on(date(2026, 4, 2)):
            self.Snapshot._run_nightly()
        self.assertEqual(self._rows("day", "open_revenue")[-1], (date(2026, 4, 1), 5))
        self.assertEqual(self._rows("day", "open_revenue")[-2], (date(2026, 3, 31), 1000))

    def test_changed_days_are_rebuilt(self):
        lead = self._lead("open", "2026-03-02 10:00")
        with self._on(date(2026, 4, 1)):
            self.Snapshot._run_nightly()
            self.assertEqual(self.Snapshot._nightly_steps(), [])
            lead.stage_id = self.stage_won
            self.env.flush_all()
            self.assertEqual(self.Dirty._days(self.company.id), [date(2026, 3, 2)])
            self.Snapshot._run_nightly()
            self.assertEqual(self.Dirty._days(self.company.id), [])
        self.assertEqual(
            [row for row in self._rows("day", "lead_won_count") if row[1]], [(date(2026, 3, 2), 1)]
        )

    def test_every_kind_of_change_marks_its_days(self):
        lead = self._lead("won", "2026-03-02 10:00", "2026-03-20 10:00")
        days = [date(2026, 3, 2), date(2026, 3, 20)]
        changes = {
            "salesperson": lambda: lead.write({"user_id": self.colleague.id}),
            "amount": lambda: lead.write({"expected_revenue": 7}),
            "source": lambda: lead.write({"source_id": self.web.id}),
            "team": lambda: lead.write({"team_id": False}),
            "reopened": lambda: lead.write({"stage_id": self.stage_open.id, "probability": 20}),
            "lost": lambda: lead.action_set_lost(),
            "restored": lambda: lead.action_unarchive(),
        }
        for name, change in changes.items():
            self.env.flush_all()
            self.env.cr.execute("DELETE FROM crm_kpi_dirty_day")
            change()
            self.env.flush_all()
            marked = self.Dirty._days(self.company.id)
            self.assertIn(days[0], marked, name)
            if name in ("salesperson", "amount", "source", "team", "reopened"):
                self.assertIn(days[1], marked, name)
        self.env.cr.execute("DELETE FROM crm_kpi_dirty_day")
        lead.unlink()
        self.assertEqual(self.Dirty._days(self.company.id), [days[0]])

    def test_a_meeting_that_took_place_is_a_response(self):
        lead = self._lead("open", "2026-03-02 10:00")
        self.env.cr.execute(
            "UPDATE crm_lead SET create_uid = %s WHERE id = %s", [self.colleague.id, lead.id]
        )
        start = self.env.cr.now().replace(microsecond=0) - timedelta(hours=2)
        self.env["calendar.event"].create(
            {
                "name": "Visit",
                "start": start + timedelta(hours=12),
                "stop": start + timedelta(hours=13),
                "opportunity_id": lead.id,
                "user_id": self.rep.id,
            }
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE calendar_event SET start = %s WHERE opportunity_id = %s", [start, lead.id]
        )
        self.env.invalidate_all()
        self.assertFalse(lead.first_response_date)
        self.Snapshot._run_nightly()
        self.assertEqual(lead.first_response_date, start)

    def test_changes_that_no_kpi_reads_mark_nothing(self):
        lead = self._lead("won", "2026-03-02 10:00", "2026-03-20 10:00")
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM crm_kpi_dirty_day")
        lead.write({"priority": "2", "phone": "+32 2 290 34 90", "name": "Other"})
        self.env.flush_all()
        self.assertEqual(self.Dirty._days(self.company.id), [])

    def test_a_lead_of_today_marks_nothing(self):
        self.Lead.create(
            {
                "name": "Now",
                "company_id": self.company.id,
                "team_id": self.team.id,
                "user_id": self.rep.id,
                "type": "opportunity",
            }
        ).stage_id = self.stage_won
        self.env.flush_all()
        self.assertEqual(self.Dirty._days(self.company.id), [])

    def test_a_lead_of_today_that_is_dated_back_marks_its_day(self):
        lead = self.Lead.create({
            "name": "Late", "company_id": self.company.id, "team_id": self.team.id,
            "user_id": self.rep.id, "type": "opportunity",
        })
        self.env.flush_all()
        lead.date_closed = "2026-03-20 10:00:00"
        self.env.flush_all()
        self.assertEqual(self.Dirty._days(self.company.id), [date(2026, 3, 20)])
        self.env.cr.execute("DELETE FROM crm_kpi_dirty_day")
        lead.date_closed = False
        self.env.flush_all()
        self.assertEqual(self.Dirty._days(self.company.id), [date(2026, 3, 20)], "it leaves it")

    def test_lock_date_freezes(self):
        lead = self._lead("won", "2026-03-02 10:00", "2026-03-20 10:00")
        with self._on(date(2026, 4, 1)):
            self.Snapshot._run_nightly()
            self.company.kpi_lock_date = date(2026, 3, 15)
            lead.expected_revenue = 7
            self._lead("open", "2026-03-05 10:00")
            self.Snapshot._run_nightly()
            self.Snapshot._refresh("2026-03-01", "2026-04-01")
        rows = self._rows("day", "lead_count", "won_revenue")
        self.assertEqual(
            [row for row in rows if row[1] or row[2]],
            [(date(2026, 3, 2), 1, 0), (date(2026, 3, 20), 0, 7)],
        )
        with self._on(date(2026, 4, 1)):
            self.company.kpi_lock_date = False
            self.Snapshot._run_nightly()
        rows = self._rows("day", "lead_count", "won_revenue")
        self.assertEqual(
            [row for row in rows if row[1] or row[2]],
            [(date(2026, 3, 2), 1, 0), (date(2026, 3, 5), 1, 0), (date(2026, 3, 20), 0, 7)],
        )
        self.assertEqual(self.Dirty._days(self.company.id), [])

    def test_working_hours_time_zone_change_rebuilds(self):
        self.company.kpi_tz = False
        self.company.resource_calendar_id.tz = "Europe/Brussels"
        self._lead("open", "2026-03-05 23:30")
        with self._on(date(2026, 4, 1)):
            self.Snapshot._run_nightly()
            self.company.resource_calendar_id.tz = "America/New_York"
            self.Snapshot._run_nightly()
        rows = self._rows("day", "lead_count")
        self.assertEqual([row for row in rows if row[1]], [(date(2026, 3, 5), 1)])

    def test_a_day_built_right_after_midnight_is_built_again(self):
        self._lead("open", "2026-03-02 10:00")
        with self._on(date(2026, 4, 1)):
            self.Snapshot._run_nightly()
            self.assertEqual(self.Snapshot._nightly_steps(), [])
            self.env.cr.execute(
                "UPDATE crm_kpi_snapshot_day SET flows_at = '2026-03-31 22:30'"
                " WHERE day = '2026-03-31' AND company_id = %s",
                [self.company.id],
            )
            days = self.Snapshot._days_to_build(self.company.id, "Europe/Brussels")
        self.assertEqual(days, {date(2026, 3, 31)})

    def test_a_mistyped_year_does_not_start_the_history(self):
        self._lead("open", "0202-03-02 10:00")
        first = self.Snapshot._first_day(self.company.id, "UTC")
        self.assertGreater(first.year, self._today().year - 32)

    def test_stock_is_that_of_midnight_however_late_it_is_taken(self):
        still_open = self._lead("open", "2026-03-02 10:00")
        self._lead("won", "2026-03-02 10:00", "2026-04-01 09:00")  # won the morning after
        self._lead("open", "2026-04-01 09:00")  # came the morning after
        self._lead("open", "2026-03-02 10:00", converted="2026-04-01 09:00")
        with self._on(date(2026, 4, 1)):
            self.Snapshot._run_nightly()
        self.assertTrue(still_open)
        self.assertEqual(self._rows("day", "open_count")[-1], (date(2026, 3, 31), 2))

    def test_time_zone_change_rebuilds(self):
        self._lead("open", "2026-03-05 23:30")
        with self._on(date(2026, 4, 1)):
            self.Snapshot._run_nightly()
            self.assertEqual(
                [r[0] for r in self._rows("day", "lead_count") if r[1]], [date(2026, 3, 6)]
            )
            self.company.kpi_tz = "America/New_York"
            self.Snapshot._run_nightly()
        self.assertEqual(
            [r[0] for r in self._rows("day", "lead_count") if r[1]], [date(2026, 3, 5)]
        )

    def test_currency_change_without_figures_freezes_nothing(self):
        self.company.currency_id = self.env.ref("base.GBP")
        self.assertFalse(self.company.kpi_lock_date)

    def test_currency_change_freezes_what_was_measured(self):
        self._lead("won", "2026-03-02 10:00", "2026-03-20 10:00")
        self.Snapshot._refresh("2026-03-01", "2026-04-01")
        self.company.currency_id = self.env.ref("base.GBP")
        self.assertEqual(self.company.kpi_lock_date, self._today())
        self.Snapshot._refresh("2026-03-01", "2026-04-01")
        self.assertEqual(
            {row[0] for row in self._rows("currency_id")}, {self.env.ref("base.EUR").id}
        )
        self.company.kpi_lock_date = False
        self.Snapshot._refresh("2026-03-01", "2026-04-01")
        currencies = {row[0] for row in self._rows("currency_id")}
        self.assertEqual(currencies, {self.env.ref("base.EUR").id})

    def test_progress_is_committed_after_each_step(self):
        self._lead("open", "2025-03-02 10:00")
        with self._on(date(2026, 4, 1)):
            steps = self.Snapshot._nightly_steps()
            ranges = [days for company, _tz, days in steps if days and company == self.company.id]
            self.Snapshot._run_nightly()
        self.assertEqual(len(ranges), 5)
        self.assertEqual(ranges[0][1], date(2026, 4, 1))
        self.assertEqual(sum(self.progress), len(steps))

    def test_stops_when_the_time_is_up_and_goes_on_later(self):
        self._lead("open", "2025-03-02 10:00")
        with self._on(date(2026, 4, 1)):
            done = []
            self.patch(
                self.env.registry["ir.cron"],
                "_commit_progress",
                lambda _cron, processed=0, **kw: (
                    done.append(processed) or (60 if len(done) < 8 else 0)
                ),
            )
            self.Snapshot._run_nightly()
            left = self.Snapshot._nightly_steps()
            self.assertTrue([step for step in left if step[2]])
            done.clear()
            self.Snapshot._run_nightly()
            while [step for step in self.Snapshot._nightly_steps() if step[2]]:
                done.clear()
                self.Snapshot._run_nightly()
        self.assertEqual(len(self._built()), 395)


@tagged("post_install", "-at_install", "fault")
class TestFaultTime(NightlyCase):
    def test_D2_days_without_a_server_are_filled_and_marked(self):
        self._lead("open", "2026-03-02 10:00")
        for gap in (1, 7, 400):
            last = max(self._built(), default=date(2026, 3, 9))
            today = last + timedelta(days=gap + 1)
            with self._on(today):
                self.Snapshot._run_nightly()
            first = date(2026, 3, 2)
            expected = {first + timedelta(days=i) for i in range((today - first).days)}
            self.assertEqual(self._built(), expected, gap)
        logs = self.Night.search([("company_id", "=", self.company.id)])
        taken = logs.filtered("stocks_at")
        self.assertEqual(len(taken), 3)
        gaps = self.Night._gaps(date(2026, 3, 1), max(taken.mapped("day")))[self.company]
        self.assertEqual(
            len(gaps), (max(taken.mapped("day")) - min(taken.mapped("day"))).days - 2 + 0
        )
        self.assertTrue(all(log.is_late for log in logs if log.day < date(2026, 3, 9)))

    def test_D2_a_planted_gap_is_found(self):
        """Negative control: the check for gaps must see one."""
        self._lead("open", "2026-03-02 10:00")
        with self._on(date(2026, 4, 1)):
            self.Snapshot._run_nightly()
            self.env.cr.execute(
                "DELETE FROM crm_kpi_snapshot_day WHERE day = '2026-03-12' AND company_id = %s",
                [self.company.id],
            )
            self.assertEqual(
                self.Snapshot._days_to_build(self.company.id, "UTC"), {date(2026, 3, 12)}
            )

    def test_D5_clock_set_forward_and_back(self):
        self._lead("open", "2026-03-02 10:00")
        with self._on(date(2026, 4, 1)):
            self.Snapshot._run_nightly()
            before = self._rows("day", "lead_count", "open_count")
        with self._on(date(2026, 3, 31)):
            self.Snapshot._run_nightly()
            self.assertEqual(self.Snapshot._refresh("2026-03-01", "2027-01-01", self.company), 1)
        self.assertEqual(self._rows("day", "lead_count", "open_count"), before)
        self.assertLess(max(self._built()), date(2026, 4, 1))
        with self._on(date(2027, 4, 1)):
            self.Snapshot._run_nightly()
        with self._on(date(2026, 4, 2)):
            self.Snapshot._run_nightly()
            self.assertEqual(self.Snapshot._days_to_build(self.company.id, "UTC"), set())

    def test_D6_days_are_the_companys_whatever_the_user_or_the_clock_change(self):
        moments = (
            "2026-10-24 21:59:59",
            "2026-10-24 22:00:00",
            "2026-10-25 00:30:00",
            "2026-10-25 01:30:00",
            "2026-10-25 22:59:59",
            "2026-10-25 23:00:00",
        )
        expected = {
            "Europe/Brussels": {
                date(2026, 10, 24): 1,
                date(2026, 10, 25): 4,
                date(2026, 10, 26): 1,
            },
            "Pacific/Kiritimati": {date(2026, 10, 25): 4, date(2026, 10, 26): 2},
            "Pacific/Pago_Pago": {date(2026, 10, 24): 4, date(2026, 10, 25): 2},
        }
        for moment in moments:
            self._lead("open", moment)
        for zone, days in expected.items():
            self.company.kpi_tz = zone
            with self._on(date(2026, 12, 1)):
                self.Snapshot._refresh("2026-10-01", "2026-12-01", self.company)
            for user_zone in ("UTC", "Asia/Tokyo", "America/New_York"):
                reader = self.Snapshot.with_user(self.manager).with_context(tz=user_zone)
                domain = [("day", ">=", "2026-10-01"), ("day", "<", "2026-11-01")]
                groups = reader._read_group(domain, ["day:day"], ["lead_count:sum"])
                found = {day: count for day, count in groups if count}
                self.assertEqual(found, days, (zone, user_zone))
                for day, count in days.items():
                    self.assertEqual(
                        reader._read_group([("day", "=", day)], [], ["lead_count:sum"])[0][0], count
                    )
                    drill = reader.action_drill("lead_count", [("day", "=", str(day))])
                    self.assertEqual(
                        self.Lead.search_count(drill["domain"]), count, (zone, user_zone, day)
                    )
                self.assertEqual(
                    reader._read_group(domain, [], ["lead_count:sum"])[0][0], len(moments)
                )

    def test_D7_missing_and_unknown_time_zones_are_utc(self):
        self.company.write({"kpi_tz": False, "resource_calendar_id": False})
        self.assertEqual(self.company._kpi_timezone(), "UTC")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_company SET kpi_tz = 'Mars/Olympus' WHERE id = %s", [self.company.id]
        )
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        self.assertEqual(self.company._kpi_timezone(), "UTC")
        self._lead("open", "2026-03-05 23:30")
        with self._on(date(2026, 4, 1)):
            self.Snapshot._run_nightly()
        self.assertEqual(
            [r[0] for r in self._rows("day", "lead_count") if r[1]], [date(2026, 3, 5)]
        )

    def test_D8_figures_stay_when_records_change_and_the_drill_says_so(self):
        lead = self._lead("won", "2026-03-02 10:00", "2026-03-20 10:00")
        self._lead("won", "2026-03-02 10:00", "2026-03-21 10:00")
        self.Snapshot._refresh("2026-03-01", "2026-04-01")
        cell = [
            ("day", ">=", "2026-03-01"),
            ("day", "<", "2026-04-01"),
            ("company_id", "=", self.company.id),
        ]
        self.assertEqual(self.Snapshot.action_drill("won_count", cell)["name"], "Won Deals")
        lead.unlink()
        self.assertEqual(self.Snapshot._read_group(cell, [], ["won_count:sum"])[0][0], 2)
        name = self.Snapshot.action_drill("won_count", cell)["name"]
        self.assertIn("1 now", name)
        self.assertIn("2 when measured", name)

    def test_D10_archived_and_new_companies(self):
        self._lead("open", "2026-03-02 10:00")
        with self._on(date(2026, 4, 1)):
            self.other_manager.write(
                {"company_ids": [(4, self.company.id)], "company_id": self.company.id}
            )
            self.other_company.active = False
            self.Snapshot._run_nightly()
            self.assertNotIn(
                self.other_company.id, {c for _d, c in self._rows("day", "company_id")}
            )
            self.assertFalse(self.Night.search([("company_id", "=", self.other_company.id)]))
            new = self.env["res.company"].create({"name": "KPI New"})
            self.Snapshot._run_nightly()
            nights = self.Night.search([("company_id", "=", new.id)])
            self.assertEqual(nights.mapped("day"), [date(2026, 3, 31)])
            self.assertTrue(nights.stocks_at)

    @mute_logger("odoo.addons.crm_roi.models.kpi.kpi_engine")
    def test_D11_a_broken_kpi_does_not_stop_the_others(self):
        field = self.Snapshot._fields["lost_count"]
        declared = field.fact
        self._lead("lost", "2026-03-02 10:00", "2026-03-20 10:00")
        for poison in (
            ("crm.lead", "date_closed", (("no_such_field", "=", 1),), "count"),
            ("crm.lead", "date_closed", (), "name"),
            ("crm.lead", "date_closed", (("expected_revenue", ">", "abc"),), "count"),
        ):
            field.fact = poison
            self.env.registry.clear_cache()
            self.Snapshot._refresh("2026-03-01", "2026-04-01", self.company)
            log = self.Night.search(
                [("company_id", "=", self.company.id), ("day", "=", "2026-03-20")]
            )
            self.assertEqual(log.failed_flows, "lost_count", poison)
            self.assertEqual(
                [row for row in self._rows("day", "closed_count") if row[1]],
                [(date(2026, 3, 20), 1)],
            )
            month = [("day", ">=", "2026-03-01"), ("day", "<", "2026-04-01")]
            self.assertEqual(
                self.Snapshot._read_group(month, [], ["lost_count:sum", "lead_count:sum"]),
                [(False, 1)],
            )
        field.fact = declared
        self.env.registry.clear_cache()
        self.Snapshot._refresh("2026-03-01", "2026-04-01", self.company)
        self.assertFalse(self.Night.search([("failed_flows", "!=", False)]))
        self.assertEqual(self.Snapshot._read_group(month, [], ["lost_count:sum"]), [(1,)])

    def test_late_stock_is_flagged(self):
        self._lead("open", "2026-03-02 10:00")
        today = self._today()
        self.Night._log(
            self.company.id,
            "UTC",
            today - timedelta(days=9),
            today - timedelta(days=8),
            "stocks",
            [],
        )
        self.assertTrue(self.Night.search([("company_id", "=", self.company.id)]).is_late)
