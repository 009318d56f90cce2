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
        return super().write(vals)

    def _refuse_results(self, vals):
        results = [name for name in vals if name in self._fields and self._fields[name].readonly]
        if results and not self.env.su:
            raise AccessError(self._results_refusal())

    def _results_refusal(self):
        """:return: text that says how results are made"""
        raise NotImplementedError
