"""The story: a packaging machine builder sells for three years.

`plan()` writes it without a database. The same seed, day and scale give the same story, so its
facts can be compared with whatever a report finds in the loaded database:

- `PLANTED_EFFECT`: a CRM roll-out in one team; answers come faster and more deals are won
  (counting opportunities decided before and after the day). The placebo team changes nothing.
- `PLANTED_BOTTLENECK`: the stage where deals wait, with its median against the others'.
- `PLANTED_CHANNELS`: one source with most of the enquiries and hardly any revenue, and a small
  one whose enquiries are worth most.
- `PLANTED_LUCK`, `PLANTED_SKILL`: a salesperson with few deals and a high share won, which is
  chance; and one with many deals who answers fast and calls steadily, which is not.
"""

import random
from datetime import date, datetime, time, timedelta

from . import outcomes, world
from .clock import Clock, month_after
from .costs import plan_costs
from .customers import CustomerBook
from .deals import close, course_of, qualify
from .enquiries import Enquiries, blemish, describe
from .orders import EXTRAS, LEGACY, direct_order, estimate, purchases, quotations, refunds
from .rates import monthly_rates
from .shapes import Deal, Move, Plan
from .talk import Conversation, fill

MONTHS = 36
PLANTED_EFFECT = {
    "team": "west", "placebo_team": "central", "months_ago": 14,
    "win_rate_before": 0.30, "win_rate_after": 0.42, "win_rate_lift": 0.12,
    "response_ratio": 0.5,  # of the office hours to the first answer
}
PLANTED_BOTTLENECK = {  # median days of finished stays, about
    "stage": "negotiation", "median_days": 26, "others_at_most": 11}
PLANTED_CHANNELS = {"looks_good": "social", "is_good": "referral"}
PLANTED_LUCK = {"rep": "ryan", "win_rate": outcomes.LUCKY_RATE, "months": 8}
PLANTED_SKILL = {"rep": "anna", "median_answer_hours": 0.7}


def plan(seed=7, today=None, scale=1.0):
    """Write the story as told on `today` (a date; default: this day). About 5,000 enquiries at
    scale 1. Returns a `shapes.Plan`; raises ValueError for a scale outside 0.005 to 1.2."""
    if not 0.005 <= scale <= 1.2:
        raise ValueError(f"The scale of the demo story is {scale}; take one from 0.005 to 1.2")
    return _Story(seed, today, scale).write()


