import math
import random
from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_stage_event import StageEventCase
from .test_stage_event_walks import Retelling, take_a_step


class FunnelCase(StageEventCase):
    def setUp(self):
        super().setUp()
        self.env.cr.execute("DELETE FROM crm_stage_event")
        # Stages of other teams are no step of this funnel.
        others = self.env["crm.stage"].search([]) - self.stages
        others.write({"team_ids": [(6, 0, self.other_team.ids)], "sequence": 500})
        self.Report = self.env["crm.funnel.report"].with_user(self.manager)

    def side(self, user=None, after=0, domain=(), **options):
        self.moment += timedelta(days=after)
        options = {"period": "this_year", "window": 30, **options}
        model = self.Report.with_user(user or self.manager)
        with self.today_is(self.moment):
            self.found = model.funnel_figures(list(domain), options)
        return self.found["sides"][0]

    def today_is(self, moment):
        company = self.env.registry["res.company"]
        original = company._kpi_today
        return patch.object(
            company, "_kpi_today", lambda self, zone, now=None: original(self, zone, moment))

    def counts(self, side):
        return [step["reached"] for step in side["steps"]]

    def step(self, side, stage):
        return next(step for step in side["steps"] if step["stage_id"] == stage.id)


@tagged("post_install", "-at_install", "fault")
class TestFunnel(FunnelCase):
    """The funnel of few deals, counted by hand."""

    def test_skips_count_and_moving_back_does_not_take_away(self):
        straight, skipper, back, stuck = (self.new_lead() for _lead in range(4))
        self.later(straight, 1, stage_id=self.meeting.id)
        self.later(skipper, 1, stage_id=self.offer.id)
        self.later(back, 1, stage_id=self.offer.id)
        self.later(back, 1, stage_id=self.new.id)
        self.later(straight, 1, stage_id=self.won.id)
        side = self.side(after=60)
        self.assertEqual(self.counts(side), [4, 3, 3, 1])
        self.assertEqual([step["went_on"] for step in side["steps"]], [3, 3, 1, None])
        self.assertEqual((side["counted"], side["won"], side["won_rate"]), (4, 1, 0.25))
        self.assertTrue(stuck)

    def test_what_comes_after_the_window_and_who_came_lately_do_not_count(self):
        slow = self.new_lead()
        self.later(slow, 31, stage_id=self.meeting.id)
        fast = self.new_lead()
        self.later(fast, 30, stage_id=self.meeting.id)
        young = self.new_lead()
        self.later(young, 2, stage_id=self.won.id)
        side = self.side()
        self.assertEqual(side["cohort"], 3)
        self.assertEqual(self.counts(side), [2, 1, 0, 0], "the quick win is too young to count")
        self.assertEqual(self.counts(self.side(window=60)), [1, 1, 0, 0])
        self.assertIn("1 more entered less than 30 days ago", self.side()["words"][0])

    def test_an_empty_period_says_so_and_divides_by_nothing(self):
        self.new_lead()
        side = self.side(period="last_year")
        self.assertEqual((side["cohort"], side["won_rate"]), (0, None))
        self.assertEqual(side["words"], ["No opportunity entered the funnel in this period."])
        side = self.side()
        self.assertEqual((side["cohort"], side["counted"], side["won_rate"]), (1, 0, None))
        self.assertIn("too early", side["words"][0])

    def test_a_funnel_from_a_later_stage_has_its_own_cohort(self):
        """Entered in spring, in the meeting stage in summer."""
        lead, other = self.new_lead(), self.new_lead()
        self.later(lead, 100, stage_id=self.meeting.id)
        self.later(lead, 5, stage_id=self.offer.id)
        side = self.side(after=60, first_stage_id=self.meeting.id)
        names = [step["name"] for step in side["steps"]]
        self.assertEqual(names, ["F Meeting", "F Offer", "F Won"])
        self.assertEqual(self.counts(side), [1, 1, 0])
        self.assertEqual(self.counts(self.side()), [2, 0, 0, 0])
        self.assertTrue(other)

    def test_lost_counts_where_it_was_lost_with_reason_and_value(self):
        reason = self.env["crm.lost.reason"].create({"name": "F Price"})
        lead, other, back = (self.new_lead(expected_revenue=value) for value in (500, 300, 70))
        for each in (lead, back):
            self.later(each, 1, stage_id=self.offer.id)
        self.later(back, 1, stage_id=self.meeting.id)
        self.moment += timedelta(days=1)
        lead.action_set_lost(lost_reason_id=reason.id)
        other.action_set_lost()
        back.action_set_lost()
        self.commit()
        side = self.side(after=60)
        self.assertEqual([step["lost"] for step in side["steps"]], [1, 1, 1, 0])
        self.assertEqual([step["value_lost"] for step in side["steps"]], [300, 70, 500, 0])
        self.assertEqual(self.step(side, self.offer)["reasons"], [
            {"id": reason.id, "name": "F Price", "count": 1, "value": 500}])
        self.assertEqual(self.step(side, self.new)["reasons"][0]["name"], "No reason given")
        self.assertIn("F Offer", side["words"][-1])

    def test_time_in_stage_adds_visits_up_and_stops_with_the_deal(self):
        lead = self.new_lead()
        self.later(lead, 2, stage_id=self.meeting.id)
        self.later(lead, 3, stage_id=self.new.id)
        self.later(lead, 5, stage_id=self.won.id)
        step = self.step(self.side(after=200), self.new)
        self.assertEqual((step["visits"], step["running"], step["median"]), (1, 0, 7))
        self.assertEqual(self.step(self.side(), self.won)["visits"], 0)
        # Odoo's own clock of a won deal goes on: that is the trap.
        seconds = lead.duration_tracking[str(self.won.id)]
        self.assertGreater(seconds, 100 * 86400)

    def test_archived_but_not_lost_counts_nowhere(self):
        lead, kept = self.new_lead(), self.new_lead()
        self.moment += timedelta(days=1)
        lead.write({"active": False, "probability": 20})
        self.commit()
        self.assertEqual(self.counts(self.side(after=60)), [1, 0, 0, 0])
        self.assertTrue(kept)

    def test_D6_days_are_those_of_the_company(self):
        """Half past eleven at night in London is the new year in Brussels already."""
        self.moment = datetime(2025, 12, 31, 22, 30)
        before = self.new_lead()
        self.moment = datetime(2025, 12, 31, 23, 30)
        after = self.new_lead()
        self.moment = datetime(2026, 6, 1, 12)
        self.assertEqual(self.side(period="last_year")["cohort"], 1)
        self.assertEqual(self.side(period="this_year")["cohort"], 1)
        action = self.Report.action_drill([], {"period": "this_year"}, 0, "cohort")
        self.assertEqual(action["domain"], [("id", "in", after.ids)])
        self.assertTrue(before)

    # -- two at a time -------------------------------------------------------------------------

    def test_two_teams_side_by_side(self):
        south = self._team("South Team", self.company)
        for team, won in ((self.team, 12), (south, 4)):
            leads = [self.new_lead(team_id=team.id) for _lead in range(20)]
            for lead in leads[:won]:
                lead.stage_id = self.won
        self.commit()
        self.side(after=60, compare="teams", team_ids=[self.team.id, south.id])
        first, second = self.found["sides"]
        self.assertEqual((first["label"], second["label"]), ("North Team", "South Team"))
        self.assertEqual((first["won"], second["won"]), (12, 4))
        difference = self.found["differences"][0]
        self.assertAlmostEqual(difference["change"], 0.4)
        # Newcombe, method 10, from the two Wilson intervals.
        (low_1, high_1), (low_2, high_2) = wilson_of(12, 20), wilson_of(4, 20)
        self.assertAlmostEqual(
            difference["low"], 0.4 - math.hypot(0.6 - low_1, high_2 - 0.2))
        self.assertAlmostEqual(
            difference["high"], 0.4 + math.hypot(high_1 - 0.6, 0.2 - low_2))
        self.assertTrue(difference["is_clear"])
        self.assertIsNone(self.found["differences"][-1])

    def test_a_period_and_the_year_before(self):
        self.moment = datetime(2025, 3, 3, 9)
        self.new_lead()
        self.moment = datetime(2026, 3, 2, 9)
        self.new_lead()
        self.new_lead()
        self.side(after=90, compare="last_year")
        self.assertEqual([side["cohort"] for side in self.found["sides"]], [2, 1])

    def test_who_entered_before_the_period_keeps_the_whole_way(self):
        """A search by time reads the history of few, but all of theirs."""
        lead = self.new_lead()
        begun = self.moment
        self.later(lead, 100, stage_id=self.meeting.id)
        since = self.moment - timedelta(days=50)
        young = self.new_lead()
        report = self.Report.with_context(funnel_window=365)
        late = report.search([("reached_at", ">=", since)])
        self.assertEqual(
            {(row.lead_id, row.stage_id) for row in late},
            {(lead, self.meeting), (young, self.new)})
        self.assertEqual(late.filtered(lambda row: row.lead_id == lead).cohort_at, begun)
        self.assertEqual(report.search([("cohort_at", ">=", since)]).lead_id, young)
        both = [("cohort_at", "<", since), ("reached_at", ">=", since)]
        self.assertEqual(report.search(both).stage_id, self.meeting, "moments of two entries")
        either = ["|", ("cohort_at", ">=", since), ("lead_id", "=", lead.id)]
        self.assertEqual(report.search(either).lead_id, lead | young)

    def test_options_that_there_are_not_are_refused(self):
        for options in (
            {"period": "ever"}, {"window": "long"}, {"compare": "moon"}, {"team_ids": 7},
        ):
            with self.assertRaises(UserError, msg=options):
                self.Report.funnel_figures([], options)
        with self.assertRaises(UserError):
            self.Report.action_drill([], {}, 0, "secrets")
        with self.assertRaises(UserError):
            self.Report.action_drill([], {}, 1, "reached")

    # -- every figure opens what it counts -----------------------------------------------------

    def test_each_figure_opens_as_many_leads_as_it_counts(self):
        dice = random.Random(3)
        leads = [self.new_lead(expected_revenue=100) for _lead in range(25)]
        for lead in leads:
            if dice.random() < 0.8:
                lead.stage_id = dice.choice(self.stages)
            if dice.random() < 0.4 and not lead.stage_id.is_won:
                lead.action_set_lost()
        self.moment += timedelta(days=3)
        self.commit()
        side = self.side(after=60)
        for step in side["steps"]:
            for figure in ("reached", "went_on", "running", "lost", "visits"):
                action = self.Report.action_drill(
                    [], {"period": "this_year", "window": 30}, 0, figure, step["place"])
                opened = self.env["crm.lead"].with_context(**action["context"]).search(
                    action["domain"])
                self.assertEqual(len(opened), step[figure] or 0, (step["name"], figure))

    def test_the_pivot_shows_the_same(self):
        for number in range(6):
            lead = self.new_lead()
            if number % 2:
                self.later(lead, 1, stage_id=self.offer.id)
        side = self.side(after=60)
        rows = self.Report.with_context(funnel_window=30)._read_group(
            [], ["stage_id"], ["reached:sum", "went_on:sum", "conversion:avg"])
        for stage, reached, went_on, share in rows:
            step = self.step(side, stage)
            self.assertEqual((reached, went_on or None), (step["reached"], step["went_on"] or None))
            self.assertEqual(share, step["rate"])

    def test_stages_are_not_added_up(self):
        for number in range(6):
            lead = self.new_lead(team_id=self.team.id)
            if number % 2:
                self.later(lead, 1, stage_id=self.offer.id)
        self.moment += timedelta(days=60)
        report = self.Report.with_context(funnel_window=30)
        measures = ["reached:sum", "went_on:sum", "lost:sum"]
        ((reached, went_on, lost),) = report._read_group([], [], measures)
        # 0 equals False, but is not the same.
        self.assertIs(reached, False)
        self.assertIs(went_on, False)
        self.assertEqual(lost, 0)
        rows = report._read_group([], ["team_id", "place"], measures)
        self.assertEqual([row[1:4] for row in rows], [(1, 6, 3), (2, 3, 3), (3, 3, 0)])

    def test_without_a_stage_that_is_won_nothing_is_won(self):
        """Who is in the last stage has reached that, and no more."""
        self.env["crm.stage"].search([]).is_won = False
        for stages in ((), (self.meeting,), (self.offer, self.won), (self.won,)):
            lead = self.new_lead()
            for stage in stages:
                self.later(lead, 1, stage_id=stage.id)
        side = self.side(after=60)
        self.assertEqual(self.counts(side), [4, 3, 2, 2, 0])
        self.assertEqual([step["went_on"] for step in side["steps"]], [3, 2, 2, 0, None])
        self.assertEqual([step["running"] for step in side["steps"]], [1, 1, 0, 2, 0])
        self.assertEqual((side["won"], side["won_rate"]), (0, 0))
        self.assertIn("Of 4 opportunities, 0.0 %", side["words"][0])
        self.assertIn("No stage is marked as won", side["words"][0])
        last = side["steps"][-1]
        self.assertEqual((last["name"], last["stage_id"], last["is_won"]), ("Won", False, True))
        self.assertEqual([step["is_won"] for step in side["steps"][:-1]], [False] * 4)

    def test_what_was_won_stays_won_when_its_stage_no_longer_is(self):
        won, going = self.new_lead(), self.new_lead()
        self.later(won, 1, stage_id=self.won.id)
        self.later(going, 1, stage_id=self.offer.id)
        before = self.side(after=60)
        self.env["crm.stage"].search([]).is_won = False
        self.env.cr.execute(
            "UPDATE crm_lead SET won_status = 'won' WHERE id = %s", [won.id])
        self.env.invalidate_all()
        side = self.side()
        self.assertEqual((side["won"], side["counted"]), (before["won"], before["counted"]))
        self.assertEqual(side["won"], 1)
        action = self.Report.action_drill(
            [], {"period": "this_year", "window": 30}, 0, "reached", 5)
        self.assertEqual((action["domain"], action["name"]),
                         ([("id", "in", won.ids)], "Funnel: Won"))


