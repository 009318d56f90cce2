"""When something that failed is tried again."""

from datetime import timedelta

# A mail server that is down is asked again soon, one that stays down less and less often.
FIRST = timedelta(minutes=30)
LONGEST = timedelta(hours=6)


def next_try(now, tries):
    """Moment of the next attempt after ``tries`` failures: the wait doubles up to six hours."""
    return now + min(FIRST * 2 ** min(tries - 1, 10), LONGEST)
