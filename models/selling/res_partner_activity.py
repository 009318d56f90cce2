from odoo import fields, models


class ResPartner(models.Model):
    """The contact of a deleted user still says that its messages were those of a salesperson."""

    _inherit = "res.partner"

    had_internal_user = fields.Boolean(
        "Was an Internal User", readonly=True, copy=False, groups="base.group_system",
        help="The user of this contact was deleted. What that person did is still counted, for "
             "nobody in particular.",
    )

    _had_internal_user_idx = models.Index("(id) WHERE had_internal_user")
