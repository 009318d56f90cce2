"""The verdict on a score, as a key; what it says in words is the business of who shows it."""

from .score_proof import is_enough

NO_DATA, NO_SKILL, WRONG_WAY, WEAK, FAIR, STRONG = (
    "no_data", "no_skill", "wrong_way", "weak", "fair", "strong",
)
FAIR_FROM, STRONG_FROM = 0.65, 0.8


def verdict(area, outcomes):
    """Verdict on the area under the curve.

    :param area: ``Estimate`` of ``score_proof.auc``
    :param outcomes: outcomes of the deals it was measured on
    :return: ``no_data`` (fewer than 40 won or 40 lost), ``no_skill`` (the interval holds 0.5),
        ``wrong_way`` (lost deals score better), else ``weak``, ``fair`` or ``strong`` by the area
    """
    if area.value is None or not is_enough(outcomes):
        return NO_DATA
    if area.low <= 0.5 <= area.high:
        return NO_SKILL
    if area.high < 0.5:
        return WRONG_WAY
    if area.value < FAIR_FROM:
        return WEAK
    return FAIR if area.value < STRONG_FROM else STRONG
