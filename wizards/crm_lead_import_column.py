from odoo import fields, models


class CrmLeadImportColumn(models.TransientModel):
    _name = "crm.lead.import.column"
    _inherit = ["crm.import.column"]
    _description = "Import: Column of the File"
    _order = "file_kind, position, id"

    import_id = fields.Many2one("crm.lead.import", required=True, ondelete="cascade", index=True)
    file_kind = fields.Selection(
        [("deals", "Deals"), ("teams", "Sales teams")], string="File", required=True,
        readonly=True,
    )
    target = fields.Selection(
        [
            ("ref", "External ID"), ("name", "Title"), ("partner", "Account"),
            ("contact", "Contact name"), ("email", "Contact e-mail"), ("phone", "Contact phone"),
            ("user", "Salesperson"), ("team", "Sales team"), ("stage", "Stage"),
            ("outcome", "Outcome (won, lost, open)"), ("created", "Created on"),
            ("converted", "Converted on"), ("closed", "Closed on"),
            ("deadline", "Expected closing"), ("amount", "Amount"),
            ("probability", "Probability"), ("source", "Source"), ("medium", "Medium"),
            ("campaign", "Campaign"), ("lost_reason", "Lost reason"), ("product", "Product"),
            ("tags", "Tags"), ("notes", "Notes"),
        ],
        string="Imported As", help="Empty: the column is left out.",
    )
