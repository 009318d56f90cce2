from odoo import models


class CrmRoiCompanyMixin(models.AbstractModel):
    """Records that nobody can push into a company that is not theirs.

    Odoo asks the record rules before a change, not after it.
    """

    _name = "crm.roi.company.mixin"
    _description = "Record of a Company"

    def write(self, vals):
        result = super().write(vals)
        if self._decides_company(vals):
            self.check_access("write")
        return result

    def _decides_company(self, names):
        """Whether one of the fields is the company, or a record the company is taken from."""
        paths = self.pool.field_depends[self._fields["company_id"]]
        return any(name in names for name in ("company_id", *(p.split(".")[0] for p in paths)))
