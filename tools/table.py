# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A table of figures, told apart from the file format that shows it.

Reports describe what to show as ``Table`` objects; the renderers under ``reports/`` turn them
into XLSX or CSV and never compute. Nothing here imports Odoo.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

KINDS = ("text", "integer", "float", "percent", "money", "days", "date", "datetime")

# What XML 1.0 cannot hold: control characters, lone surrogates and the two non-characters.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_UNWRITABLE = re.compile("[\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Column:
    """One column of a table.

    :param label: heading, already translated
    :param kind: one of ``KINDS``; percent values are fractions (0.25 is 25 %)
    :param currency_symbol: shown beside the amounts of a money column
    :param digits: decimals to show, None for the usual number of the kind
    """

    label: str
    kind: str = "text"
    currency_symbol: str | None = None
    digits: int | None = None

    def __post_init__(self):
        if self.kind not in KINDS:
            raise ValueError(f"Column {self.label!r}: unknown kind {self.kind!r}, use {KINDS}")


@dataclass(frozen=True)
class Table:
    """Rows under columns; every row has one value per column and None (or False) is no data.

    :param title: name of the sheet; cleaned and shortened by the renderer
    :param rows: an iterable, read once, so that a generator can feed a large file
    :param notes: lines of text placed under the rows
    """

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence]
    notes: Sequence[str] = field(default=())


def clean_text(value):
    """Return ``value`` as text that any file format can hold.

    Control characters vanish (line ends become a plain line feed, tabs stay), half surrogate
    pairs become U+FFFD. Objects that cannot say what they are are named by their type.
    """
    try:
        text = value if isinstance(value, str) else str(value)
    except Exception:  # a broken __str__ of a foreign object must not lose the whole file
        text = f"<{type(value).__name__}>"
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNWRITABLE.sub("\ufffd", _CONTROLS.sub("", text))
