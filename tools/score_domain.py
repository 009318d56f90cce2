"""Conditions of scoring rules as users write them: text that is read, never run."""

import ast

# A condition of this size is no longer one that a person has written.
MAX_BYTES = 64 * 1024


class ConditionError(ValueError):
    """The text is not a condition; ``code`` says why: "long", "text" or "list"."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


def read_condition(text):
    """Read the text of a domain.

    :return: list of terms and operators, literals only
    :raise ConditionError: on anything that is not a list of literals of a reasonable size
    """
    if len((text or "").encode(errors="replace")) > MAX_BYTES:
        raise ConditionError("long")
    try:
        terms = ast.literal_eval((text or "").strip())
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        raise ConditionError("text") from None
    if not isinstance(terms, (list, tuple)):
        raise ConditionError("list")
    return list(terms)
