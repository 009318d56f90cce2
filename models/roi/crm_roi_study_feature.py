from odoo import fields, models
from odoo.fields import Domain


class CrmRoiStudy(models.Model):
    """A study of one feature: its costs alone are counted, and its return is the feature's."""

    _inherit = "crm.roi.study"

    feature_id = fields.Many2one(
        "crm.roi.feature", "Of the Feature", ondelete="restrict", index="btree_not_null",
        help="Empty: the CRM as a whole. With a feature only its costs are counted, and the "
             "feature shows the return that the study finds.",
    )

    def _cost_day_domain(self):
        domain = super()._cost_day_domain()
        return domain & Domain("feature_id", "=", self.feature_id.id) if self.feature_id else domain