def wilson_of(hits, cases, z=1.959963984540054):
    centre = (hits / cases + z * z / 2 / cases) / (1 + z * z / cases)
    half = z / (1 + z * z / cases) * math.sqrt(
        hits / cases * (1 - hits / cases) / cases + z * z / 4 / cases / cases)
    return centre - half, centre + half


@tagged("post_install", "-at_install", "fault")
class TestFaultFunnel(FunnelCase):
    """Whose funnel it is."""

    def test_A5_a_salesperson_sees_the_own_and_unassigned_in_every_figure(self):
        mine, free = self.new_lead(), self.new_lead(user_id=False)
        theirs = self.new_lead(user_id=self.colleague.id, expected_revenue=12345)
        self.moment += timedelta(days=1)
        theirs.action_set_lost()
        self.commit()
        side = self.side(user=self.rep, after=60)
        self.assertEqual((side["cohort"], side["counted"]), (2, 2))
        self.assertEqual(sum(step["lost"] for step in side["steps"]), 0)
        self.assertNotIn("12,345", str(self.found))
        action = self.Report.with_user(self.rep).action_drill(
            [], {"period": "this_year", "window": 30}, 0, "cohort")
        self.assertEqual(action["domain"][0][2], sorted((mine + free).ids))
        self.assertEqual(self.side(user=self.colleague)["cohort"], 3)
        self.assertEqual(self.side()["cohort"], 3)
        events = self.Event.with_user(self.rep).search([])
        self.assertEqual(events.lead_id, mine + free)

    def test_A13_the_funnel_follows_whose_the_lead_is_now(self):
        south = self._team("South Team", self.company)
        lead = self.new_lead()
        self.later(lead, 1, team_id=south.id, user_id=self.colleague.id)
        side = self.side(after=60, domain=[("team_id", "=", south.id)])
        self.assertEqual(side["cohort"], 1)
        self.assertEqual(self.side(domain=[("team_id", "=", self.team.id)])["cohort"], 0)
        self.assertEqual(self.side(user=self.rep)["cohort"], 0)
        self.assertFalse(self.Event.with_user(self.rep).search([]))

    def test_A2_nothing_of_another_company(self):
        self.new_lead(company_id=self.other_company.id, team_id=self.other_team.id, user_id=False)
        self.assertEqual(self.side(after=60)["cohort"], 0)
        self.assertFalse(self.Event.with_user(self.manager).search([]))
        theirs = self.Event.with_user(self.other_manager).with_context(
            allowed_company_ids=self.other_company.ids)
        self.assertEqual(theirs.search_count([]), 1)

    def test_A8_no_funnel_without_sales_rights(self):
        user = self._user("funnel_outsider", "base.group_user", self.company)
        for call in (
            lambda: self.Report.with_user(user).funnel_figures([], {}),
            lambda: self.Report.with_user(user).action_drill([], {}, 0, "cohort"),
        ):
            with self.assertRaises(AccessError):
                call()

    def test_A11_nobody_writes_history(self):
        self.new_lead()
        event = self.Event.search([], limit=1)
        for forge in (
            lambda: event.sudo().write({"kind": "won"}), lambda: event.sudo().unlink(),
            lambda: self.Event.sudo().create({"lead_id": event.lead_id.id, "kind": "won"}),
        ):
            with self.assertRaises(AccessError):
                forge()


