"""Funnel, stage history, sales cycle and what goes with winning in bad weather."""

from collections import Counter
from datetime import datetime, timedelta
from unittest.mock import patch
from zoneinfo import ZoneInfo

from odoo.tests import tagged

from .test_fault_activity import CHANGES, ZONES
from .test_funnel import FunnelCase
from .test_winning import WinningCase


@tagged("post_install", "-at_install", "fault")
class TestFaultStageEvent(FunnelCase):
    """D6, D10, H5: the history of stages when clocks, people and companies change."""

    def figures(self):
        side = self.side(after=0)
        return [
            (step["stage_id"], step["reached"], step["went_on"], step["visits"], step["lost"])
            for step in side["steps"]
        ], side["counted"], side["won"]

    def entries(self, company=None):
        found = self.Snapshot.search([("company_id", "=", (company or self.company).id)])
        return Counter({
            day: sum(rows.mapped("stage_entry_count"))
            for day, rows in found.grouped("day").items() if sum(rows.mapped("stage_entry_count"))
        })

    def measure(self, company=None):
        self.env.flush_all()
        self.Snapshot._refresh("2026-02-20", "2026-11-10", company or self.company)
        self.env.invalidate_all()

    def test_D6_entries_count_on_the_company_s_day_in_every_time_zone(self):
        moments = [
            change + timedelta(hours=hour, minutes=30)
            for change in CHANGES for hour in range(-14, 38, 2)
        ]
        leads = self.Lead.create([
            {"name": "L", "type": "opportunity", "stage_id": self.new.id, "user_id": self.rep.id,
             "team_id": self.team.id, "company_id": self.company.id} for _moment in moments
        ])
        self.commit()
        self.env.cr.execute(
            """UPDATE crm_stage_event event SET entered_at = at.moment
               FROM unnest(%s::int[], %s::timestamp[]) AS at(lead_id, moment)
               WHERE event.lead_id = at.lead_id AND kind = 'entered'""", [leads.ids, moments],
        )
        for zone in ZONES:
            self.company.kpi_tz = zone
            self.rep.tz = "Asia/Tokyo"
            self.measure()
            with self.subTest(zone=zone):
                self.assertEqual(self.entries(), Counter(
                    at.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(zone)).date()
                    for at in moments
                ))

    def story_of_three(self):
        leads = [self.new_lead(source_id=self.web.id) for _number in range(3)]
        self.later(leads[0], 1, stage_id=self.meeting.id)
        self.later(leads[1], 1, stage_id=self.offer.id)
        self.later(leads[0], 2, stage_id=self.won.id)
        self.later(leads[1], 2, lose=True)
        self.moment += timedelta(days=60)
        return self.Lead.browse([lead.id for lead in leads])

    def test_H5_people_teams_and_sources_go_the_funnel_stays(self):
        leads = self.story_of_three()
        self.measure()
        figures, entries = self.figures(), self.entries()
        self.assertEqual(figures[1:], (3, 1))
        self.assertEqual(sum(entries.values()), 5)
        leads.write({"user_id": False})
        self.env.flush_all()
        history = self.Event.search_count([])
        for record in (self.rep, self.web, self.team):
            record.unlink()
            self.env.flush_all()
            self.env.invalidate_all()
            self.assertEqual(self.entries(), entries, record._name)
            self.measure()
            self.assertEqual(self.entries(), entries, "measured again")
            self.assertEqual(self.figures(), figures)
        self.assertEqual(self.Event.search_count([]), history)

    def test_H5_a_removed_stage_keeps_the_entries_that_were_counted(self):
        self.story_of_three()
        self.measure()
        entries = self.entries()
        self.meeting.unlink()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self.entries(), entries)
        self.measure()
        self.assertEqual(self.entries(), entries)
        reached = self.side()["steps"]
        self.assertEqual([step["reached"] for step in reached][0], 3)

    def test_D10_an_archived_company_keeps_its_history(self):
        lead = self.new_lead(company_id=self.other_company.id, team_id=self.other_team.id,
                             user_id=False)
        self.later(lead, 1, stage_id=self.meeting.id)
        self.measure(self.other_company)
        entries, story = self.entries(self.other_company), self.story(lead)
        self.assertEqual(sum(entries.values()), 2)
        self.other_manager.write(
            {"company_ids": [(4, self.company.id)], "company_id": self.company.id}
        )
        self.other_company.active = False
        with patch.object(self.registry["ir.cron"], "_commit_progress", lambda *a, **kw: 1):
            self.Event._run_nightly()
        self.env.invalidate_all()
        self.assertEqual(self.entries(self.other_company), entries)
        self.assertEqual(self.story(lead), story)
        self.assertEqual(self.figures()[1], 0, "and is in nobody else's funnel")
        self.other_company.active = True
        self.measure(self.other_company)
        self.assertEqual(self.entries(self.other_company), entries)

    def test_A5_own_sales_cycle_only(self):
        self.story_of_three()
        cycle = self.env["crm.sales.cycle"]
        cycle._refresh(self.company)
        self.env.flush_all()
        own = cycle.with_user(self.rep).with_context(
            allowed_company_ids=self.company.ids).search([])
        self.assertEqual(own.mapped("user_id"), self.rep)
        self.assertEqual(set(own.mapped("level")), {"3_user"})
        everybody = cycle.with_user(self.manager).with_context(
            allowed_company_ids=self.company.ids).search([])
        self.assertIn("1_company", everybody.mapped("level"))

    def test_A13_the_sales_cycle_follows_whose_the_lead_is_now(self):
        leads = self.story_of_three()
        south = self._team("South Team", self.company)
        leads.write({"user_id": self.colleague.id, "team_id": south.id})
        self.env.flush_all()
        cycle = self.env["crm.sales.cycle"]
        cycle._refresh(self.company)
        found = cycle.search([("company_id", "=", self.company.id)])
        self.assertEqual(found.team_id, south)
        self.assertEqual(found.user_id, self.colleague)
        self.assertFalse(cycle.with_user(self.rep).with_context(
            allowed_company_ids=self.company.ids).search([]))

    def test_D6_the_sales_cycle_does_not_hang_on_time_zones(self):
        self.story_of_three()
        cycle = self.env["crm.sales.cycle"]
        seen = set()
        for zone in ZONES:
            self.company.kpi_tz = zone
            cycle._refresh(self.company)
            self.env.invalidate_all()
            row = cycle.search([("company_id", "=", self.company.id), ("level", "=", "1_company")])
            seen.add((row.started_count, row.won_count, row.median_won_days))
        self.assertEqual(len(seen), 1)
        self.assertEqual(self.START, datetime(2026, 3, 2, 9))


