"""From a figure of the funnel to the opportunities behind it."""

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

# Which rows of the report a figure counts.
FIGURES = {
    "cohort": Domain("place", "=", 1),
    "young": Domain("place", "=", 1) & Domain("reached", "=", False),
    "reached": Domain("reached", "=", 1),
    "went_on": Domain("went_on", "=", 1),
    "stayed": Domain("went_on", "=", 0),
    "visits": Domain("done_days", "!=", False) | Domain("running_days", "!=", False),
    "running": Domain("running_days", "!=", False),
    "lost": Domain("lost", "=", 1),
}


class CrmFunnelReport(models.Model):
    _inherit = "crm.funnel.report"

    @api.model
    @api.readonly
    def action_drill(self, domain, options, side, figure, place=None, reason_id=None):
        """Action that opens the opportunities counted in a figure.

        :param domain, options: those of :meth:`funnel_figures`
        :param side: 0 or 1
        :param figure: a key of ``FIGURES``
        :param place: of the stage in the funnel, from 1; None for the whole funnel
        :param reason_id: for ``lost``: only those of this reason; 0: without one
        :return: dict of an ``ir.actions.act_window``
        :raise UserError: there is no such figure
        """
        self.browse().check_access("read")
        options = self._funnel_options(options)
        model, scopes = self._funnel_model(options), self._funnel_scopes(options)
        if figure not in FIGURES or side not in range(len(scopes)):
            raise UserError(self.env._("The funnel has no figure “%s”.", figure))
        label, scope = scopes[side]
        rows = Domain(domain) & scope & FIGURES[figure]
        if place:
            rows &= Domain("place", "=", place)
        if reason_id is not None:
            rows &= Domain("lost_reason_id", "=", reason_id or False)
        leads = [lead.id for (lead,) in model._read_group(rows, ["lead_id"], [])]
        steps = model._steps()
        name = steps[place - 1][1] if place in range(1, len(steps) + 1) else label
        return {
            "type": "ir.actions.act_window", "res_model": "crm.lead",
            "name": self.env._("Funnel: %s", name),
            "views": [(False, "list"), (False, "kanban"), (False, "form")],
            "domain": [("id", "in", leads)],
            "context": {"active_test": False, "create": False},
        }
