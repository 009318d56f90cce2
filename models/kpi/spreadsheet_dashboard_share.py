from werkzeug.exceptions import Forbidden

from odoo import models


class SpreadsheetDashboardShare(models.Model):
    _inherit = "spreadsheet.dashboard.share"

    def _check_dashboard_access(self, access_token):
        """A link also ends with its sharer: Odoo asks for the rights of an archived user, who
        keeps them."""
        result = super()._check_dashboard_access(access_token)
        if not self.create_uid.active:
            raise Forbidden(self.env._("You don't have access to this dashboard."))
        return result
