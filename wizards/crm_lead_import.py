from odoo import api, fields, models


class CrmLeadImport(models.TransientModel):
    """Brings the deals of another CRM: upload, map columns, match people and stages, check, import.

    Each step reads the file anew; nothing but this wizard is written before the last one. The
    steps themselves are in the files ``crm_lead_import_reading``, ``_matching``, ``_checking``.
    """

    _name = "crm.lead.import"
    _inherit = ["crm.import.file"]
    _description = "Import History"

    name = fields.Char(default=lambda self: self.env._("Import History"), readonly=True)
    state = fields.Selection(
        [
            ("upload", "Upload"), ("columns", "Columns"), ("match", "People & Stages"),
            ("check", "Check"), ("done", "Done"),
        ],
        default="upload", required=True, readonly=True,
    )
    company_id = fields.Many2one(
        help="Company the imported leads belong to. Dates are read in its time zone, amounts in "
             "its currency.",
    )

    # Upload
    file = fields.Binary(string="Deals", help="CSV or XLSX, one row per deal.")
    team_file = fields.Binary(
        string="Sales Teams", attachment=False,
        help="Optional second CSV or XLSX: one row per salesperson with the name of the team.",
    )
    team_filename = fields.Char()
    record_type = fields.Selection(
        [("opportunity", "Opportunities"), ("lead", "Leads")],
        string="Rows Are", default="opportunity", required=True,
        help="Leads with a conversion date and won leads become opportunities.",
    )

    # Columns
    column_ids = fields.One2many("crm.lead.import.column", "import_id")
    has_teams = fields.Boolean(compute="_compute_has_teams")
    product_as = fields.Selection(
        [("tag", "A tag"), ("note", "A line in the notes")], string="Products Become",
        default="tag", required=True,
    )

    # People and stages
    value_ids = fields.One2many("crm.lead.import.value", "import_id")
    stage_value_ids = fields.One2many(
        "crm.lead.import.value", "import_id", domain=[("kind", "=", "stage")])
    outcome_value_ids = fields.One2many(
        "crm.lead.import.value", "import_id", domain=[("kind", "=", "outcome")])
    user_value_ids = fields.One2many(
        "crm.lead.import.value", "import_id", domain=[("kind", "=", "user")])
    team_value_ids = fields.One2many(
        "crm.lead.import.value", "import_id", domain=[("kind", "=", "team")])
    unknown_users = fields.Integer(compute="_compute_unknown_users")
    create_users = fields.Boolean(
        string="Create Archived Users",
        help="For people who have left: their deals stay theirs in every figure, they cannot log "
             "in and they take no licence.",
    )
    undated_count = fields.Integer(readonly=True)
    fallback_date = fields.Date(
        string="Their Creation Date",
        help="Open deals without a creation date get this one. Proposed: the latest date in the "
             "file. Closed deals must have their own.",
    )

    # Check
    issue_ids = fields.One2many("crm.lead.import.issue", "import_id", readonly=True)
    preview_ids = fields.One2many("crm.lead.import.preview", "import_id", readonly=True)
    notice = fields.Text(readonly=True)
    new_count = fields.Integer(string="New", readonly=True)
    known_count = fields.Integer(string="Already Imported", readonly=True)
    won_count = fields.Integer(string="Won", readonly=True)
    lost_count = fields.Integer(string="Lost", readonly=True)
    open_count = fields.Integer(string="Open", readonly=True)
    won_revenue = fields.Monetary(string="Won Revenue", readonly=True)
    # Text: an average of nothing is a dash, not 0.
    win_rate = fields.Char(readonly=True)
    average_deal = fields.Char(string="Average Won Deal", readonly=True)
    average_cycle = fields.Char(string="Average Won Cycle", readonly=True)
    date_from = fields.Date(string="First Day", readonly=True)
    date_to = fields.Date(string="Last Day", readonly=True)
    refresh_kpis = fields.Boolean(
        string="Refresh the KPIs at once", default=True,
        help="Otherwise tonight's snapshot does it.",
    )

    # Done
    stamp = fields.Datetime(readonly=True)
    created_count = fields.Integer(string="Created", readonly=True)
    updated_count = fields.Integer(string="Updated", readonly=True)
    unchanged_count = fields.Integer(string="Unchanged", readonly=True)
    kpis_refreshed = fields.Boolean(readonly=True)

    @api.depends("column_ids.file_kind")
    def _compute_has_teams(self):
        for wizard in self:
            wizard.has_teams = "teams" in wizard.column_ids.mapped("file_kind")

    @api.depends("user_value_ids.action", "user_value_ids.user_id")
    def _compute_unknown_users(self):
        for wizard in self:
            wizard.unknown_users = len(
                wizard.user_value_ids.filtered(lambda value: not value.action))

    def action_restart(self):
        """Open a new import."""
        return self.env["ir.actions.act_window"]._for_xml_id("crm_roi.crm_lead_import_action")
