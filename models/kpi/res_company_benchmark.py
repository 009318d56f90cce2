from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    kpi_industry_id = fields.Many2one(
        "res.partner.industry", "Industry of Benchmarks", ondelete="set null",
        help="KPIs are compared with the benchmarks of this industry.",
    )
