from odoo import fields, models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    import_ref = fields.Char(
        string="Imported ID", readonly=True, copy=False,
        help="Identifier of this record in the system it was imported from. A second import of "
             "the same identifier updates this record.",
    )
    import_date = fields.Datetime(
        string="Last Import", readonly=True, copy=False,
        help="When this record was last created, updated or confirmed by Import History.",
    )

    _import_ref_unique = models.UniqueIndex(
        "(company_id, import_ref) WHERE import_ref IS NOT NULL",
        "This imported ID is already used by another lead of the same company.",
    )

    def _pls_increment_frequencies(self, from_state=None, to_state=None):
        # Odoo's daily job learns from closed deals since the start date set for it. Learning from
        # each imported row at once would ignore that date and double the time of an import.
        if self.env.context.get("crm_roi_import"):
            return None
        return super()._pls_increment_frequencies(from_state=from_state, to_state=to_state)
