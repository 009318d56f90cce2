"""Decides who wins, so that the planted facts hold exactly and everything else is chance.

Every opportunity draws its own luck. Then, inside each team and phase (before and after the CRM
roll-out), the fewest and closest draws are turned until the share of won deals is the planned one.
"""

from . import world

REPEAT_SHARE = 0.17  # of all decided opportunities, about
REPEAT_BONUS = 0.24  # customers who know us decide for us more often
LUCKY_RATE = 0.75


def phase_of(tale, moment):
    return "after" if moment.date() >= tale.rollout else "before"


def target_rate(tale, team, phase):
    """The planned share of won among the decided opportunities of a team in a phase."""
    if team == tale.effect["team"]:
        return tale.effect[f"win_rate_{phase}"]
    return world.TEAMS[team].win_rate


def settle_new(tale, courses):
    """Outcomes of first opportunities. The lucky salesperson's are settled on their own."""
    lucky = tale.luck["rep"]
    _draw(tale, [c for c in courses if c.deal.rep == lucky], lambda c, target: LUCKY_RATE)
    for team in world.TEAMS:
        own = [c for c in courses if c.deal.team == team]
        rest = [c for c in own if c.deal.rep != lucky]
        mean = sum(c.weight for c in rest) / max(len(rest), 1)
        _draw(tale, rest, lambda c, target, mean=mean: _first_rate(target) * c.weight / mean)
        for phase in ("before", "after"):
            target = _first_rate(target_rate(tale, team, phase))
            _turn(tale, own, phase, LUCKY_RATE, lambda c: c.deal.rep == lucky, only_free=True)
            _turn(tale, own, phase, target, lambda c: c.deal.rep != lucky)


def settle_repeat(tale, courses, repeats):
    """Outcomes of opportunities with customers, so that the team's total is as planned."""
    _draw(tale, repeats, lambda c, target: target + REPEAT_BONUS)
    for team in world.TEAMS:
        own = [c for c in courses + repeats if c.deal.team == team]
        for phase in ("before", "after"):
            _turn(tale, own, phase, target_rate(tale, team, phase), lambda c: c.deal.repeat)


def _first_rate(target):
    return (target - REPEAT_SHARE * (target + REPEAT_BONUS)) / (1 - REPEAT_SHARE)


def _draw(tale, courses, chance):
    for course in courses:
        target = target_rate(tale, course.deal.team, phase_of(tale, course.won_at))
        course.chance = min(0.95, chance(course, target))
        course.won = course.draw < course.chance


def _turn(tale, courses, phase, target, free, only_free=False):
    """Turn free courses of a phase until exactly the target share of it is won."""
    if only_free:
        courses = [c for c in courses if free(c)]
    decided = [c for c in courses if _decided(tale, c.closed_at, phase)]
    need = round(target * len(decided)) - sum(c.won for c in decided)
    both = [c for c in decided if free(c) and _decided(tale, c.won_at, phase)
            and _decided(tale, c.lost_at, phase) and c.won != (need > 0)]
    both.sort(key=lambda c: abs(c.draw - c.chance))
    for course in both[:abs(need)]:
        course.won = need > 0


def _decided(tale, moment, phase):
    return tale.start <= moment.date() < tale.today and phase_of(tale, moment) == phase
