from odoo import fields, models


class CrmRoiCostImport(models.TransientModel):
    """Brings costs from a file: upload, say what the columns are, check, import.

    Each step reads the file anew; nothing but this wizard is written before the last one.
    """

    _name = "crm.roi.cost.import"
    _inherit = ["crm.import.file"]
    _description = "Import Costs"

    name = fields.Char(default=lambda self: self.env._("Import Costs"), readonly=True)
    state = fields.Selection(
        [("upload", "Upload"), ("columns", "Columns"), ("check", "Check"), ("done", "Done")],
        default="upload", required=True, readonly=True,
    )
    company_id = fields.Many2one(
        help="Company of the rows that do not name one. Amounts without a currency are in that "
             "of the company.",
    )
    file = fields.Binary(string="Costs", help="CSV or XLSX, one row per cost.")

    # Columns
    column_ids = fields.One2many("crm.roi.cost.import.column", "import_id")
    has_credits = fields.Boolean(
        "Negative Amounts Are Credits",
        help="Credit notes and refunds, which reduce the cost. Otherwise a negative amount is a "
             "mistake.",
    )
    create_missing = fields.Boolean(
        "Create What Is Missing",
        help="Campaigns, sources, media and vendors that do not exist yet are created. Otherwise "
             "an unknown name is a mistake.",
    )

    # Check
    issue_ids = fields.One2many("crm.roi.cost.import.issue", "import_id", readonly=True)
    preview_ids = fields.One2many("crm.roi.cost.import.preview", "import_id", readonly=True)
    notice = fields.Text(readonly=True)
    totals = fields.Text("Total", readonly=True)
    new_count = fields.Integer("New", readonly=True)
    known_count = fields.Integer("Already Imported", readonly=True)
    created_names = fields.Text("Will Be Created", readonly=True)
    date_from = fields.Date("First Day", readonly=True)
    date_to = fields.Date("Last Day", readonly=True)

    # Done
    cost_ids = fields.Many2many("crm.roi.cost", readonly=True)
    created_count = fields.Integer("Created", readonly=True)
    updated_count = fields.Integer("Updated", readonly=True)
    unchanged_count = fields.Integer("Unchanged", readonly=True)

    def action_restart(self):
        """:return: a new import, as a window action"""
        return self.env["ir.actions.act_window"]._for_xml_id("crm_roi.crm_roi_cost_import_action")

    def action_open_costs(self):
        """:return: the costs of this import, as a window action"""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_roi.crm_roi_cost_action")
        return {
            **action, "name": self.env._("Imported Costs"), "context": {},
            "domain": [("id", "in", self.cost_ids.ids)],
        }
