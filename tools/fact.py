"""What a KPI counts: the one declaration every screen, report and test reads."""

from dataclasses import dataclass

COUNT = "count"


class _Day:
    """Stands in a stock's domain for the day being measured, or for the start of a month near it.

    :param months: months after that of the measured day; ``None`` is the day itself
    """

    def __init__(self, name, months=None):
        self.name = name
        self.months = months

    def __repr__(self):
        return self.name

    def of(self, day):
        """The date that is meant when ``day`` is measured."""
        if self.months is None:
            return day
        years, month = divmod(day.month - 1 + self.months, 12)
        return day.replace(year=day.year + years, month=month + 1, day=1)


DAY = _Day("DAY")
MONTH = _Day("MONTH", 0)
NEXT_MONTH = _Day("NEXT_MONTH", 1)
MONTH_AFTER_NEXT = _Day("MONTH_AFTER_NEXT", 2)


@dataclass(frozen=True)
class Fact:
    """A measured quantity: which records, dated by which field, aggregated how.

    :param model: name of the model whose records are counted
    :param time_field: date(time) field that places a record on a day; ``None`` for a stock,
        which is measured at the end of each day
    :param domain: tuple of domain terms; in a stock ``DAY`` stands for the measured day,
        ``MONTH``, ``NEXT_MONTH`` and ``MONTH_AFTER_NEXT`` for the first day of its month and of
        the two after it
    :param aggregate: ``"count"`` or the name of a stored numeric field to sum
    """

    model: str
    time_field: str | None
    domain: tuple
    aggregate: str = COUNT

    @classmethod
    def of(cls, declared):
        """:param declared: ``(model, time_field, domain, aggregate)`` as written on a field."""
        model, time_field, domain, aggregate = declared
        return cls(model, time_field, tuple(domain), aggregate)

    @property
    def is_stock(self):
        return self.time_field is None

    def domain_on(self, day):
        """The domain as a list, with ``DAY`` and the months replaced for ``day`` (a date)."""
        return [
            (term[0], term[1], term[2].of(day))
            if isinstance(term, tuple) and isinstance(term[2], _Day) else term
            for term in self.domain
        ]
