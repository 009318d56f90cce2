"""Odoo's predictive probability, learned from earlier leads only, to compare a score with."""

import numpy as np

from odoo import api, models

from ...tools.naive_bayes import NaiveBayes

STATES = ("email_state", "phone_state")


class LeadScorePls(models.AbstractModel):
    _name = "crm.lead.score.pls"
    _inherit = ["crm.lead.score.sample"]
    _description = "Predictive Probability out of Time"

    @api.model
    def _pls_forecasts(self, sample, learning, testing, recorded):
        """Chances to win as Odoo would have told them, had it learned from the first leads only.

        Stage, team, e-mail and phone are those of the moment, where changes were recorded; the
        other fields it reads, such as tags and country, have no past in Odoo and are today's.

        :param learning, testing: boolean arrays over the sample
        :param recorded: ids of leads whose changes were recorded; the stage of others is unknown
            and counts as the first
        :return: array of chances for the testing leads, NaN where nothing was learned
        """
        # Probabilities are learned from all leads of a company, whoever looks.
        Lead = self.env["crm.lead"].sudo()
        values = Lead._pls_get_lead_pls_values(domain=[("id", "in", sample.ids.tolist())])
        first_stage = self.env["crm.stage"].search(
            [("team_ids", "=", False)], order="sequence, id", limit=1,
        )
        known = [values[lead_id] for lead_id in sample.ids[learning].tolist() if lead_id in values]
        bayes = self._bayes(known, first_stage)
        past = self._past_stages(sample)
        chances = [
            bayes.probability(*self._pls_values_then(
                values[lead_id], past[lead_id], first_stage.id, lead_id in recorded,
            ))
            for lead_id in sample.ids[testing].tolist()
        ]
        return np.array([np.nan if chance is None else chance for chance in chances])

    @api.model
    def _bayes(self, leads, first_stage):
        return NaiveBayes(self._pls_counts(leads), str(first_stage.id))

    @api.model
    def _pls_counts(self, leads):
        """Frequencies as Odoo counts them when it rebuilds its table.

        :return: ``{team id or 0: {field: {value: {"won", "lost"}}}}``
        """
        by_team, names = {}, set()
        for lead in leads:
            counted, chance = {"count": 1}, dict(lead["values"])["probability"]
            entries = by_team.setdefault(lead["team_id"] or 0, [])
            for name, value in lead["values"]:
                if name == "tag_id":
                    entries.append({name: value, "count": 1, "probability": chance})
                else:
                    counted[name] = value
                if name != "probability":
                    names.add(name)
            entries.append(counted)
        Lead = self.env["crm.lead"].sudo()  # stages of all teams, as above
        return {
            team: Lead._pls_prepare_frequencies(entries, sorted(names))
            for team, entries in by_team.items()
        }

    @api.model
    def _pls_values_then(self, lead, past, first_stage_id, is_recorded):
        """:return: ``(team id, list of (field, value))`` of a lead as it was"""
        stage_id = past["stage_id"] if is_recorded else None
        then = {"stage_id": stage_id or first_stage_id}
        then.update({name: past[name] or False for name in STATES})
        values = [
            (name, then.get(name, value)) for name, value in lead["values"] if name != "probability"
        ]
        return past["team_id"] or 0, values