@tagged("post_install", "-at_install", "fault")
class TestFaultWinning(WinningCase):
    """H5, D10, A13: what was found stays when people and companies go."""

    def shown(self, analysis):
        self.env.invalidate_all()
        return (
            analysis.headline, analysis.summary, analysis.people_count,
            [(row.rho, row.p, row.q, row.people_count, row.verdict, row.sentence)
             for row in analysis.finding_ids],
        )

    def test_H5_findings_stay_when_a_salesperson_is_deleted(self):
        analysis = self._planted()
        gone = analysis.place_ids.filtered(lambda place: place.verdict == "chance")[:1].user_id
        before, places = self.shown(analysis), len(analysis.place_ids)
        rates = analysis.place_ids.mapped("rate")
        gone.unlink()
        self.env.flush_all()
        self.assertEqual(self.shown(analysis), before)
        self.assertEqual(analysis.place_ids.mapped("rate"), rates)
        self.assertEqual(len(analysis.place_ids.user_id), places - 1)
        for record in (*analysis, *analysis.finding_ids, *analysis.place_ids):
            record.with_user(self.manager).with_context(
                allowed_company_ids=self.company.ids).read()
        action = analysis.finding_ids[:1].action_open_figures()
        self.assertTrue(self.Snapshot.search(action["domain"]))

    def test_A13_who_changed_team_is_compared_in_the_team_of_his_deals(self):
        before = self._planted(team_id=self.team.id)
        found = self.shown(before)
        for user in self.people[:5]:
            self.env["crm.team.member"].create({
                "crm_team_id": self.control.id, "user_id": user.id,
            })
        before.action_run()
        self.assertEqual(self.shown(before), found)

    def test_D10_findings_stay_when_the_company_is_archived(self):
        analysis = self._planted()
        before = self.shown(analysis)
        users = self.env["res.users"].with_context(active_test=False).search([
            ("company_id", "=", self.company.id)])
        users.write({
            "company_ids": [(4, self.other_company.id)], "company_id": self.other_company.id,
        })
        self.company.active = False
        self.assertEqual(self.shown(analysis), before)
        self.company.active = True
        analysis.action_run()
        self.assertEqual(self.shown(analysis), before)

    def test_A5_a_salesperson_reads_no_finding(self):
        self._planted()
        for name in ("crm.winning.analysis", "crm.winning.finding"):
            model = self.env[name].with_user(self.people[2])
            self.assertFalse(model.has_access("read"))
