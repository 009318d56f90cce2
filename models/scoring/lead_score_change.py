from odoo import api, models


class LeadScoreChange(models.AbstractModel):
    """What decides about scores: a change has the leads scored again, in the background."""

    _name = "crm.lead.score.change"
    _description = "Lead Scoring Change"

    def _score_fields(self):
        """:return: set of names of the fields a change of which changes scores"""
        raise NotImplementedError

    def _score_sets(self):
        """:return: rule sets whose leads these records score"""
        raise NotImplementedError

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._score_changed(records._score_sets())
        return records

    def write(self, vals):
        if not vals.keys() & self._score_fields():
            return super().write(vals)
        before = self._score_sets()
        result = super().write(vals)
        self._score_changed(before | self._score_sets())
        return result

    def unlink(self):
        sets = self._score_sets()
        result = super().unlink()
        self._score_changed(sets.exists())
        return result

    @api.model
    def _score_changed(self, sets):
        # Compiled rules are kept until then.
        self.env.registry.clear_cache()
        self.env["crm.lead.score.queue"]._put_sets(
            sets.filtered(lambda rule_set: rule_set.state == "live").ids
        )
