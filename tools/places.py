"""Places of people in a race: equal results share a place."""


def places(results, better="higher"):
    """:param results: dict ``{person: number or None}``; who has no result has no place
    :param better: ``"higher"`` or ``"lower"``
    :return: dict ``{person: place}``, 1 for the best; after two first places comes the third
    """
    sign = -1 if better == "lower" else 1
    known = {person: sign * value for person, value in results.items() if value is not None}
    return {
        person: 1 + sum(other > value for other in known.values())
        for person, value in known.items()
    }
