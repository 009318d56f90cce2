from odoo import fields, models


class CrmImportColumn(models.AbstractModel):
    """A column of an imported file; each import says what it can become in ``target``."""

    _name = "crm.import.column"
    _description = "Import: Column"
    _rec_name = "header"
    _order = "position, id"

    position = fields.Integer(readonly=True)
    header = fields.Char(string="Column in the File", readonly=True)
    samples = fields.Char(string="For Example", readonly=True)
