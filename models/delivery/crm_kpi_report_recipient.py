from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import hmac

STATUSES = [
    ("ready", "Subscribed"),
    ("unsubscribed", "Unsubscribed"),
    ("archived", "Archived or no employee"),
    ("no_email", "No valid e-mail address"),
    ("no_company", "Not in the kit's company"),
    ("no_rights", "No rights in sales"),
]


class CrmKpiReportRecipient(models.Model):
    """A person who gets a report kit, as long as he does not unsubscribe."""

    _name = "crm.kpi.report.recipient"
    _inherit = ["crm.roi.company.mixin"]
    _description = "Recipient of a Report Kit"
    _rec_name = "user_id"
    _rec_names_search = ["user_id"]
    _order = "schedule_id, id"

    schedule_id = fields.Many2one(
        "crm.kpi.report.schedule", "Report Kit", required=True, index=True, ondelete="cascade",
    )
    company_id = fields.Many2one(related="schedule_id.company_id", store=True, index=True)
    user_id = fields.Many2one(
        "res.users", "Recipient", required=True, index=True, ondelete="cascade",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    unsubscribed_at = fields.Datetime("Unsubscribed On", readonly=True, copy=False)
    subscribed_at = fields.Datetime(
        "Subscribed On", readonly=True, copy=False, default=lambda self: self.env.cr.now())
    status = fields.Selection(STATUSES, compute="_compute_status")

    _once_uniq = models.Constraint(
        "UNIQUE(schedule_id, user_id)", "Somebody is a recipient of a report kit once.",
    )

    @api.depends("unsubscribed_at", "user_id.active", "user_id.share", "user_id.email",
                 "user_id.company_ids", "user_id.group_ids", "schedule_id.company_id")
    def _compute_status(self):
        for recipient in self:
            recipient.status = recipient._status()

    def _status(self):
        """:return: why the recipient gets no kit, or ``ready``"""
        # Only whether he may get it is read, for whoever may read the kit.
        user = self.user_id.sudo()
        if self.unsubscribed_at:
            return "unsubscribed"
        if not user.active or user.share:
            return "archived"
        if not user.email_normalized:
            return "no_email"
        if self.company_id not in user.company_ids:
            return "no_company"
        if not user.has_group("sales_team.group_sale_salesman"):
            return "no_rights"
        return "ready"

    @api.model_create_multi
    def create(self, vals_list):
        recipients = super().create(vals_list)
        recipients._check_for_others()
        return recipients

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"user_id", "schedule_id"}:
            self._check_for_others()
        return result

    def _check_for_others(self):
        if not self.schedule_id._is_for_others() and self.user_id - self.env.user:
            raise AccessError(self.env._(
                "You can make report kits for yourself. Ask a sales manager to have a kit sent to "
                "somebody else."))

    # ------------------------------------------------------------------
    # Unsubscribing
    # ------------------------------------------------------------------

    def _token(self):
        """Signature that lets the recipient unsubscribe without logging in."""
        self.ensure_one()
        # The secret of the database is read, to sign with it; nothing else.
        return hmac(self.env(su=True), "crm_roi-report-kit",
                    (self.id, self.schedule_id.id, self.user_id.id))

    def _unsubscribe_url(self):
        return f"{self.get_base_url()}/crm_roi/report_kit/{self.id}/{self._token()}/unsubscribe"

    def _unsubscribe(self):
        """Stop sending. Done twice it changes nothing."""
        self.filtered(lambda one: not one.unsubscribed_at).unsubscribed_at = self.env.cr.now()

    def action_subscribe(self):
        """Get the kit again; for oneself, or for others as a manager."""
        self.check_access("read")
        for recipient in self:
            if recipient.user_id != self.env.user and not self.schedule_id._is_for_others():
                raise AccessError(self.env._("Only the recipient can subscribe again."))
        # A recipient may read the kit and decide for himself, not change it.
        self.sudo().write({"unsubscribed_at": False, "subscribed_at": self.env.cr.now()})

    def action_unsubscribe(self):
        """Stop getting the kit; for oneself, or for others as a manager."""
        self.check_access("read")
        for recipient in self:
            if recipient.user_id != self.env.user and not self.schedule_id._is_for_others():
                raise AccessError(self.env._("Only the recipient can unsubscribe."))
        # As above.
        self.sudo()._unsubscribe()
