"""What a phone system would know of the calls of the story: direction, length, outcome.

Taken from the moment and the words of each call, so that the story itself stays as it is.
"""

from typing import NamedTuple


class Call(NamedTuple):
    direction: str
    minutes: float
    outcome: str


def call_of(talk):
    """:return: :class:`Call` of a talk of the kind "call" """
    digit = talk.at.minute % 10
    # The first call answers an enquiry; later, customers call back now and then.
    direction = "in" if digit < 3 and talk.subject != "First call" else "out"
    if talk.text.startswith("Left a message"):
        return Call("out", 1.0, "voicemail")
    if talk.text.startswith("Short call"):
        return Call(direction, 2.0, "reached")
    return Call(direction, 4.0 + (talk.at.minute * 7 + talk.at.hour) % 23, "reached")
