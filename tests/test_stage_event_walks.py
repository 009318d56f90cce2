import random
from datetime import timedelta

from odoo.tests import tagged

from .test_stage_event import StageEventCase


class Retelling:
    """The same story told by plain Python, from what was done and nothing else."""

    def __init__(self, moment, stage):
        self.rows, self.stage, self.status = [], stage, "open"
        self.begin(moment, "entered")

    def begin(self, moment, kind):
        if self.rows:
            last = self.rows[-1]
            last["left"] = moment
            last["outcome"] = "moved" if kind == "entered" else kind
        self.rows.append({
            "kind": kind, "stage": self.stage, "entered": moment, "left": None, "outcome": None,
        })

    def move(self, moment, stage, is_won):
        status = "won" if is_won else "open"
        old, changed = self.status, stage != self.stage
        self.stage, self.status = stage, status
        if status != old:
            self.begin(moment, "won" if is_won else "reopened")
        elif changed and status == "open":
            self.begin(moment, "entered")

    def lose(self, moment):
        if self.status != "lost":
            self.status = "lost"
            self.begin(moment, "lost")

    def restore(self, moment, won_stages):
        if self.status == "lost":
            self.status = "won" if self.stage in won_stages else "open"
            self.begin(moment, "won" if self.status == "won" else "reopened")


def take_a_step(dice, lead, told, stages, moment):
    """Move, lose or restore a lead by chance, and tell it."""
    choice = dice.random()
    if choice < 0.7:
        stage = dice.choice(stages)
        if lead.active:
            lead.stage_id = stage
            told.move(moment, stage.id, stage.is_won)
    elif choice < 0.85:
        if lead.active and not lead.stage_id.is_won:  # Odoo refuses to lose what is won
            lead.action_set_lost()
            told.lose(moment)
    elif not lead.active:
        lead.action_unarchive()
        told.restore(moment, set(stages.filtered("is_won").ids))


@tagged("post_install", "-at_install")
class TestStageEventWalks(StageEventCase):
    """Random ways through the pipeline: followed, replayed from tracking, and told by Python."""

    def rows(self, lead):
        return [
            {"kind": row.kind, "stage": row.stage_id.id, "entered": row.entered_at,
             "left": row.left_at or None, "outcome": row.outcome or None}
            for row in self.Event.search([("lead_id", "=", lead.id)], order="id")
        ]

    def test_random_walks(self):
        dice = random.Random(7)
        walks = []
        for _walk in range(12):
            lead = self.new_lead()
            walks.append((lead, Retelling(self.moment, self.new.id)))
        for _day in range(12):
            self.moment += timedelta(days=1, minutes=dice.randrange(600))
            for lead, told in walks:
                take_a_step(dice, lead, told, self.stages, self.moment)
            self.commit()
        kinds = {row["kind"] for _lead, told in walks for row in told.rows}
        self.assertEqual(kinds, {"entered", "won", "lost", "reopened"}, "the walks go everywhere")
        for lead, told in walks:
            self.assertEqual(self.rows(lead), told.rows, "followed")
        self.env["crm.stage.event.writer"]._rebuild([lead.id for lead, _told in walks])
        self.env.invalidate_all()
        for lead, told in walks:
            self.assertEqual(self.rows(lead), told.rows, "replayed")
