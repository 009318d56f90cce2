from odoo import fields, models


class CrmLeadImportValue(models.TransientModel):
    _name = "crm.lead.import.value"
    _description = "Import: Value to Match"
    _rec_name = "label"
    _order = "kind, row_count desc, id"

    import_id = fields.Many2one("crm.lead.import", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="import_id.company_id")
    kind = fields.Selection(
        [("stage", "Stage"), ("outcome", "Outcome"), ("user", "Salesperson"), ("team", "Team")],
        required=True, readonly=True,
    )
    label = fields.Char(string="In the File", readonly=True)
    row_count = fields.Integer(string="Rows", readonly=True)
    means = fields.Selection([("open", "Open"), ("won", "Won"), ("lost", "Lost")])
    action = fields.Selection([("map", "Use"), ("create", "Create"), ("empty", "Leave empty")])
    stage_id = fields.Many2one("crm.stage")
    user_id = fields.Many2one(
        "res.users", string="Salesperson", context={"active_test": False},
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    team_id = fields.Many2one(
        "crm.team", string="Sales Team",
        domain="[('company_id', 'in', [company_id, False])]",
    )

    def _record(self):
        """The record chosen for this label, empty when none is."""
        self.ensure_one()
        return {
            "stage": self.stage_id, "user": self.user_id, "team": self.team_id,
        }.get(self.kind, self.env["crm.stage"])

    def _is_undecided(self):
        """Whether rows with this label cannot be imported yet."""
        self.ensure_one()
        if self.kind in ("stage", "outcome") and not self.means:
            return True
        if self.kind == "outcome" or (self.kind == "stage" and self.means != "open"):
            return False
        if self.action == "map":
            return not self._record()
        if self.kind == "user" and not self.action:
            return not self.import_id.create_users
        return not self.action
