"""What is quoted, ordered, bought again, cancelled and refunded."""

from datetime import datetime, time, timedelta
from math import floor, log10

from . import world
from .clock import SEASON, lognormal
from .shapes import Line, Order

LEGACY = 150  # customers who already bought before the story begins
REFUNDS = 0.03
CANCELLED = 0.035
TIERS = [  # the same thing, larger
    ("CE200", "CE400", "CE800"), ("TS100", "TS300"), ("SW10", "SW50"), ("RC3", "BC3", "SL1"),
    ("LM1", "LM2", "LM3"), ("SC1", "SC2", "SC3"), ("WK1", "WK2", "WK3"),
]
EXTRAS = {  # what goes with it, and how often
    "machine": (("CD1", 0.75, 3), ("OT1", 0.55, 1), ("SC1", 0.25, 1), ("WK2", 0.35, 2),
                ("RC3", 0.25, 4), ("LM1", 0.15, 1)),
    "pallet": (("CD1", 0.6, 2), ("SF1", 0.45, 4), ("SC1", 0.2, 1), ("RC3", 0.25, 3)),
    "conveyor": (("CD1", 0.5, 2), ("WK1", 0.3, 4), ("LM1", 0.1, 1)),
    "software": (("OT1", 0.4, 1), ("AU1", 0.3, 1)),
    "service": (("AU1", 0.3, 1), ("WK2", 0.25, 2)),
    "parts": (("TP1", 0.4, 6), ("WK1", 0.35, 3), ("GR1", 0.15, 1)),
}
QUANTITY = {"machine": (1, 1, 1, 1, 2), "pallet": (1, 1, 1, 2), "conveyor": (4, 6, 8, 10, 14, 20),
            "software": (1, 1, 1, 2, 3), "service": (1, 1, 1, 2), "parts": (4, 6, 10, 12, 20, 30)}


def round_two(amount):
    """Two significant digits, as people estimate: 18,342 -> 18,000."""
    if amount <= 0:
        return 0.0
    step = 10 ** (floor(log10(amount)) - 1)
    return float(round(amount / step) * step)


def currency_of(customer):
    company = world.COMPANIES[world.TEAMS[customer.team].company]
    return customer.currency or company["currency"]


def basket(tale, customer, focus, scale=1.0):
    """Order lines around a main product, in the customer's currency."""
    rng = tale.rng
    currency = currency_of(customer)
    product = world.PRODUCTS[focus]
    many = QUANTITY[product.category] if product.price < 9000 else (1, 1, 1, 1, 2)
    wanted = [(focus, max(1, round(rng.choice(many) * min(max(scale, 0.5), 2.2))))]
    for code, chance, most in EXTRAS[product.category]:
        if rng.random() < chance * min(scale, 1.4):
            wanted.append((code, rng.randint(1, most)))
    discount = rng.choices((0, 5, 8, 10, 15), weights=(50, 24, 10, 12, 4))[0]
    return [_line(currency, code, quantity, discount) for code, quantity in wanted]


def _line(currency, code, quantity, discount):
    factor, product = world.PRICE_FACTOR[currency], world.PRODUCTS[code]
    price = round(product.price * factor / 10) * 10 if product.price > 999 \
        else round(product.price * factor)
    if product.category in ("training", "service"):
        discount = 0
    return Line(code, quantity, float(price), round(product.cost * factor, 2), discount)


def estimate(tale, deal):
    """Expected revenue of an opportunity, in its company's currency, and its basket."""
    source = world.SOURCES.get(deal.source)
    scale = (source.size if source else 1.0) * deal.customer.size
    lines = basket(tale, deal.customer, deal.focus, scale)
    own = world.COMPANIES[world.TEAMS[deal.team].company]["currency"]
    ratio = world.PRICE_FACTOR[own] / world.PRICE_FACTOR[currency_of(deal.customer)]
    amount = sum(line.subtotal for line in lines) * ratio
    deal.revenue = max(round_two(amount * tale.rng.uniform(0.85, 1.15)), 500.0)
    deal.estimate = deal.revenue
    return lines


def larger(code):
    for tier in TIERS:
        if code in tier[:-1]:
            return tier[tier.index(code) + 1]
    return code


