"""Which column of another CRM's export is what, and when two labels are the same."""

import hashlib
import re
import unicodedata
from collections import Counter

from .reader import Unusable

OPEN, WON, LOST = "open", "won", "lost"

# Target -> headings that mean it in the exports of common systems, most telling first.
SYNONYMS = {
    "ref": (
        "external id", "opportunity id", "deal id", "record id", "lead id", "id", "opportunity no",
        "deal number", "reference", "uuid",
    ),
    "name": (
        "opportunity name", "deal name", "opportunity", "deal", "deal title", "title", "name",
        "topic", "lead name", "subject",
    ),
    "partner": (
        "account name", "account", "company", "company name", "customer", "client", "organization",
        "organisation", "organization name", "associated company", "customer name", "partner",
    ),
    "contact": ("contact name", "contact", "contact person", "person", "associated contact"),
    "email": ("email", "e mail", "email address", "contact email"),
    "phone": ("phone", "telephone", "phone number", "mobile", "contact phone"),
    "user": (
        "salesperson", "sales agent", "sales rep", "owner", "opportunity owner", "deal owner",
        "account owner", "agent", "assigned to", "rep", "seller", "user",
    ),
    "team": ("sales team", "team", "regional office", "region", "office", "department", "pipeline"),
    "stage": ("deal stage", "stage", "stage name", "pipeline stage", "sales stage", "phase"),
    "outcome": ("outcome", "deal status", "status", "won lost", "result", "status reason", "state"),
    "created": (
        "created", "create date", "created date", "created on", "creation date", "created at",
        "date created", "engage date", "date added", "opened", "open date", "add time",
        "deal created",
    ),
    "converted": (
        "converted date", "conversion date", "converted on", "converted", "qualified date",
    ),
    "closed": (
        "deal closed on", "close date", "closed date", "closed on", "closed at", "closing date",
        "date closed",
        "actual close date", "won lost date", "won time", "decision date", "closed",
    ),
    "deadline": ("expected close date", "expected closing", "forecast close date", "deadline"),
    "amount": (
        "close value", "amount", "deal value", "value", "deal amount", "revenue",
        "expected revenue", "est revenue", "amount in company currency", "price", "total",
    ),
    "probability": ("probability", "win probability", "deal probability", "confidence"),
    "source": (
        "lead source", "source", "original source", "origin", "original traffic source",
        "lead origin", "channel",
    ),
    "medium": ("medium", "utm medium"),
    "campaign": ("campaign", "campaign name", "primary campaign source", "utm campaign"),
    "lost_reason": (
        "lost reason", "closed lost reason", "loss reason", "reason lost", "reason for loss",
    ),
    "product": ("product", "product name", "products", "product interest", "product line"),
    "tags": ("tags", "labels", "label", "tag"),
    "notes": ("notes", "description", "comment", "comments", "next step"),
}  # fmt: skip
REQUIRED = ("created",)
ONE_OF = (("stage", "outcome"), ("name", "ref", "partner"))
REPEATABLE = ("notes", "tags")
WORDS = {
    WON: "won|closed won|closedwon|win|success|successful|sold|gewonnen|gagne|gagnee|ganado|ganada|"
    "vinto|vinta|ganho",
    LOST: "lost|closed lost|closedlost|loss|lose|dead|rejected|abandoned|cancelled|canceled|"
    "unqualified|verloren|perdu|perdue|perdido|perdida|perso|persa",
    OPEN: "open|in progress|pending|active|new|ongoing|offen|en cours|abierto|abierta|aperto",
}
_OUTCOME_OF = {word: outcome for outcome, words in WORDS.items() for word in words.split("|")}


def normal(value):
    """Text to compare by: case, spacing and punctuation between words do not count."""
    text = str(value or "").casefold().strip()
    return " ".join(re.findall(r"[^\W_]+", text)) or text


def squash(value):
    """Like ``normal`` with the spaces gone: "GTXPro" and "GTX Pro" are one product."""
    return normal(value).replace(" ", "")


def guess_outcome(label):
    """Return won, lost or open for a stage or status that says so, else None."""
    plain = unicodedata.normalize("NFKD", str(label or ""))
    return _OUTCOME_OF.get(normal("".join(char for char in plain if char.isprintable()
                                          and not unicodedata.combining(char))))


def guess_columns(headers, synonyms=None):
    """Return ``{position: target}``; each target at most once, the most telling heading wins.

    :param synonyms: ``{target: headings}``; those of deals when omitted
    """
    known = {}
    for target, words in (synonyms or SYNONYMS).items():
        known.update({squash(word): (rank, target) for rank, word in enumerate(words)})
    found = {}
    # Some systems write the table before each column: "Deal - Title", "Deal - Owner".
    table = headers[0].partition(" - ")[0] + " - "
    if all(header.startswith(table) for header in headers):
        headers = [header.removeprefix(table) for header in headers]
    for position, header in enumerate(headers):
        rank, target = known.get(squash(header), (None, None))
        if target and (target not in found or rank < found[target][0]):
            found[target] = (rank, position)
    return {position: target for target, (_rank, position) in found.items()}


def signature(headers):
    """Return a short name of a file layout: the same headings in the same order."""
    text = "\x1f".join(normal(header) for header in headers)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def missing_columns(targets, groups=None):
    """Return the groups of targets of which the file must have one but has none."""
    groups = groups or [*((target,) for target in REQUIRED), *ONE_OF]
    return [group for group in groups if not set(group) & set(targets)]


def label_counts(sheet, columns, target):
    """Return ``{label: rows}`` of a target; spellings that differ by case or spaces are one."""
    counts = Counter(
        str(values[position])
        for position in [place for place, name in columns.items() if name == target]
        for _number, values in sheet.rows
        if values[position] is not None and not isinstance(values[position], Unusable)
    )
    totals = Counter()
    for label, count in counts.items():
        totals[squash(label)] += count
    return {label: totals[key] for key, label in usual_spellings(counts).items()}


def usual_spellings(counts):
    """Return ``{squashed label: its most frequent spelling}`` of a ``Counter`` of labels."""
    usual = {}
    for label, _count in counts.most_common():
        usual.setdefault(squash(label), " ".join(label.split()))
    usual.pop("", None)
    return usual
