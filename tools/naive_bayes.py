"""Odoo's predictive lead scoring, learned from chosen leads only.

Odoo keeps its frequencies in one table, of all leads closed so far. To test it out of time the
same arithmetic is done here with the frequencies of earlier leads; a test compares the two.
"""

SMOOTHING = 0.1
FEWEST_WITH_TAG = 50
ALL_TEAMS = -1
TAG, STAGE = "tag_id", "stage_id"


class NaiveBayes:
    """:param frequencies: dict ``{team id or 0: {field: {value as text: {"won": n, "lost": n}}}}``
        as ``crm.lead._pls_prepare_frequencies`` counts them
    :param first_stage: text id of the stage that every lead has passed
    """

    def __init__(self, frequencies, first_stage):
        self.first_stage = first_stage
        self.teams = {ALL_TEAMS: {}}
        for team, fields in frequencies.items():
            for field, values in fields.items():
                for value, count in values.items():
                    won, lost = count["won"] + SMOOTHING, count["lost"] + SMOOTHING
                    if field == TAG and won + lost < FEWEST_WITH_TAG:
                        continue
                    self._add(ALL_TEAMS, field, value, won, lost)
                    if team:
                        self._add(team, field, value, won, lost)

    def _add(self, team, field, value, won, lost):
        counts = self.teams.setdefault(team, {}).setdefault(field, {})
        known_won, known_lost = counts.get(value, (0, 0))
        counts[value] = (known_won + won, known_lost + lost)

    def probability(self, team, values):
        """Chance to win, 0.0001 to 0.9999; ``None`` where nothing was learned.

        :param values: list of ``(field, value)`` as ``crm.lead._pls_get_lead_pls_values`` gives
        """
        fields = self.teams.get(team, self.teams[ALL_TEAMS])
        won, lost = fields.get(STAGE, {}).get(self.first_stage, (0, 0))
        if not won or not lost:
            return None
        score_won, score_lost = won / (won + lost), lost / (won + lost)
        for field, value in values:
            counts = fields.get(field, {}).get(str(value))
            if not counts:
                continue
            total_won, total_lost = (won, lost) if field == STAGE else self._totals(fields[field])
            score_won *= counts[0] / total_won
            score_lost *= counts[1] / total_lost
        percent = round(100 * score_won / (score_won + score_lost), 2)
        return min(max(percent, 0.01), 99.99) / 100

    def _totals(self, counts):
        return tuple(map(sum, zip(*counts.values(), strict=True)))
