from odoo import api, fields, models

from ...tools.columns import signature


class CrmLeadImportMapping(models.Model):
    _name = "crm.lead.import.mapping"
    _inherit = ["crm.roi.company.mixin"]
    _description = "Remembered Import Mapping"
    _rec_name = "signature"

    company_id = fields.Many2one("res.company", required=True, ondelete="cascade", index=True)
    signature = fields.Char(required=True, help="Stands for the headings of a file, in order.")
    choices = fields.Json(help="Columns, values and reading options as chosen last time.")

    _layout_unique = models.UniqueIndex("(company_id, signature)")

    @api.model
    def _recall(self, company, headers):
        """Return the choices made for a file with these headings, {} when it is a new layout."""
        return self._find(company, headers).choices or {}

    @api.model
    def _remember(self, company, headers, choices):
        mapping = self._find(company, headers)
        if mapping:
            mapping.choices = choices
        else:
            self.create({
                "company_id": company.id, "signature": signature(headers), "choices": choices,
            })

    @api.model
    def _find(self, company, headers):
        return self.search(
            [("company_id", "=", company.id), ("signature", "=", signature(headers))], limit=1
        )
