from odoo import fields, models


class CrmRoiCostImportColumn(models.TransientModel):
    _name = "crm.roi.cost.import.column"
    _inherit = ["crm.import.column"]
    _description = "Cost Import: Column of the File"

    import_id = fields.Many2one(
        "crm.roi.cost.import", required=True, ondelete="cascade", index=True
    )
    target = fields.Selection(
        [
            ("ref", "External ID"), ("name", "Description"), ("date_from", "From"),
            ("date_to", "To"), ("category", "Category (name or code)"), ("amount", "Amount"),
            ("currency", "Currency"), ("quantity", "Quantity"), ("people", "People"),
            ("unit_cost", "Unit cost"), ("company", "Company"), ("team", "Sales team"),
            ("feature", "Feature"), ("campaign", "Campaign"), ("source", "Source"),
            ("medium", "Medium"), ("vendor", "Vendor"), ("note", "Note"),
        ],
        string="Imported As", help="Empty: the column is left out.",
    )
