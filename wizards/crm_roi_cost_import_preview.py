from odoo import fields, models


class CrmRoiCostImportPreview(models.TransientModel):
    _name = "crm.roi.cost.import.preview"
    _description = "Cost Import: Row as It Will Be Imported"
    _rec_name = "title"
    _order = "row, id"

    import_id = fields.Many2one(
        "crm.roi.cost.import", required=True, ondelete="cascade", index=True
    )
    row = fields.Integer(readonly=True)
    title = fields.Char("Description", readonly=True)
    date_from = fields.Date("From", readonly=True)
    date_to = fields.Date("To", readonly=True)
    category_id = fields.Many2one("crm.roi.cost.category", readonly=True)
    place = fields.Char("For", readonly=True, help="Team, feature, campaign, source, medium.")
    in_file = fields.Char("In the File", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount = fields.Monetary("Read As", readonly=True)
