"""The facts that are planted in the demo story, without a database."""

from collections import Counter, defaultdict
from datetime import date, datetime
from statistics import median

from odoo.tests import BaseCase, tagged

from ..demo import story, world
from ..demo.orders import round_two
from ..tools.funnel import bottleneck, slowest, stay, steps_of

TODAY = date(2026, 6, 17)


def status(deal):
    """Outcome as the events of a deal tell it."""
    last = [move.what for move in deal.moves if move.what in ("won", "lost", "reopened", "void")]
    return {"reopened": "open"}.get(last[-1], last[-1]) if last else "open"


def median_answer(deals):
    """Median hours until a salesperson answers, over the enquiries he answered."""
    return median(
        (deal.answered - deal.created).total_seconds() / 3600 for deal in deals
        if deal.answered and deal.answered > deal.created)


@tagged("post_install", "-at_install")
class TestStoryPlan(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = story.plan(7, TODAY)
        cls.deals = cls.plan.deals
        cls.decided = [deal for deal in cls.deals
                       if deal.kind == "opportunity" and status(deal) in ("won", "lost")]

    def phase(self, moment):
        return "after" if moment.date() >= self.plan.rollout else "before"

    def rate(self, deals):
        return sum(status(deal) == "won" for deal in deals) / len(deals)

    def test_same_seed_same_story(self):
        self.assertEqual(story.plan(3, TODAY, 0.1), story.plan(3, TODAY, 0.1))
        self.assertNotEqual(story.plan(3, TODAY, 0.1), story.plan(4, TODAY, 0.1))

    def test_size(self):
        confirmed = [order for order in self.plan.orders if order.state == "sale"]
        self.assertTrue(4000 <= len(self.deals) <= 6000, len(self.deals))
        self.assertGreaterEqual(len(confirmed), 1200)
        self.assertGreaterEqual(len({order.customer.key for order in confirmed}), 700)
        self.assertGreaterEqual(len(self.plan.customers), 800)
        self.assertGreaterEqual(
            sum(len(deal.talks) + len(deal.moves) for deal in self.deals), 12000)

    def test_planted_win_rate(self):
        """Before and after are as planted to the nearest deal; the other teams do not change."""
        effect = story.PLANTED_EFFECT
        for team in world.TEAMS.values():
            for phase in ("before", "after"):
                deals = [deal for deal in self.decided
                         if deal.team == team.key and self.phase(deal.closed) == phase]
                planned = effect[f"win_rate_{phase}"] if team.key == effect["team"] \
                    else team.win_rate
                self.assertGreater(len(deals), 150)
                self.assertAlmostEqual(self.rate(deals), planned, delta=1.5 / len(deals))
        self.assertAlmostEqual(
            effect["win_rate_after"] - effect["win_rate_before"], effect["win_rate_lift"])

    def test_planted_response(self):
        def change(team):
            by_phase = defaultdict(list)
            for deal in self.deals:
                if deal.team == team:
                    by_phase[self.phase(deal.created)].append(deal)
            return median_answer(by_phase["after"]) / median_answer(by_phase["before"])

        self.assertLess(change(story.PLANTED_EFFECT["team"]), 0.7)
        self.assertTrue(0.8 < change(story.PLANTED_EFFECT["placebo_team"]) < 1.25)

    def test_planted_bottleneck(self):
        stays = defaultdict(list)
        for deal in self.deals:
            if deal.kind != "opportunity":
                continue
            entered, stage = deal.converted or deal.created, None
            for move in deal.moves:
                if move.what in ("stage", "won"):
                    stays[move.old].append((move.at - entered).total_seconds() / 86400)
                    entered, stage = move.at, move.new
            self.assertEqual(stage or deal.stage, deal.stage)
        medians = {stage: median(days) for stage, days in stays.items()}
        planted = story.PLANTED_BOTTLENECK
        slowest = medians.pop(planted["stage"])
        self.assertAlmostEqual(slowest, planted["median_days"], delta=3)
        self.assertLess(max(medians.values()), planted["others_at_most"])

    def test_the_words_would_name_the_planted_bottleneck(self):
        """By share and by time, with who is still there counted as still there."""
        order = list(world.STAGES)
        done, running = defaultdict(list), defaultdict(list)
        reached = Counter()
        for deal in self.deals:
            if deal.kind != "opportunity" or status(deal) == "void":
                continue
            entered, stage, farthest = deal.converted or deal.created, "new", 0
            for move in deal.moves:
                if move.what in ("stage", "won"):
                    done[move.old].append((move.at - entered).total_seconds() / 86400)
                    entered, stage = move.at, move.new
                    farthest = max(farthest, order.index(stage))
            if status(deal) == "open":
                now = datetime(TODAY.year, TODAY.month, TODAY.day)
                running[stage].append(max((now - entered).total_seconds() / 86400, 0))
            for place in range(farthest + 1):
                reached[order[place]] += 1
        names = [stage for stage in order if reached[stage]]
        planted = names.index(story.PLANTED_BOTTLENECK["stage"])
        stall = bottleneck(steps_of([reached[stage] for stage in names]))
        self.assertEqual((stall.place, stall.is_clear), (planted, True))
        stays = [stay(done[stage], running[stage]) for stage in names]
        self.assertEqual(slowest(stays), planted)

    def test_planted_channels(self):
        leads, revenue = Counter(), Counter()
        for deal in self.deals:
            leads[deal.source] += 1
            revenue[deal.source] += deal.revenue if status(deal) == "won" else 0
        new = [source for source in leads if source in world.SOURCES]
        bad, good = (story.PLANTED_CHANNELS[key] for key in ("looks_good", "is_good"))
        self.assertEqual(max(new, key=leads.get), bad)
        self.assertLess(revenue[bad] / sum(revenue.values()), 0.05)
        self.assertLess(leads[good] / sum(leads.values()), 0.07)
        self.assertEqual(max(new, key=lambda s: revenue[s] / leads[s]), good)
        self.assertGreater(revenue[good] / leads[good], 10 * revenue[bad] / leads[bad])

    def test_luck_and_skill(self):
        by_rep = defaultdict(list)
        for deal in self.decided:
            by_rep[deal.rep].append(deal)
        lucky, skilled = story.PLANTED_LUCK["rep"], story.PLANTED_SKILL["rep"]
        rates = {rep: self.rate(deals) for rep, deals in by_rep.items()}
        self.assertEqual(max(rates, key=rates.get), lucky)
        self.assertLess(len(by_rep[lucky]), 30)
        self.assertEqual(max(by_rep, key=lambda rep: len(by_rep[rep])), skilled)
        others = [rate for rep, rate in rates.items() if rep not in (lucky, skilled)]
        self.assertGreater(rates[skilled], max(others))
        answers = {rep: median_answer([d for d in self.deals if d.rep == rep]) for rep in rates}
        self.assertEqual(min(answers, key=answers.get), skilled)

    def test_time_order(self):
        for deal in self.deals:
            dates = [deal.created, deal.converted, deal.closed]
            dates = [moment for moment in dates if moment]
            self.assertEqual(dates, sorted(dates), deal.title)
            moments = dates + [move.at for move in deal.moves] + [t.at for t in deal.talks]
            self.assertLess(max(moments).date(), self.plan.today, deal.title)
            self.assertEqual(deal.moves, sorted(deal.moves, key=lambda move: move.at))
            self.assertEqual(bool(deal.closed), status(deal) != "open", deal.title)

    def test_what_makes_it_life(self):
        """Everything a report must cope with is in the story."""
        has = {
            "no source": [d for d in self.deals if not d.source],
            "no salesperson": [d for d in self.deals if d.team and not d.rep],
            "no team": [d for d in self.deals if not d.team],
            "void": [d for d in self.deals if d.outcome == "void"],
            "merged": [d for d in self.deals if d.duplicate],
            "reopened": [d for d in self.deals if any(m.what == "reopened" for m in d.moves)],
            "taken over": [d for d in self.deals if any(m.what == "user" for m in d.moves)],
            "deadline moved": [d for d in self.deals if len(d.deadlines) > 1],
            "overdue": [d for d in self.deals if d.kind == "opportunity" and d.outcome == "open"
                        and d.deadlines[-1] < self.plan.today],
            "unanswered": [d for d in self.deals if d.rep and not d.answered],
            "overdue activity": [d for d in self.deals
                                 if any(t.due < self.plan.today for t in d.tasks)],
            "cancelled": [o for o in self.plan.orders if o.state == "cancel" and not o.deal],
            "credited": [o for o in self.plan.orders if o.refund],
            "foreign currency": [o for o in self.plan.orders if o.currency not in ("EUR", "USD")],
        }
        self.assertFalse([name for name, found in has.items() if len(found) < 10])

    def test_amounts_are_estimates(self):
        for deal in self.deals:
            if deal.outcome != "won" and deal.revenue:
                self.assertEqual(deal.revenue, round_two(deal.revenue), deal.title)
        self.assertEqual([round_two(x) for x in (18342, 955, 0, 101)], [18000, 960, 0, 100])

    def test_scale_is_checked(self):
        with self.assertRaisesRegex(ValueError, "scale of the demo story is 5"):
            story.plan(7, TODAY, 5)
