"""What a story is made of. Plain records, no Odoo, times in UTC without a zone."""

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(slots=True)
class Contact:
    name: str
    function: str
    email: str
    phone: str


@dataclass(slots=True)
class Customer:
    """A company we talk to. `key` is its number in the story."""

    key: int
    name: str
    short: str
    trade: str
    country: str
    state: str
    city: str
    zip: str
    street: str
    domain: str
    phone: str
    team: str
    size: float
    contacts: list[Contact]
    currency: str = ""
    rep: str = ""
    source: str = ""
    known_since: datetime | None = None


@dataclass(slots=True)
class Move:
    """A change that Odoo's tracking would have recorded.

    `what`: type | stage | won | lost | void | reopened | user. `old` and `new` are keys of the
    world (stage, login, reason).
    """

    at: datetime
    what: str
    old: str
    new: str
    by: str


@dataclass(slots=True)
class Talk:
    """A line in the chatter. `kind`: in | out | call | note | meeting."""

    at: datetime
    kind: str
    by: str
    subject: str
    text: str


@dataclass(slots=True)
class Meeting:
    start: datetime
    hours: float
    subject: str
    by: str


@dataclass(slots=True)
class Task:
    """An activity still to do. `kind`: call | email | todo | meeting."""

    due: date
    kind: str
    summary: str
    by: str


@dataclass(slots=True)
class Deal:
    """One crm.lead: an enquiry, and the opportunity it may have become."""

    key: int
    title: str
    customer: Customer
    contact: Contact
    created: datetime
    team: str  # "" = nobody's: no team, no company
    rep: str  # "" = not assigned
    source: str
    medium: str
    campaign: str
    born: str  # lead | opportunity
    repeat: bool = False
    kind: str = "lead"  # lead | opportunity, as it is today
    outcome: str = "open"  # open | won | lost | void
    stage: str = "new"
    assigned: datetime | None = None
    answered: datetime | None = None
    converted: datetime | None = None
    closed: datetime | None = None
    stage_since: datetime | None = None
    lost_reason: str = ""
    revenue: float = 0.0
    estimate: float = 0.0  # expected revenue until the order was there
    priority: str = "0"
    tags: tuple[str, ...] = ()
    note: str = ""
    focus: str = ""  # main product of the deal
    deadlines: list[date] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    talks: list[Talk] = field(default_factory=list)
    meetings: list[Meeting] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    duplicate: str = ""  # title of a second enquiry that was merged into this one
    merged_at: datetime | None = None


@dataclass(slots=True)
class Line:
    product: str
    quantity: int
    price: float
    cost: float
    discount: int

    @property
    def subtotal(self):
        return round(self.quantity * self.price * (100 - self.discount) / 100, 2)

    @property
    def margin(self):
        return round(self.subtotal - self.quantity * self.cost, 2)


@dataclass(slots=True)
class Order:
    """One sale.order. `state`: draft | sent | sale | cancel. Amounts in `currency`, untaxed."""

    key: int
    customer: Customer
    contact: Contact
    deal: Deal | None
    team: str
    rep: str
    currency: str
    quoted: datetime
    at: datetime  # order date: confirmation, or the quotation's own date
    state: str
    lines: list[Line]
    source: str = ""
    medium: str = ""
    campaign: str = ""
    refund: str = ""  # "" | part | all
    refunded_at: date | None = None

    @property
    def untaxed(self):
        return round(sum(line.subtotal for line in self.lines), 2)

    @property
    def margin(self):
        return round(sum(line.margin for line in self.lines), 2)

    @property
    def credited(self):
        """The lines that are given back: all, or the last one."""
        return {"all": self.lines, "part": self.lines[-1:]}.get(self.refund, [])


@dataclass(slots=True)
class Cost:
    """One entry of the cost ledger, in the currency of its company.

    `work`: quantity, people, unit_cost, ... of an entry that is calculated, instead of an amount.
    """

    company: str
    category: str  # code
    name: str
    start: date
    end: date
    amount: float
    team: str = ""
    source: str = ""
    medium: str = ""
    campaign: str = ""
    recurrence: str = "none"
    allocation: str = ""  # "" | features | leads
    work: dict = field(default_factory=dict)


@dataclass(slots=True)
class Plan:
    """The whole story, and the day on which it is told."""

    seed: int
    scale: float
    today: date
    start: date
    rollout: date
    customers: list[Customer]
    deals: list[Deal]
    orders: list[Order]
    rates: list[tuple[str, str, date, float]]  # company, currency, first day, units per own unit
    costs: list[Cost]
