"""Out-of-time split: what is learned comes from before a moment, what is tested from after it."""

import numpy as np

from .score_proof import is_enough

TEST_SHARE = 0.3
STEPS = 20


def split(moments, closed, outcomes, at=None):
    """Which deals to learn from and which to test on.

    Learning deals were closed before the moment of the split; test deals were scored at or after
    it. Deals scored before and closed after are neither: at the split nobody knew their outcome.

    :param moments, closed: arrays of ``datetime64``: when the deal is scored, when it was closed
    :param at: chosen moment of the split; by default the latest that leaves 30 % of the deals, or
        more if these hold too few won or lost, to test on
    :return: ``(at, learning, testing)``, two boolean arrays; ``at`` is ``None`` without deals
    """
    moments, closed = np.asarray(moments), np.asarray(closed)
    if not len(moments):
        return None, np.zeros(0, bool), np.zeros(0, bool)
    if at is None:
        at = _moment(moments, np.asarray(outcomes))
    at = np.datetime64(at)
    return at, closed < at, moments >= at


def _moment(moments, outcomes):
    ranked = np.sort(moments)
    for share in np.linspace(1 - TEST_SHARE, 0, STEPS):
        at = ranked[int(share * (len(ranked) - 1))]
        if is_enough(outcomes[moments >= at]):
            return at
    return ranked[int((1 - TEST_SHARE) * (len(ranked) - 1))]
