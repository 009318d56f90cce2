from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def unlink(self):
        self.check_access("unlink")
        employees = self.filtered(lambda user: not user.share)
        # Who may delete users need not be allowed to change contacts.
        employees.partner_id.sudo().had_internal_user = True
        return super().unlink()
