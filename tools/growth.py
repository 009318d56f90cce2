"""How much a figure changed, with the sign that people mean."""


def change(value, previous):
    """Relative change from ``previous`` to ``value``.

    The change is measured by the size of the earlier figure, so that a loss of 10 that becomes
    one of 5 has improved by half. From nothing to something there is no percentage: it is new.

    :param value, previous: numbers or ``None``
    :return: ``("number", fraction)``, ``("new", None)`` or ``("none", None)`` without data
    """
    if value is None or previous is None:
        return "none", None
    if not previous:
        return ("new", None) if value else ("number", 0.0)
    return "number", (value - previous) / abs(previous)
