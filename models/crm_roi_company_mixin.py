from odoo import models


class CrmRoiCompanyMixin(models.AbstractModel):
    """Records that nobody can push into a company that is not theirs.

    Odoo asks the record rules before a change, not after it.
    """

    _name = "crm.roi.company.mixin"
    _description = "Record of a Company"

    def write(self, vals):
        result = super().write(vals)
        if "company_id" in vals:
            self.check_access("write")
        return result
