"""A KPI before and after a day: the change, how far it may be off, and whether it can be told."""

import math
from dataclasses import dataclass

from scipy.stats import t as student

from .statistics import CONFIDENCE, wilson

MIN_CASES = 30  # of a share, in each period: below that the interval says nothing
MIN_MONTHS = 3


@dataclass(frozen=True)
class Comparison:
    """Two periods of one KPI; ``None`` is what cannot be told.

    :param change: after minus before
    :param low, high: 95 % interval of the change
    :param cases: what the smaller period rests on: cases of a share, else months
    """

    before: float | None = None
    after: float | None = None
    low: float | None = None
    high: float | None = None
    cases: int = 0

    @property
    def change(self):
        if self.before is None or self.after is None:
            return None
        return self.after - self.before

    @property
    def relative(self):
        """Change as a share of the value before; ``None`` when that is not positive."""
        if self.change is None or self.before <= 0:
            return None
        return self.change / self.before

    @property
    def direction(self):
        """:return: 1 or -1 when the interval is on one side of zero, 0 when it holds zero,
            ``None`` without interval"""
        if self.low is None:
            return None
        return 1 if self.low > 0 else -1 if self.high < 0 else 0


def compare_shares(before, after, confidence=CONFIDENCE, min_cases=MIN_CASES):
    """Compare two shares with Newcombe's interval (method 10).

    :param before, after: ``(hits, cases)``
    :param min_cases: of each, below which there is no interval
    Source: Newcombe, Statistics in Medicine 17 (1998).
    """
    cases = min(round(before[1]), round(after[1]))
    first, second = (hits / n if n else None for hits, n in (before, after))
    if cases < min_cases:
        return Comparison(first, second, cases=cases)
    (low_1, high_1), (low_2, high_2) = wilson(*before, confidence), wilson(*after, confidence)
    low = math.hypot(second - low_2, high_1 - first)
    high = math.hypot(high_2 - second, first - low_1)
    change = second - first
    return Comparison(first, second, change - low, change + high, cases)


def compare_ratios(before, after):
    """Compare two ratios of sums, the months being the sample.

    With denominators of 1 these are means of months and the interval is Welch's.

    :param before, after: lists of ``(numerator, denominator)``, one for each month
    """
    first, second = _ratio(before), _ratio(after)
    cases = min(len(before), len(after))
    if cases < MIN_MONTHS or first is None or second is None:
        return Comparison(first, second, cases=cases)
    spreads = [_variance(before, first), _variance(after, second)]
    total = sum(spreads)
    if not total:
        return Comparison(first, second, second - first, second - first, cases)
    freedom = total**2 / (
        spreads[0] ** 2 / (len(before) - 1) + spreads[1] ** 2 / (len(after) - 1))
    reach = float(student.ppf((1 + CONFIDENCE) / 2, freedom)) * math.sqrt(total)
    return Comparison(first, second, second - first - reach, second - first + reach, cases)


def _ratio(months):
    divisor = sum(denominator for _numerator, denominator in months)
    return sum(numerator for numerator, _denominator in months) / divisor if divisor else None


def _variance(months, ratio):
    """Variance of a ratio of sums, linearised."""
    count, divisor = len(months), sum(denominator for _numerator, denominator in months)
    residuals = sum((num - ratio * den) ** 2 for num, den in months)
    return count / (count - 1) * residuals / divisor**2