class _Story:
    effect, luck = PLANTED_EFFECT, PLANTED_LUCK

    def __init__(self, seed, today, scale):
        self.seed, self.scale = seed, scale
        self.today = today or date.today()
        self.start = month_after(self.today, -MONTHS)
        self.rollout = month_after(self.today, -self.effect["months_ago"])
        self.rng = random.Random(f"noordvelt {seed}")
        self.clocks = {key: Clock(self.rng, company["tz"])
                       for key, company in world.COMPANIES.items()}
        self.book = CustomerBook(self.rng)
        self.orders, self.lines, self.visits = [], {}, {}

    def clock_of(self, deal):
        return self.clocks[world.TEAMS[deal.customer.team].company]

    def fill(self, template, deal):
        return fill(self, template, deal)

    def new_deal(self, customer, focus=None, **values):
        deal = Deal(0, "", customer, self.rng.choice(customer.contacts), **values)
        describe(self, deal, focus)
        return deal

    def write(self):
        deals = Enquiries(self).draw()
        courses = self._open_courses(deals)
        outcomes.settle_new(self, courses)
        self._close(courses)
        repeats = self._buy_again(courses)
        outcomes.settle_repeat(self, courses, repeats)
        self._close(repeats)
        deals = self._since_start(deals + [course.deal for course in repeats])
        for number, deal in enumerate(deals, 1):
            deal.key = number
            self._finish(deal)
        self._number_orders()
        refunds(self, self.orders)
        return Plan(self.seed, self.scale, self.today, self.start, self.rollout,
                    self._customers(deals), deals, self.orders,
                    monthly_rates(self.rng, self.start, self.today),
                    plan_costs(self.seed, self.start, self.today, self.rollout, self.scale))

    def _since_start(self, deals):
        """What was still open when the story begins, and everything after; by date."""
        return sorted((deal for deal in deals
                       if not deal.closed or deal.closed.date() >= self.start),
                      key=lambda deal: deal.created)

    def _number_orders(self):
        kept = [order for order in self.orders if order.at.date() >= self.start]
        self.orders = sorted(kept, key=lambda order: order.quoted)
        for number, order in enumerate(self.orders, 1):
            order.key = number

    def _customers(self, deals):
        """The firms that Odoo knows: with an opportunity or an order."""
        known = {order.customer.key for order in self.orders}
        known.update(deal.customer.key for deal in deals if deal.kind == "opportunity")
        return [customer for customer in self.book.customers if customer.key in known]

    def _open_courses(self, deals):
        courses = []
        for deal in deals:
            if qualify(self, deal):
                self.lines[id(deal)] = estimate(self, deal)
                courses.append(course_of(self, deal))
        return courses

    def _close(self, courses):
        for course in courses:
            deal = course.deal
            visits = self.visits[id(deal)] = close(self, course)
            self.orders += quotations(self, deal, self.lines[id(deal)], visits)

    def _buy_again(self, courses):
        """Repeat business of everybody who bought, and of customers from before the story."""
        buyers = [(c.deal.customer, c.deal.closed, c.deal.focus) for c in courses
                  if c.deal.outcome == "won"]
        for _number in range(round(LEGACY * self.scale)):
            buyers.append(self._legacy())
        repeats = []
        for customer, first_at, focus in buyers:
            for moment, need, asks in purchases(self, customer, first_at, focus):
                if asks:
                    repeats.append(self._repeat(customer, moment, need))
                else:
                    self.orders.append(direct_order(self, customer, moment, need))
        return repeats

    def _legacy(self):
        team = self.rng.choices(list(world.TEAMS), weights=(45, 35, 20))[0]
        customer = self.book.new(team)
        start = datetime.combine(self.start, time())
        customer.known_since = start - timedelta(days=self.rng.randint(20, 900))
        customer.rep = self.rng.choice([
            rep.login for rep in world.REPS.values() if rep.team == team and not rep.months])
        first = self.clocks[world.TEAMS[team].company].in_office(
            start + timedelta(days=self.rng.randint(1, 360)))
        self.orders.append(direct_order(self, customer, first, self.rng.choice(list(world.FOCUS))))
        return customer, first, "SF1"

    def _repeat(self, customer, moment, need):
        """An opportunity that the salesperson opens for a customer."""
        rep = customer.rep
        if rep == self.luck["rep"]:  # he hands his customers over; his few deals are all new ones
            rep = next(r.login for r in world.REPS.values() if r.team == customer.team and r.leader)
        key, _name, medium = world.ACCOUNT_SOURCE
        deal = self.new_deal(
            customer, created=moment, team=customer.team, rep=rep, source=key, medium=medium,
            campaign="", born="opportunity", repeat=True,
            focus=need if world.PRODUCTS[need].category in EXTRAS else "SF1")
        deal.kind, deal.assigned = "opportunity", moment
        self.lines[id(deal)] = estimate(self, deal)
        return course_of(self, deal)

    def _finish(self, deal):
        blemish(self, deal)
        if deal.kind == "opportunity":
            self._second_thoughts(deal)
        Conversation(self, deal, self.visits.get(id(deal), [])).write()

    def _second_thoughts(self, deal):
        """Some were taken over from a colleague; some customers asked twice and were merged."""
        draw = self.rng.random()
        if deal.converted and draw < 0.03:
            mates = [rep.login for rep in world.REPS.values()
                     if rep.team == deal.team and rep.login != deal.rep and not rep.months]
            if mates:
                by = next(r.login for r in world.REPS.values() if r.team == deal.team and r.leader)
                deal.moves.insert(0, Move(deal.converted, "user", mates[0], deal.rep, by))
        elif deal.converted and draw < 0.045:
            deal.duplicate = f"{deal.customer.name}: request by phone"
            deal.merged_at = self.clock_of(deal).after(deal.converted, 0.1)
