"""Monthly exchange rates: a slow random walk around a plausible level."""

from .clock import month_after

LEVELS = {
    "eu": (("USD", 1.09), ("GBP", 0.855), ("CHF", 0.955), ("SEK", 11.3), ("CAD", 1.48)),
    "us": (("EUR", 0.915), ("CAD", 1.36), ("GBP", 0.785), ("CHF", 0.875), ("SEK", 10.4)),
}


def monthly_rates(rng, start, today):
    """(company, currency, first day, units of the currency per unit of the company's own).

    The first rate is well before the story, so that nothing is older than its rate.
    """
    rates = []
    for company, levels in LEVELS.items():
        for currency, level in levels:
            value, day = level, month_after(start, -8)
            while day <= today:
                rates.append((company, currency, day, round(value, 6)))
                value *= 1 + rng.gauss(0, 0.012) + 0.08 * (level - value) / level
                day = month_after(day, 1)
    return rates
