from odoo import fields, models

from .activity_source import DIRECTIONS


class MailActivityType(models.Model):
    _inherit = "mail.activity.type"

    call_direction = fields.Selection(
        DIRECTIONS, help="Whose call a phone call of this type is. Empty: it may be either.",
    )
