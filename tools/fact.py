"""What a KPI counts: the one declaration every screen, report and test reads."""

from dataclasses import dataclass

COUNT = "count"


class _Day:
    """Stands in a stock's domain for the day being measured."""

    def __repr__(self):
        return "DAY"


DAY = _Day()


@dataclass(frozen=True)
class Fact:
    """A measured quantity: which records, dated by which field, aggregated how.

    :param model: name of the model whose records are counted
    :param time_field: date(time) field that places a record on a day; ``None`` for a stock,
        which is measured at the end of each day
    :param domain: tuple of domain terms; ``DAY`` stands for the measured day in a stock
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
        """The domain as a list, with ``DAY`` replaced by ``day`` (a date)."""
        return [
            (term[0], term[1], day) if isinstance(term, tuple) and term[2] is DAY else term
            for term in self.domain
        ]
