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
        forged = self._result_fields() & vals.keys()
        if forged and not self.env.su:
            raise AccessError(self._results_refusal(forged))

    @api.model
    def _result_fields(self):
        """:return: set of the fields that only a run writes"""
        return {name for name, field in self._fields.items() if field.readonly}

    def _results_refusal(self, names):
        """:return: text that says how the results in these fields are made"""
        raise NotImplementedError
