"""Hours in which nobody is disturbed."""

SATURDAY = 5


def is_quiet(moment, quiet_from, quiet_to, quiet_weekend):
    """Whether a local moment lies in quiet hours.

    :param moment: naive local datetime
    :param quiet_from, quiet_to: hours as floats, 19.5 is 19:30; the night between them may pass
        midnight; none when they are equal
    :param quiet_weekend: whether Saturday and Sunday are quiet
    """
    if quiet_weekend and moment.weekday() >= SATURDAY:
        return True
    hour = moment.hour + moment.minute / 60
    if quiet_from <= quiet_to:
        return quiet_from <= hour < quiet_to
    return hour >= quiet_from or hour < quiet_to
