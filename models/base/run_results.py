from odoo import api, models
from odoo.exceptions import AccessError


class RunResults(models.AbstractModel):
    """Settings that people enter, and results, the readonly fields, that only a run writes."""

    _name = "crm.run.results"
    _description = "Results of a Run"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_results(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_results(vals)
        if self._settings() & vals.keys():
            # What was found belongs to the settings it was found with.
            vals = {**vals, **self._without_results()}
        return super().write(vals)

    @api.model
    def _settings(self):
        """Set of the names of the fields that results depend on."""
        raise NotImplementedError

    def _without_results(self):
        """:return: values of records whose settings change, results removed"""
        return {"state": "draft"}

    def _refuse_results(self, vals):
        results = [name for name in vals if name in self._fields and self._fields[name].readonly]
        if results and not self.env.su:
            raise AccessError(self._results_refusal())

    def _results_refusal(self):
        """:return: text that says how results are made"""
        raise NotImplementedError
