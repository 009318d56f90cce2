from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


def channel(comodel, label):
    """A campaign, source or medium as a dimension; what has none is a group with a name."""
    return fields.Many2one(comodel, label, readonly=True, falsy_value_label=_lt("(not set)"))


class CrmRoiReport(models.AbstractModel):
    """A live report whose fields are KPIs: read from the records at once, not from snapshots."""

    _name = "crm.roi.report"
    _inherit = ["crm.kpi.fact.table", "crm.kpi.scan", "crm.kpi.drill"]
    _description = "Live Report of KPIs"

    @api.model
    def _kpi_currencies_sql(self):
        return SQL("SELECT currency_id FROM res_company")

    @api.model
    def _kpi_units(self):
        return self.env["res.company"]._kpi_timezones()

    @api.model
    def _kpi_zones_sql(self):
        """SQL rows (company id, time zone) of the companies."""
        return SQL(", ").join(
            SQL("(%s, %s)", company_id, timezone)
            for company_id, timezone in self._kpi_units() if company_id
        )
