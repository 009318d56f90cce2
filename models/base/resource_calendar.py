from odoo import models


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    def write(self, vals):
        result = super().write(vals)
        if "tz" in vals:
            self.env.registry.clear_cache()
            # Only which companies' days move is asked, for whoever may change working hours.
            companies = self.env["res.company"].sudo().search([
                ("resource_calendar_id", "in", self.ids), ("kpi_tz", "=", False),
            ])
            if companies:
                self.env["crm.kpi.dirty.day"]._mark_all(companies.ids)
        return result