@tagged("post_install", "-at_install")
class TestFunnelWalks(FunnelCase):
    """Random ways through the pipeline, and the same funnel counted in plain Python."""

    WINDOW = 20

    def expected(self, walks):
        """Reached, running, lost by place, and days in each stage."""
        order = {stage.id: place for place, stage in enumerate(self.stages, 1)}
        reached, running, lost = [0] * 4, [0] * 4, [0] * 4
        stays = [[], [], [], []]
        for told in walks:
            entries = [row for row in told.rows if row["kind"] in ("entered", "reopened", "won")]
            begin = entries[0]["entered"]
            is_old = begin <= self.moment - timedelta(days=self.WINDOW)
            for place in range(1, 5):
                first = min((row["entered"] for row in entries
                             if order[row["stage"]] >= place), default=None)
                in_time = first and first <= begin + timedelta(days=self.WINDOW)
                reached[place - 1] += bool(is_old and in_time)
            spent, here = {}, None
            for row in entries:
                if row["kind"] != "won":
                    end = row["left"] or self.moment
                    place = order[row["stage"]]
                    spent[place] = spent.get(place, 0) + (end - row["entered"]).total_seconds()
                    here = place if not row["left"] else here
            for place, seconds in spent.items():
                stays[place - 1].append((round(seconds / 86400, 4), place == here))
            if here:
                running[here - 1] += 1
            if told.status == "lost":
                last = [row for row in entries if row["kind"] != "won"][-1]
                lost[order[last["stage"]] - 1] += 1
        return reached, running, lost, [sorted(stay) for stay in stays]

    def test_random_walks(self):
        dice, walks = random.Random(21), []
        for day in range(40):
            self.moment += timedelta(days=1, minutes=dice.randrange(400))
            if day < 34:
                lead = self.new_lead()
                walks.append((lead, Retelling(self.moment, self.new.id)))
            for lead, told in walks:
                if dice.random() < 0.15:
                    take_a_step(dice, lead, told, self.stages, self.moment)
            self.commit()
        side = self.side(window=self.WINDOW, after=1)
        reached, running, lost, stays = self.expected([told for _lead, told in walks])
        self.assertEqual(self.counts(side), reached)
        self.assertEqual([step["running"] for step in side["steps"]], running)
        self.assertEqual([step["lost"] for step in side["steps"]], lost)
        self.assertGreater(min(reached), 0)
        self.assertGreater(sum(lost), 2)
        rows = self.Report.with_context(funnel_window=self.WINDOW).search([])
        for place, expected in enumerate(stays, 1):
            mine = rows.filtered(lambda row, place=place: row.place == place)
            found = sorted(
                (round(row.running_days or row.done_days, 4), row.running_days is not False)
                for row in mine if row.running_days is not False or row.done_days is not False)
            self.assertEqual(found, expected)
