"""Texts with names in braces, filled in later: "Call {customer}"."""

import re

PLACEHOLDER = re.compile(r"\{(\w*)\}")


def placeholders(text):
    """:return: set of the names in braces in a text"""
    return set(PLACEHOLDER.findall(text or ""))


def fill(text, values):
    """Put values in the place of their names. Nothing is evaluated; unknown names stay.

    :param values: ``{name: text}``
    """
    return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text or "")
