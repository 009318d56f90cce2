from odoo import fields, models


class CrmLeadImportPreview(models.TransientModel):
    _name = "crm.lead.import.preview"
    _description = "Import: Row as It Will Be Imported"
    _rec_name = "title"
    _order = "row, id"

    import_id = fields.Many2one("crm.lead.import", required=True, ondelete="cascade", index=True)
    currency_id = fields.Many2one(related="import_id.currency_id")
    row = fields.Integer()
    ref = fields.Char(string="External ID")
    title = fields.Char()
    account = fields.Char()
    salesperson = fields.Char()
    team = fields.Char()
    stage = fields.Char()
    outcome = fields.Selection([("open", "Open"), ("won", "Won"), ("lost", "Lost")])
    created = fields.Date(string="Created")
    closed = fields.Date(string="Closed")
    amount = fields.Monetary()
