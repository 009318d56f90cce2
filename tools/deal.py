"""What the import passes around: a deal, a problem, and how to read cells."""

from dataclasses import dataclass, field
from datetime import datetime

from .columns import OPEN


@dataclass(frozen=True)
class Issue:
    """What is wrong with one cell. ``column`` is the heading or "" for the whole row."""

    row: int
    column: str
    value: str
    code: str
    params: dict = field(default_factory=dict, hash=False)


@dataclass
class Deal:
    """One row, understood. Moments are naive UTC; labels are as in the file, not yet records."""

    row: int
    key: str = ""
    name: str = ""
    outcome: str = OPEN
    is_bad: bool = False
    values: dict = field(default_factory=dict)  # labels and numbers by target
    created: datetime | None = None
    converted: datetime | None = None
    closed: datetime | None = None
    deadline: object = None


@dataclass
class Options:
    """How to read the cells.

    :ivar timezone: name of the zone that the file's days and times are meant in
    :ivar now: naive UTC, after which nothing can have happened yet
    :ivar fallback: date used for open deals without a creation date, None to refuse them
    :ivar outcomes: ``{squashed stage label: open | won | lost}``
    :ivar statuses: the same for the labels of the outcome column
    :ivar teams: ``{squashed salesperson: team label}`` from the second file
    :ivar undecided: ``{target: squashed labels}`` that the user has not matched to a record yet
    """

    timezone: str
    now: datetime
    decimal: str = "."
    order: str = "ymd"
    fallback: object = None
    outcomes: dict = field(default_factory=dict)
    statuses: dict = field(default_factory=dict)
    teams: dict = field(default_factory=dict)
    undecided: dict = field(default_factory=dict)
    symbols: tuple = ()
