"""Who says what when: e-mails, calls, meetings and notes in the chatter of an enquiry."""

from datetime import datetime, time, timedelta

from . import phrases, world
from .clock import is_working, next_working
from .enquiries import first_reply_possible
from .orders import round_two
from .shapes import Meeting, Talk, Task


class Conversation:
    """Writes the conversation of one enquiry after its history is known."""

    def __init__(self, tale, deal, visits):
        self.tale, self.deal, self.visits = tale, deal, visits
        self.rng = tale.rng
        self.clock = tale.clock_of(deal)
        self.rep = world.REPS.get(deal.rep)
        self.midnight = datetime.combine(tale.today, time())
        self.said = set()

    def write(self):
        deal = self.deal
        self._enquiry()
        if self.rep and first_reply_possible(deal):
            self._first_answer()
        if self.rep and deal.kind == "opportunity":
            self._selling()
        if deal.outcome in ("won", "lost") and self.rep and deal.kind == "opportunity":
            self._last_word()
        if deal.outcome == "open" and self.rep:
            self._next_steps()
        deal.talks.sort(key=lambda talk: talk.at)

    def choose(self, templates):
        """One that was not used in this conversation yet, if there is any."""
        fresh = [template for template in templates if template not in self.said]
        template = self.rng.choice(fresh or templates)
        self.said.add(template)
        return template

    def phase(self, at):
        """`late` once there is an offer to talk about."""
        return "late" if any(stage in ("proposition", "negotiation") and entered <= at
                             for stage, entered in self.visits) else "early"

    def say(self, at, kind, template, subject=""):
        if at < self.midnight:
            text = self.tale.fill(template, self.deal)
            by = "" if kind == "in" else self.deal.rep
            self.deal.talks.append(Talk(at, kind, by, subject, text))

    def _enquiry(self):
        deal = self.deal
        if deal.born == "lead" and deal.source != "fair" and self.rng.random() < 0.5:
            self.say(deal.created + timedelta(seconds=20), "in", self.rng.choice(phrases.ENQUIRY),
                     deal.title)

    def _first_answer(self):
        if self.rng.random() < 0.45:
            self.say(self.deal.answered, "call", self.rng.choice(phrases.FIRST_CALLS), "First call")
        else:
            self.say(self.deal.answered, "out", self.rng.choice(phrases.FIRST_ANSWER),
                     f"Re: {self.deal.title}")

    def _selling(self):
        deal, rng = self.deal, self.rng
        start = deal.converted or deal.created
        end = min(deal.closed or self.midnight, self.midnight)
        for at in self._moments(start, end, self._count(self.rep.calls)):
            self.say(at, "call", self.choose(self._lines_at(at, phrases.CALLS)),
                     self.choose(phrases.CALL_SUBJECTS[self.phase(at)]))
        for at in self._moments(start, end, self._count(1.0), steady=False):
            self.say(at, "out", self.choose(phrases.OUT[self.phase(at)]), f"Re: {deal.title}")
            if rng.random() < 0.5:
                reply = self.clock.after(at, rng.uniform(0.3, 4))
                if reply < end:
                    self.say(reply, "in", self.choose(phrases.IN[self.phase(reply)]),
                             f"Re: {deal.title}")
        for at in self._moments(start, end, self._count(0.4), steady=False):
            self.say(at, "note", self.choose(self._lines_at(at, phrases.NOTES)))
        if rng.random() < 0.4 and (end - start).days > 8:
            self._meeting(start, end)

    def _count(self, mean):
        """How many times, about `mean` on average."""
        whole, part = int(mean), mean - int(mean)
        count = whole + (self.rng.random() < part)
        return max(0, count + self.rng.choice((-1, 0, 0, 0, 1)))

    def _moments(self, start, end, count, steady=True):
        """Working moments between two dates; the better the rhythm, the more even."""
        span = min((end - start).total_seconds(), 60 * 86400)
        if span < 6 * 3600 or not count:
            return []
        rhythm = self.rep.rhythm if steady else 0.3
        moments = []
        for index in range(count):
            even = (index + 0.7) / (count + 0.4)
            share = rhythm * even + (1 - rhythm) * self.rng.random()
            at = self.clock.in_office(start + timedelta(seconds=span * share))
            local = self.clock.local(at)
            if is_working(local.date()) and start < at < end:
                moments.append(at)
        return moments

    def _lines_at(self, at, usual):
        stage = [name for name, entered in self.visits if entered <= at]
        return phrases.STALL if stage and stage[-1] == "negotiation" else usual

    def _meeting(self, start, end):
        at = self.clock.in_office(start + (end - start) * self.rng.uniform(0.25, 0.8))
        day = next_working(self.clock.local(at).date())
        begin = self.clock.office(day, 9, 15).replace(minute=self.rng.choice((0, 30)), second=0)
        if not start < begin < end:
            return
        subject = self.tale.fill(self.rng.choice(phrases.MEETINGS), self.deal)
        hours = self.rng.choice((1.0, 1.0, 1.5, 2.0))
        self.deal.meetings.append(Meeting(begin, hours, subject, self.deal.rep))
        self.say(begin + timedelta(hours=hours), "meeting", self.choose(phrases.NOTES), subject)

    def _last_word(self):
        deal = self.deal
        if self.rng.random() < 0.55:
            lines = phrases.WON_NOTES if deal.outcome == "won" else (
                phrases.LOST_NOTES[deal.lost_reason],)
            self.say(deal.closed - timedelta(seconds=90), "note", self.rng.choice(lines))

    def _next_steps(self):
        """What is planned for an open enquiry; some of it is overdue, some has nothing planned."""
        deal, rng, today = self.deal, self.rng, self.tale.today
        chance = 0.7 if deal.kind == "opportunity" else 0.35
        if rng.random() > chance:
            return
        kind = rng.choices(("call", "email", "todo", "meeting"), weights=(5, 3, 1, 1))[0]
        late = rng.random() < 0.28
        days = -rng.randint(1, 16) if late else rng.randint(0, 14)
        due = max(next_working(today + timedelta(days=days)), deal.created.date())
        deal.tasks.append(Task(due, kind, rng.choice(phrases.TASKS[kind]), deal.rep))
        if deal.kind == "opportunity" and rng.random() < 0.35:
            day = next_working(today + timedelta(days=rng.randint(1, 12)))
            begin = self.clock.office(day, 9, 15).replace(minute=0, second=0)
            subject = self.tale.fill(rng.choice(phrases.MEETINGS), deal)
            deal.meetings.append(Meeting(begin, rng.choice((1.0, 1.5)), subject, deal.rep))


def fill(tale, template, deal):
    """Put names, products and numbers of the deal into a template."""
    if "{" not in template:
        return template
    rng, customer = tale.rng, deal.customer
    rep = world.REPS.get(deal.rep)
    company = world.COMPANIES[world.TEAMS[customer.team].company]
    need = phrases.NEEDS[customer.trade]
    values = {
        "contact": deal.contact.name, "contact_first": deal.contact.name.split(" ")[0],
        "rep_first": rep.name.split(" ")[0] if rep else "", "function": deal.contact.function,
        "company": customer.name,
        "short": customer.short, "city": customer.city, "rep": rep.name if rep else "",
        "product": world.PRODUCTS[deal.focus].name, "number": rng.choice((60, 120, 250, 400, 900)),
        "month": rng.choice(phrases.MONTHS), "weeks": rng.choice((6, 8, 10, 12, 14, 16)),
        "amount": f"{company['currency']} {round_two(max(deal.revenue, 4000)):,.0f}",
    }
    return template.format(need=need.format(**values), **values)
