from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.tests import tagged

from .common import KpiCase


class StageEventCase(KpiCase):
    """A clock that goes when told to, and transactions that end when told to."""

    START = datetime(2026, 3, 2, 9, 0)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Lead = cls.Lead.with_context(tracking_disable=False)
        Stage = cls.env["crm.stage"]
        Stage.search([]).sequence = 500
        cls.stages = Stage.create([
            {"name": name, "sequence": place, "is_won": name == "F Won"}
            for place, name in enumerate(("F New", "F Meeting", "F Offer", "F Won"))
        ])
        cls.new, cls.meeting, cls.offer, cls.won = cls.stages
        cls.Event = cls.env["crm.stage.event"]

    def setUp(self):
        super().setUp()
        self.moment = self.START
        self.startPatcher(patch.object(self.env.cr, "now", lambda: self.moment))
        self.startPatcher(patch("odoo.fields.Datetime.now", lambda *args: self.moment))

    def commit(self):
        """What happens when a transaction ends."""
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env.flush_all()
        self.env.cr.execute(
            """UPDATE mail_message SET date = %s
               WHERE model = 'crm.lead' AND date > (now() AT TIME ZONE 'UTC') - interval '1 d'""",
            [self.moment],
        )
        self.env.invalidate_all()

    def new_lead(self, **vals):
        lead = self.Lead.create({
            "name": "Story", "type": "opportunity", "stage_id": self.new.id,
            "team_id": self.team.id, "company_id": self.company.id, "user_id": self.rep.id,
            "probability": 10, **vals,
        })
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = %s, date_last_stage_update = %s WHERE id = ANY(%s)",
            [self.moment, self.moment, lead.ids],
        )
        self.env.invalidate_all()
        self.commit()
        return lead

    def later(self, lead, days, **vals):
        self.moment += timedelta(days=days)
        if vals.pop("lose", False):
            lead.action_set_lost()
        elif vals:
            lead.write(vals)
        self.commit()

    def story(self, lead):
        """[(kind, stage name, day of entry, day of exit, outcome, first)] of a lead."""
        rows = self.Event.search([("lead_id", "=", lead.id), ("kind", "!=", "merged")], order="id")

        def day(moment):
            return moment and round((moment - self.START).total_seconds() / 86400, 6)

        return [
            (row.kind, row.stage_id.name or row.stage_name, day(row.entered_at), day(row.left_at),
             row.outcome, row.is_first)
            for row in rows
        ]


