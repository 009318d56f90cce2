import logging

from odoo import models

from .crm_roi_bill_rule import BILLS

_logger = logging.getLogger(__name__)


class AccountMove(models.Model):
    _inherit = "account.move"

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals:
            self.filtered(lambda move: move.move_type in BILLS)._roi_follow()
        return result

    def _roi_follow(self):
        """Bring the cost ledger in step with bills that were posted, reset or cancelled.

        Accounting goes on whatever happens here: what fails is caught up with at night.
        """
        # Accountants need no right on the cost ledger for their bills to be in it.
        rules = self.env["crm.roi.bill.rule"].sudo()
        if not self or not rules.with_context(active_test=False).search_count(
            [("company_id", "in", self.company_id.ids)], limit=1
        ):
            return
        self.env.flush_all()  # what fails here is not ours to hide
        try:
            with self.env.cr.savepoint():
                # As above: the same reason.
                rules._follow_lines(self.sudo().invoice_line_ids)
        except Exception:  # anything at all; see the docstring
            _logger.warning(
                "The costs of the bills %s will follow at night.", self.ids, exc_info=True
            )
