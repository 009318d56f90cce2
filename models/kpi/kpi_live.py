from datetime import date, timedelta

from odoo import api, models
from odoo.tools import SQL

BEGINNING = date(1970, 1, 1)


class KpiLive(models.AbstractModel):
    """A live report with one row for each company-local day, company and row keys, until today."""

    _name = "crm.kpi.live"
    _inherit = ["crm.roi.report"]
    _description = "Live Report of KPIs by Day"
    _kpi_fence = SQL()  # who reads a report asks for some days only, the scans begin with all

    @property
    def _table_query(self):
        names = [SQL.identifier(name) for name in self._kpi_row_keys]
        keys = SQL(", ").join(SQL("COALESCE(%s::text, '0')", name) for name in names)
        return SQL(
            """SELECT hashtextextended(
                          concat_ws('/', day, COALESCE(company_id, 0), %(keys)s), 0
                      ) & 9007199254740991 AS id,
                      day, company_id, currency_id, %(columns)s
               FROM (%(units)s) AS unit""",
            keys=keys, columns=SQL(", ").join([*names, *map(SQL.identifier, self._kpi_facts())]),
            units=SQL(" UNION ALL ").join(
                self._unit_sql(company_id, timezone) for company_id, timezone in self._read_units()
            ),
        )

    @api.model
    def _read_units(self):
        """The companies one is working in, and what belongs to none: others cannot be read."""
        return [
            (company_id, timezone) for company_id, timezone in self._kpi_units()
            if company_id is None or company_id in self.env.companies.ids
        ]

    @api.model
    def _unit_sql(self, company_id, timezone):
        """SQL of the rows of a company, until today."""
        return SQL(
            """SELECT flow.*, %(company)s::integer AS company_id, company.currency_id
               FROM (%(flows)s) AS flow
               LEFT JOIN res_company company ON company.id = %(company)s""",
            company=company_id,
            flows=self._flows_sql(
                self._kpi_facts(), company_id, timezone, BEGINNING, self._drill_end(timezone)
            ),
        )

    @api.model
    def _drill_end(self, timezone):
        # Live figures have today in them; costs of days to come are not spent yet.
        return super()._drill_end(timezone) + timedelta(days=1)
