from odoo import api, models
from odoo.exceptions import UserError


class CrmTeam(models.Model):
    _inherit = "crm.team"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_baseline(self):
        """Frozen figures keep their team."""
        line = self.env["crm.roi.baseline.line"].search([("team_id", "in", self.ids)], limit=1)
        if line:
            raise UserError(self.env._(
                "Team “%(team)s” has figures in baseline “%(baseline)s” and cannot be deleted. "
                "Archive the team instead.",
                team=line.team_id.name, baseline=line.baseline_id.name,
            ))
