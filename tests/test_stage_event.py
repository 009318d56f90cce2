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


@tagged("post_install", "-at_install")
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
