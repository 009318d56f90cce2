"""How an enquiry becomes an opportunity and moves through the stages.

A `Course` holds what would happen either way: when the deal would be won, and where and when it
would be lost. `outcomes.py` decides between the two, `close` then writes the history.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from . import world
from .clock import lognormal, month_after, pick, previous_working
from .shapes import Deal, Move

# days in each stage: median, sigma. Negotiation is the bottleneck of this company
DWELL = {
    "new": (4.0, 0.6), "qualified": (8.0, 0.6), "proposition": (10.0, 0.55),
    "negotiation": (32.0, 0.6),
}
STAGES = tuple(DWELL)
LOST_AT = {"new": 12, "qualified": 26, "proposition": 24, "negotiation": 38}
LEAD_LOST = {"fit": 38, "silent": 34, "timing": 14, "budget": 14}
FORGOTTEN = 0.06  # of the lost deals of the last months: nobody closed them
DEAL_LOST = {"price": 30, "competitor": 26, "timing": 12, "budget": 10, "silent": 13, "features": 9}


@dataclass(slots=True)
class Course:
    deal: Deal
    visits: list[tuple[str, datetime]]  # stage, entered
    won_at: datetime
    lost_stage: str
    lost_at: datetime
    weight: float
    draw: float
    won: bool = False
    chance: float = 0.0
    pauses: list[tuple[datetime, datetime, str]] = field(default_factory=list)

    @property
    def closed_at(self):
        return self.won_at if self.won else self.lost_at


def qualify(tale, deal):
    """Whether the enquiry becomes an opportunity. If not, it stays open or is put aside."""
    rng, clock = tale.rng, tale.clock_of(deal)
    if deal.born == "opportunity":
        deal.kind, deal.converted = "opportunity", None
        return True
    if deal.answered:
        decided = clock.after(deal.answered, lognormal(rng, 2.6, 0.9))
    else:
        decided = clock.after(deal.created, rng.uniform(20, 75))
    if decided.date() >= tale.today:
        return False
    if deal.answered and rng.random() < world.SOURCES[deal.source].qualify:
        deal.kind, deal.converted = "opportunity", decided
        deal.moves.append(Move(decided, "type", "lead", "opportunity", deal.rep))
        return True
    deal.closed = decided
    if rng.random() < 0.03:
        deal.outcome = "void"  # put aside without saying why
        deal.moves.append(Move(decided, "void", "", "", deal.rep))
        return False
    deal.outcome = "lost"
    deal.lost_reason = pick(rng, LEAD_LOST) if deal.answered else "silent"
    deal.moves.append(Move(decided, "lost", "", deal.lost_reason, deal.rep))
    return False


def course_of(tale, deal):
    """The two possible ways of an opportunity through the stages."""
    rng, clock = tale.rng, tale.clock_of(deal)
    moment = deal.converted or deal.created
    visits = []
    skip = rng.random() < 0.06
    speed = 0.75 if deal.repeat else 1.0
    for stage in STAGES:
        if stage == "new" and deal.repeat or stage == "proposition" and skip:
            continue
        visits.append((stage, moment))
        moment = clock.after(moment, speed * lognormal(rng, *DWELL[stage]))
    if rng.random() < 0.05 and visits[-2][0] == "proposition":
        visits, moment = _back_and_forth(tale, clock, visits, moment)
    won_at = _quarter_end(tale, clock, visits[-1][1], moment)
    lost_stage, lost_at = _lost_way(tale, clock, visits, moment)
    return Course(deal, visits, won_at, lost_stage, lost_at, weight_of(deal), rng.random())


def _back_and_forth(tale, clock, visits, moment):
    """Negotiation fails on the scope, a new proposal is written, negotiation goes on."""
    again = clock.after(visits[-1][1], tale.rng.uniform(6, 14))
    second = clock.after(again, tale.rng.uniform(4, 9))
    visits = [*visits, ("proposition", again), ("negotiation", second)]
    return visits, max(moment, clock.after(second, tale.rng.uniform(5, 20)))


def _quarter_end(tale, clock, entered, moment):
    """Orders of the first days of a quarter are often signed just before its end."""
    local = clock.local(moment).date()
    first = date(local.year, (local.month - 1) // 3 * 3 + 1, 1)
    pull = 0.55 if first.month == 1 else 0.3
    if (local - first).days > 21 or tale.rng.random() > pull:
        return moment
    day = previous_working(first - timedelta(days=tale.rng.choice((1, 1, 2, 3, 4, 6, 8))))
    pulled = clock.office(day)
    return pulled if pulled > entered + timedelta(days=2) else moment


def _lost_way(tale, clock, visits, moment):
    reached = [stage for stage, _entered in visits]
    stage = pick(tale.rng, {key: weight for key, weight in LOST_AT.items() if key in reached})
    last = max(index for index, (name, _entered) in enumerate(visits) if name == stage)
    entered = visits[last][1]
    left = visits[last + 1][1] if last + 1 < len(visits) else moment
    stretch = tale.rng.uniform(0.9, 1.9)  # lost deals linger before somebody admits it
    lost_at = clock.after(entered, max((left - entered).days * stretch, 0.6))
    if tale.rng.random() < FORGOTTEN and (tale.today - lost_at.date()).days < 240:
        lost_at = datetime.combine(tale.today + timedelta(days=30), time())
    return stage, lost_at


def weight_of(deal):
    """Relative chance to win, within the team."""
    source = world.SOURCES.get(deal.source)
    weight = (source.win if source else 1.0) * world.REPS[deal.rep].win
    if deal.revenue > 60000:
        weight *= 0.8
    elif deal.revenue < 8000:
        weight *= 1.15
    return weight


def close(tale, course):
    """Write stages, outcome and deadlines of an opportunity as its course says."""
    deal = course.deal
    closed = course.closed_at
    known = closed.date() < tale.today
    end = closed if known else datetime.combine(tale.today, time())
    visits = [visit for visit in course.visits if visit[1] < end and visit[1].date() < tale.today]
    visits = visits or course.visits[:1]
    if known and not course.won:
        last = max(i for i, (stage, _at) in enumerate(visits) if stage == course.lost_stage)
        visits = visits[:last + 1]
    _pause(tale, course, visits, end)
    old = None
    for stage, entered in visits:
        if old:
            deal.moves.append(Move(entered, "stage", old, stage, deal.rep))
        old = stage
    deal.stage, deal.stage_since = visits[-1]
    if known:
        _outcome(tale, deal, course.won, closed, old)
    _deadlines(tale, deal, course, end)
    deal.moves.sort(key=lambda move: move.at)
    return visits


def _outcome(tale, deal, won, closed, stage):
    deal.closed = closed
    deal.outcome = "won" if won else "lost"
    if won:
        deal.stage, deal.stage_since = "won", closed
        deal.moves.append(Move(closed, "won", stage, "won", deal.rep))
        return
    deal.lost_reason = pick(tale.rng, DEAL_LOST)
    deal.moves.append(Move(closed, "lost", "", deal.lost_reason, deal.rep))


def _pause(tale, course, visits, end):
    """Some deals were given up and came back during their last stage."""
    entered = visits[-1][1]
    if (end - entered).days < 24 or tale.rng.random() > 0.12:
        return
    span = end - entered
    clock = tale.clock_of(course.deal)
    left, back = clock.in_office(entered + span * 0.35), clock.in_office(entered + span * 0.7)
    reason = tale.rng.choice(("timing", "budget", "silent"))
    by = course.deal.rep
    course.deal.moves.append(Move(left, "lost", "", reason, by))
    course.deal.moves.append(Move(back, "reopened", reason, "", by))


def _deadlines(tale, deal, course, end):
    """First expected closing, and how often it was moved while the deal was still open."""
    rng = tale.rng
    start = deal.converted or deal.created
    hope = (course.won_at - start).days * rng.uniform(0.4, 1.05)
    deadline = start.date() + timedelta(days=max(10, int(hope)))
    deadline = rng.choice((deadline, month_after(deadline, 1) - timedelta(days=1)))
    deal.deadlines = [deadline]
    patience = 0.6
    if deal.outcome == "open":  # half are simply left to run past their date
        patience = 0.0 if rng.random() < 0.5 else 1.0
    while deadline < end.date() and rng.random() < patience and len(deal.deadlines) < 5:
        deadline = max(deadline, deadline + timedelta(days=rng.choice((14, 21, 30, 30, 45))))
        deal.deadlines.append(deadline)
