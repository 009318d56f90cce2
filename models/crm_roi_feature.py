from odoo import fields, models


class CrmRoiFeature(models.Model):
    """A capability of the CRM that a company pays for and expects something of."""

    _name = "crm.roi.feature"
    _description = "CRM Feature"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=100)
    active = fields.Boolean(default=True)
    description = fields.Text("What It Does", translate=True)
    expectation = fields.Text("How It Should Improve Results", translate=True)
    kpi_id = fields.Many2one(
        "crm.kpi", "KPI", ondelete="set null", help="The KPI that would show an improvement."
    )

    _code_uniq = models.Constraint(
        "UNIQUE(code)", "Another feature has this code. Choose a different code."
    )