def quotations(tale, deal, lines, visits):
    """Quotations of an opportunity that reached a proposal, and the order if it was won."""
    sent = [entered for stage, entered in visits if stage in ("proposition", "negotiation")]
    if not sent and deal.outcome != "won":
        return []
    quoted = sent[0] if sent else visits[-1][1]
    quoted = tale.clock_of(deal).after(quoted, 0.2)
    if deal.closed and quoted > deal.closed:
        quoted = deal.closed
    if quoted.date() >= tale.today:
        return []
    made = []
    if deal.outcome == "won":
        made.append(_order(tale, deal, lines, quoted, deal.closed, "sale"))
        own = world.COMPANIES[world.TEAMS[deal.team].company]["currency"]
        if made[0].currency == own and deal.revenue < made[0].untaxed:
            deal.revenue = made[0].untaxed  # Odoo raises it when the order is confirmed
    elif deal.outcome == "open":
        state = "sent" if len(sent) > 1 or tale.rng.random() < 0.7 else "draft"
        made.append(_order(tale, deal, lines, quoted, quoted, state))
    elif tale.rng.random() < 0.55:
        state = "cancel" if tale.rng.random() < 0.75 else "sent"
        made.append(_order(tale, deal, lines, quoted, quoted, state))
    return made


def _order(tale, deal, lines, quoted, at, state):
    return Order(
        0, deal.customer, deal.contact, deal, deal.team, deal.rep, currency_of(deal.customer),
        quoted, at, state, lines, deal.source, deal.medium, deal.campaign)


def purchases(tale, customer, first_at, last_focus):
    """Later needs of a customer: (moment, main product, through an opportunity?).

    Each customer has a rate of his own and may leave after any purchase.
    """
    rng, clock = tale.rng, tale.clocks[world.TEAMS[customer.team].company]
    rate = rng.gammavariate(1.1, 1.55) * min(customer.size, 1.6)
    leave = rng.betavariate(1.2, 4.2)
    moment, needs = first_at, []
    while rng.random() > leave:
        moment = moment + timedelta(days=rng.expovariate(max(rate, 0.02) / 365) + 3)
        if rng.random() > SEASON[moment.month - 1]:
            moment += timedelta(days=rng.randrange(20, 60))
        moment = clock.in_office(moment)
        if moment.date() >= tale.today:
            break
        last_focus = _next_focus(rng, last_focus)
        capital = world.PRODUCTS[last_focus].category in ("machine", "pallet", "conveyor")
        needs.append((moment, last_focus, capital or rng.random() < 0.12))
    return needs


def _next_focus(rng, last):
    """The same again, more of the same kind, or something new."""
    draw = rng.random()
    if draw < 0.44:
        return rng.choice(("SF1", "WK2", "WK3", "WK1", "SF1", "GR1"))
    if draw < 0.58 and world.PRODUCTS[last].category != "training":
        return larger(last)
    if draw < 0.70:
        return last if world.PRODUCTS[last].category in EXTRAS else "SC1"
    return rng.choice(list(world.FOCUS))


def direct_order(tale, customer, moment, focus):
    """An order without an opportunity: parts by phone, a renewed contract."""
    rng = tale.rng
    focus = focus if world.PRODUCTS[focus].category in EXTRAS else "SF1"
    lines = basket(tale, customer, focus, rng.choice((0.6, 0.8, 1.0)))[:3]
    quoted = moment - timedelta(days=lognormal(rng, 2.0, 0.8))
    state = "cancel" if rng.random() < CANCELLED * 1.6 else "sale"
    return Order(
        0, customer, rng.choice(customer.contacts), None, customer.team, customer.rep,
        currency_of(customer), quoted, moment, state, lines)


def refunds(tale, orders):
    """Some goods come back: marks about three orders in a hundred, invoiced and credited."""
    confirmed = [order for order in orders if order.state == "sale"]
    latest = datetime.combine(tale.today, time()) - timedelta(days=45)
    old = [order for order in confirmed if order.at < latest]
    for order in tale.rng.sample(old, min(len(old), max(2, round(len(confirmed) * REFUNDS)))):
        order.refund = tale.rng.choice(("all", "part", "part"))
        order.refunded_at = (order.at + timedelta(days=tale.rng.randint(12, 40))).date()
