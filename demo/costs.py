"""What the story's company paid: for the CRM, and to win customers. No Odoo here.

- Licences of each team from the day it works with the CRM; the western team's roll-out with
  choosing, adapting, training and the weeks in which its people got less done.
- Media, tools, events and pay month by month. The source `social` gets most of the money and
  `referral` hardly any, as `PLANTED_CHANNELS` says what they bring.
"""

import random
from datetime import timedelta

from . import world
from .clock import month_after
from .shapes import Cost

DAY = timedelta(days=1)

# team: users, price of a licence and month
LICENCES = {"west": (5, 89.0), "central": (4, 89.0), "america": (4, 95.0)}

# The western roll-out: category, name, months from its first day, length in months, and what the
# entry is made of. Amounts of work are hours (weeks for productivity) for each person.
ROLLOUT = (
    ("procurement_time", "Choosing the CRM", -4, 2, {"quantity": 60, "people": 2, "unit_cost": 62}),
    ("customisation", "Workflows, price book, data migration", -2, 3, {"amount": 38400}),
    ("training_material", "Handbook and films", -1, 1, {"amount": 2350}),
    ("training_consultant", "Trainer on site, nine days", 0, 1, {"amount": 11700}),
    ("training_time", "Four days of training", 0, 1,
     {"quantity": 32, "people": 5, "unit_cost": 52}),
    ("productivity_loss", "First weeks with the CRM", 0, 3,
     {"quantity": 12, "people": 5, "hours_per_week": 38, "loss_rate": 0.30, "unit_cost": 52}),
)
YEARLY = (("upgrade", "Yearly upgrade and tests", 4800.0),)
MONTHLY = {  # company: category, name, amount
    "eu": (("storage", "Storage and backups", 64.0),),
    "us": (("storage", "Storage and backups", 41.0),),
}

# company: source, category, name, amount of a month, of the later months when it differs
MEDIA = (
    ("eu", "search", "media", "Search ads", 2900, 2900),
    ("us", "search", "media", "Search ads", 1400, 1400),
    ("eu", "social", "media", "Retrofit videos, paid posts", 1900, 9800),
    ("us", "social", "media", "Paid posts", 700, 3900),
    ("eu", "linkedin", "media", "Sponsored webinars", 1300, 1300),
    ("eu", "newsletter", "tools", "Newsletter service", 240, 240),
    ("us", "newsletter", "tools", "Newsletter service", 150, 150),
    ("eu", "newsletter", "content", "Texts and pictures", 650, 650),
    ("eu", "cold", "tools", "Address lists and dialler", 520, 520),
    ("eu", "referral", "event", "Thank-you for referrals", 90, 90),
    ("eu", "partner", "event", "Partner days", 700, 700),
)
LATE_MONTHS = 18  # since when the money goes to paid posts
FAIRS = (("eu", "fair", "Stand and travel", 11500), ("us", "fair", "Stand and travel", 6800))
PAY = {"west": 4 * 5350.0, "central": 3 * 5600.0, "america": 2 * 6900.0}
MARKETING_PAY = 9200.0  # in Europe, shared among the teams by their leads


def plan_costs(seed, start, today, rollout, scale):
    """The costs of a story, in order of their first day; the same arguments give the same costs.

    :return: list of :class:`shapes.Cost`; what wins customers grows with ``scale``, so that the
        cost of a lead stays the same
    """
    rng = random.Random(f"noordvelt costs {seed}")
    months = _months(start.replace(day=1), today)
    costs = [*_licences(months[0], rollout), *_rollout(rollout), *_running(months[0], rollout),
             *_media(rng, months, scale), *_fairs(rng, months, scale), *_pay(months[0], scale)]
    return sorted((cost for cost in costs if cost.start <= today), key=lambda cost: cost.start)


def _months(first, today):
    months = []
    while first <= today:
        months.append(first)
        first = month_after(first, 1)
    return months


def _end(first, months=1):
    return month_after(first, months) - DAY


def _licences(first, rollout):
    for team, (users, price) in LICENCES.items():
        begin = rollout.replace(day=1) if team == "west" else first
        yield Cost(
            world.TEAMS[team].company, "subscription", f"CRM licences, {users} users", begin,
            _end(begin), round(users * price, 2), team=team, recurrence="monthly",
            allocation="features",
        )


def _rollout(rollout):
    for category, name, after, length, values in ROLLOUT:
        begin = month_after(rollout, after)
        values = dict(values)
        yield Cost("eu", category, name, begin, _end(begin, length), values.pop("amount", 0.0),
                   team="west", work=values)


def _running(first, rollout):
    for company, entries in MONTHLY.items():
        for category, name, amount in entries:
            yield Cost(company, category, name, first, _end(first), amount, recurrence="monthly")
    for category, name, amount in YEARLY:
        begin = month_after(rollout, 6)
        yield Cost("eu", category, name, begin, begin + timedelta(days=13), amount, team="west",
                   recurrence="yearly")


def _media(rng, months, scale):
    late = months[-LATE_MONTHS:]
    for company, source, category, name, amount, amount_late in MEDIA:
        for month in months:
            usual = amount_late if month in late else amount
            campaign = _campaign(source, month)
            if source == "linkedin" and not campaign:
                continue
            yield Cost(
                company, category, name, month, _end(month),
                round(usual * rng.uniform(0.88, 1.12) * scale, 2), source=source,
                medium=world.SOURCES[source].medium, campaign=campaign,
            )


def _fairs(rng, months, scale):
    for company, source, name, amount in FAIRS:
        for month in months:
            campaign = _campaign(source, month)
            if campaign and month.month in (3, 9):  # both fairs begin in these months
                yield Cost(
                    company, "event", f"{campaign}: {name.lower()}", month, _end(month, 2),
                    round(amount * rng.uniform(0.9, 1.1) * scale, 2), source=source,
                    medium=world.SOURCES[source].medium, campaign=campaign,
                )


def _pay(first, scale):
    for team, amount in PAY.items():
        yield Cost(world.TEAMS[team].company, "sales_pay", "Sales pay", first, _end(first),
                   round(amount * scale, 2), team=team, recurrence="monthly")
    yield Cost("eu", "sales_pay", "Marketing pay", first, _end(first),
               round(MARKETING_PAY * scale, 2), recurrence="monthly", allocation="leads")


def _campaign(source, day):
    """The first campaign of a source that runs in a month, "" when there is none."""
    return next((
        name.format(year=day.year) for key, name, first, last in world.CAMPAIGNS
        if key == source and first <= day.month <= last
    ), "")
