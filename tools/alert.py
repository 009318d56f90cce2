"""Whether a figure has been bad for long enough, and when it was in the past."""


def streak(flags, length):
    """State after a row of periods, oldest first.

    :param flags: True (bad), False (good) or None (nothing known) for each period
    :return: True when the last ``length`` are all bad, False when the last one is good, else None:
        a single bad period of two, or one without figures, changes nothing
    """
    if len(flags) >= length and all(flag is True for flag in flags[-length:]):
        return True
    return False if flags and flags[-1] is False else None


def alarms(flags, length):
    """Positions at which an alert would have fired: once an episode, armed again by a good one."""
    fired, is_armed = [], True
    for position in range(len(flags)):
        state = streak(flags[:position + 1], length)
        if state and is_armed:
            fired.append(position)
        if state is not None:
            is_armed = not state
    return fired