@tagged("post_install", "-at_install", "fault")
class TestStageEvent(StageEventCase):
    def test_a_deal_is_followed_from_stage_to_stage_until_it_is_won(self):
        lead = self.new_lead()
        self.later(lead, 2, stage_id=self.offer.id)
        self.later(lead, 3, stage_id=self.meeting.id)
        self.later(lead, 1, stage_id=self.offer.id)
        self.later(lead, 4, stage_id=self.won.id)
        self.later(lead, 50, name="Renamed")
        self.assertEqual(self.story(lead), [
            ("entered", "F New", 0, 2, "moved", True),
            ("entered", "F Offer", 2, 5, "moved", True),
            ("entered", "F Meeting", 5, 6, "moved", True),
            ("entered", "F Offer", 6, 10, "won", False),
            ("won", "F Won", 10, False, False, True),
        ])
        self.assertEqual(
            self.Event.search([("lead_id", "=", lead.id)], order="id").mapped("days"),
            [2, 3, 1, 4, False],
        )

    def test_the_clock_stops_when_lost_and_goes_on_when_reopened(self):
        lead = self.new_lead()
        self.later(lead, 2, lose=True)
        self.later(lead, 10, active=True, probability=20)
        self.later(lead, 3, stage_id=self.meeting.id)
        self.assertEqual(self.story(lead), [
            ("entered", "F New", 0, 2, "lost", True),
            ("lost", "F New", 2, 12, "reopened", False),
            ("reopened", "F New", 12, 15, "moved", False),
            ("entered", "F Meeting", 15, False, False, True),
        ])

    def replayed(self, lead):
        """The story as the replay of Odoo's tracking tells it."""
        self.env["crm.stage.event.writer"]._rebuild(lead.ids)
        self.env.invalidate_all()
        return self.story(lead)

    def test_tracking_tells_the_same_story(self):
        lead = self.new_lead()
        self.later(lead, 2, stage_id=self.offer.id)
        self.later(lead, 3, stage_id=self.meeting.id)
        self.later(lead, 1, lose=True)
        self.later(lead, 1, active=True, probability=20)
        self.later(lead, 1, stage_id=self.won.id)
        self.later(lead, 1, stage_id=self.new.id)
        self.later(lead, 1, active=False)
        story = self.story(lead)
        self.assertEqual([row[0] for row in story], [
            "entered", "entered", "entered", "lost", "reopened", "won", "reopened", "archived",
        ])
        self.assertEqual(self.replayed(lead), story)

    def test_what_tracking_of_another_lead_says_is_not_this_leads_history(self):
        """Odoo moves the messages of merged leads, with their tracked changes, to the survivor."""
        survivor, merged = self.new_lead(probability=40), self.new_lead(source_id=self.web.id)
        self.later(merged, 1, stage_id=self.meeting.id)
        self.later(survivor, 1, stage_id=self.offer.id)
        number, created = merged.id, merged.create_date
        self.moment += timedelta(days=2)
        self.assertEqual((survivor + merged)._merge_opportunity(), survivor)
        self.commit()
        story = self.story(survivor)
        self.assertEqual(story, [
            ("entered", "F New", 0, 2, "moved", True),
            ("entered", "F Offer", 2, False, False, True),
        ])
        self.assertEqual(self.replayed(survivor), story)
        log = self.Event.search([("kind", "=", "merged")])
        self.assertEqual(log.lead_id, survivor)
        self.assertEqual(log.merged_number, number)
        self.assertEqual(log.merged_created_at, created.replace(microsecond=0))
        self.assertEqual(log.merged_source_id, self.web)
        self.assertFalse(self.Event.search([("lead_id", "=", number)]))

    def test_C9_a_deleted_lead_takes_its_history_along(self):
        lead = self.new_lead()
        number = lead.id
        lead.unlink()
        self.commit()
        self.assertFalse(self.Event.search([("lead_id", "=", number)]))

    def test_H5_a_removed_stage_keeps_its_name_and_place(self):
        lead = self.new_lead()
        self.later(lead, 1, stage_id=self.meeting.id)
        self.later(lead, 1, stage_id=self.offer.id)
        self.meeting.name = "F Demo"
        self.meeting.unlink()
        story = self.story(lead)
        self.assertEqual([row[1] for row in story], ["F New", "F Demo", "F Offer"])
        row = self.Event.search([("lead_id", "=", lead.id), ("stage_id", "=", False)])
        self.assertEqual(row.stage_sequence, 1)
        # Tracking remembers the name of that day.
        self.assertEqual([row[1] for row in self.replayed(lead)], ["F New", "F Meeting", "F Offer"])

    def test_leads_without_tracking_are_marked_as_not_recorded(self):
        """An import says when a deal began and closed, not how it went through the stages."""
        leads = {
            "never moved": self.new_lead(), "moved": self.new_lead(stage_id=self.meeting.id),
            "lost": self.new_lead(stage_id=self.meeting.id),
            "won": self.new_lead(stage_id=self.won.id, probability=100),
        }
        self.moment += timedelta(days=30)
        leads["lost"].action_set_lost()
        self.commit()
        ids = [lead.id for lead in leads.values()]
        self.env.cr.execute("DELETE FROM crm_stage_event")
        self.env.cr.execute(
            "DELETE FROM mail_message WHERE model = 'crm.lead' AND res_id = ANY(%s)", [ids])
        begin, closed = self.START, self.START + timedelta(days=20)
        for name, moved, end in (
            ("never moved", begin, None), ("moved", begin + timedelta(days=5), None),
            ("lost", closed, closed), ("won", closed, closed),
        ):
            self.env.cr.execute(
                "UPDATE crm_lead SET date_last_stage_update = %s, date_closed = %s WHERE id = %s",
                [moved, end, leads[name].id])
        self.env.invalidate_all()
        self.env["crm.stage.event.writer"]._fill()
        self.env.invalidate_all()
        self.assertEqual({name: self.story(lead) for name, lead in leads.items()}, {
            "never moved": [("entered", "F New", 0, False, False, True)],
            "moved": [("entered", "F New", 0, 5, "moved", True),
                      ("entered", "F Meeting", 5, False, False, True)],
            "lost": [("entered", "F Meeting", 0, 20, "lost", True),
                     ("lost", "F Meeting", 20, False, False, False)],
            "won": [("entered", "F New", 0, 20, "won", True),
                    ("won", "F Won", 20, False, False, True)],
        })
        assumed = self.Event.search([("is_assumed", "=", True)])
        self.assertEqual(
            assumed.lead_id, leads["moved"] + leads["lost"] + leads["won"],
            "a lead that never moved needs no record",
        )

    def test_saving_costs_one_query_more(self):
        lead = self.new_lead()
        self.env.flush_all()
        lead.stage_id = self.meeting
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        lead._stage_event_run_pending()
        self.assertEqual(self.env.cr.sql_log_count - before, 1)
        new = self.Lead.create({"name": "New", "type": "opportunity"})
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        new._stage_event_run_pending()
        self.assertEqual(self.env.cr.sql_log_count - before, 1, "of a new one")

    def test_new_leads_begin_as_tracking_would_tell_it(self):
        kinds = {
            "open": {}, "staged": {"stage_id": self.meeting.id}, "won": {"stage_id": self.won.id},
            "archived": {"active": False}, "lost": {"active": False, "probability": 0},
            "lead": {"type": "lead"}, "converted": {"date_conversion": "2024-01-01 10:00:00"},
        }
        leads = self.Lead.create([
            {"name": kind, "type": "opportunity", **vals} for kind, vals in kinds.items()
        ])
        self.env.flush_all()
        leads._stage_event_run_pending()
        names = ["kind", "stage_id", "stage_name", "entered_at", "left_at", "outcome", "is_first",
                 "is_assumed"]
        rows = self.Event.search_read([("lead_id", "in", leads.ids)], ["lead_id", *names])
        self.env.cr.execute("DELETE FROM crm_stage_event WHERE lead_id = ANY(%s)", [leads.ids])
        writer = self.env["crm.stage.event.writer"]
        writer._begin(leads.ids)
        writer._follow(leads.ids)
        self.env.invalidate_all()
        told = self.Event.search_read([("lead_id", "in", leads.ids)], ["lead_id", *names])

        def plain(found):
            return sorted(str({**row, "id": 0}) for row in found)

        self.assertEqual(len({row["lead_id"] for row in rows}), len(kinds) - 1)
        self.assertEqual(plain(rows), plain(told))

    def test_leads_have_no_history_before_they_are_opportunities(self):
        lead = self.new_lead(type="lead")
        self.later(lead, 3, name="Still a lead")
        self.assertEqual(self.story(lead), [])
        self.moment += timedelta(days=2)
        lead.convert_opportunity(False)
        self.commit()
        self.later(lead, 4, stage_id=self.offer.id)
        story = self.story(lead)
        self.assertEqual(story, [
            ("entered", "F New", 5, 9, "moved", True),
            ("entered", "F Offer", 9, False, False, True),
        ])
        self.assertEqual(self.replayed(lead), story)

    def test_the_job_fills_what_is_missing_and_follows_what_passed_the_orm_by(self):
        lost, bypassed = self.new_lead(), self.new_lead()
        self.later(lost, 1, stage_id=self.meeting.id)
        story = self.story(lost)
        self.env.cr.execute("DELETE FROM crm_stage_event WHERE lead_id = %s", [lost.id])
        self.env.cr.execute(
            "UPDATE crm_lead SET stage_id = %s, date_last_stage_update = %s WHERE id = %s",
            [self.offer.id, self.moment, bypassed.id])
        self.env.invalidate_all()
        progress = self.registry["ir.cron"]
        with patch.object(progress, "_commit_progress", lambda *args, **kwargs: 1):
            self.Event._run_nightly()
            self.env.invalidate_all()
            self.assertEqual(self.story(lost), story)
            self.assertEqual([row[1] for row in self.story(bypassed)], ["F New", "F Offer"])
            count = self.Event.search_count([])
            self.Event._run_nightly()
        self.assertEqual(self.Event.search_count([]), count, "a second run changes nothing")
