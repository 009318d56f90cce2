"""How enquiries arrive: when, through which channel, to whom, and how fast they are answered."""

from datetime import timedelta

from . import phrases, world
from .clock import GROWTH, SEASON, is_working, lognormal, month_after, pick
from .orders import larger
from .shapes import Deal

PER_MONTH = 97  # enquiries in an average month of the first year, whole company
LATE_MONTHS = 18  # since when the social channel is pushed
UNANSWERED = 0.045
OPENING_MONTHS = 5  # enquiries before the story from which its first open deals come


class Enquiries:
    """Draws the enquiries of one story. `tale` is the running Story (random numbers, clocks)."""

    def __init__(self, tale):
        self.tale = tale
        self.rng = tale.rng
        self.late = month_after(tale.today, -LATE_MONTHS)

    def draw(self):
        """All first enquiries, by time, from some months before the story begins."""
        deals = []
        month, carry = month_after(self.tale.start, -OPENING_MONTHS), 0.0
        while month < self.tale.today:
            wanted = self._volume(month) + carry
            carry = wanted - int(wanted)
            deals += [self._enquiry(month) for _ in range(int(wanted))]
            month = month_after(month, 1)
        deals = [deal for deal in deals if deal.created.date() < self.tale.today]
        return sorted(deals, key=lambda deal: deal.created)

    def _volume(self, month):
        age = (month.year - self.tale.start.year) + (month.month - self.tale.start.month) / 12
        return PER_MONTH * self.tale.scale * GROWTH**age * SEASON[month.month - 1]

    def _enquiry(self, month):
        team = world.TEAMS[pick(self.rng, {t.key: t.share for t in world.TEAMS.values()})]
        source = world.SOURCES[self._source(month)]
        day = self._day(month, source)
        by_rep = source.key == "cold"
        clock = self.tale.clocks[team.company]
        created = clock.office(day) if by_rep else clock.visitor(day)
        rep = self._rep(team.key, day)
        customer = self.tale.book.new(team.key)
        customer.known_since, customer.rep, customer.source = created, rep, source.key
        deal = self.tale.new_deal(
            customer=customer, created=created, team=team.key, rep=rep, source=source.key,
            medium=source.medium, campaign=self._campaign(source.key, day),
            born="opportunity" if by_rep and self.rng.random() < 0.5 else "lead",
        )
        self._answer(deal, by_rep)
        return deal

    def _source(self, month):
        late = month >= self.late
        return pick(self.rng, {
            source.key: (source.weight_late if late and source.weight_late else source.weight)
            * self._peak(source.key, month.month)
            for source in world.SOURCES.values()
        })

    @staticmethod
    def _peak(source, month):
        if source != "fair":
            return 1.0
        return 3.2 if month in (3, 4, 9, 10) else 0.25

    def _day(self, month, source):
        days = (month_after(month, 1) - month).days
        while True:
            day = month + timedelta(days=self.rng.randrange(days))
            if is_working(day) or (source.key != "cold" and self.rng.random() < 0.3):
                return day

    def _campaign(self, source, day):
        running = [
            name.format(year=day.year)
            for key, name, first, last in world.CAMPAIGNS
            if key == source and first <= day.month <= last
        ]
        return self.rng.choice(running) if running and self.rng.random() < 0.75 else ""

    def _rep(self, team, day):
        return pick(self.rng, {
            rep.login: rep.share
            for rep in world.REPS.values()
            if rep.team == team
            and (not rep.months or day >= month_after(self.tale.today, -rep.months))
        })

    def _answer(self, deal, by_rep):
        """Who takes it when, and when the first answer goes out."""
        clock = self.tale.clock_of(deal)
        if by_rep:
            deal.assigned = deal.answered = deal.created
            return
        deal.assigned = clock.after(deal.created, lognormal(self.rng, 0.06, 0.8))
        rep = world.REPS[deal.rep]
        hours = rep.answer
        if deal.team == self.tale.effect["team"] and deal.created.date() >= self.tale.rollout:
            hours *= self.tale.effect["response_ratio"]
        if self.rng.random() < UNANSWERED:
            return
        deal.answered = clock.work(deal.assigned, lognormal(self.rng, hours, 0.7))
        if deal.answered.date() >= self.tale.today:
            deal.answered = None
        if deal.assigned.date() >= self.tale.today:
            deal.assigned = deal.created


CHEAPER = {"CE400": "CE200", "CE800": "CE200", "RP90": "SW10", "SW50": "SW10", "TS300": "TS100",
           "CE200": "SF1", "TS100": "RC3"}


def _focus(tale, deal):
    """The product that is asked for: small customers and cheap channels ask for small ones."""
    focus = pick(tale.rng, world.FOCUS)
    source = world.SOURCES.get(deal.source)
    scale = (source.size if source else 1.0) * deal.customer.size
    if scale < 0.45 and tale.rng.random() < 0.8:
        return CHEAPER.get(focus, focus)
    return larger(focus) if scale > 1.8 and tale.rng.random() < 0.5 else focus


def describe(tale, deal, focus=None):
    """Title, main product and first note of an enquiry."""
    rng = tale.rng
    focus = focus or _focus(tale, deal)
    product = world.PRODUCTS[focus]
    titles = phrases.REPEAT_TITLES if deal.repeat else phrases.TITLES
    deal.focus = focus
    deal.title = rng.choice(titles[product.category]).format(
        short=deal.customer.short, city=deal.customer.city, product=product.name)
    deal.priority = rng.choices("0123", weights=(62, 24, 11, 3))[0]
    deal.tags = tuple(sorted(set(rng.choices(
        list(world.TAGS), weights=(5, 6, 3, 3, 1, 1, 1), k=rng.choice((0, 1, 1, 2))))))
    if rng.random() < 0.7 and not deal.repeat:
        deal.note = tale.fill(rng.choice(
            phrases.FAIR_NOTES if deal.source == "fair" else phrases.FORM_NOTES), deal)


def blemish(tale, deal):
    """A few enquiries that nobody assigned, or that belong to no team and no company."""
    draw = tale.rng.random()
    if deal.kind != "lead" or deal.outcome not in ("open", "lost") or deal.born != "lead":
        return
    if draw < 0.012:
        deal.team = deal.rep = ""
        deal.assigned = deal.answered = None
    elif draw < 0.035:
        deal.rep = ""
        deal.assigned = deal.answered = None


def first_reply_possible(deal: Deal):
    """An enquiry made by the salesperson himself has no first answer."""
    return deal.answered is not None and deal.answered > deal.created
