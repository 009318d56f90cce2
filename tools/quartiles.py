"""Where one stands among others, without saying who they are."""

from statistics import quantiles
from typing import NamedTuple

# With fewer people the quartiles would name somebody.
FEWEST_PEOPLE = 5


class Quartiles(NamedTuple):
    """A quarter of ``n`` people is at ``lower`` or below, half at ``middle``, three quarters at
    ``upper``."""

    lower: float
    middle: float
    upper: float
    n: int


def quartiles(values, fewest=FEWEST_PEOPLE):
    """Quartiles of what several people did.

    :param values: one number for each person, 0 for who did nothing
    :param fewest: smallest number of people for whom they are told
    :return: :class:`Quartiles`, or ``None`` when there are too few people
    """
    values = list(values)
    if len(values) < fewest:
        return None
    return Quartiles(*quantiles(values, n=4, method="inclusive"), len(values))


def quarter(value, found):
    """:return: 1 for the lowest quarter … 4 for the highest, in which ``value`` lies"""
    return 1 + sum(value > limit for limit in found[:3])
