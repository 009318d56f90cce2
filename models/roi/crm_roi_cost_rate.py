from odoo import api, models
from odoo.tools import SQL

from ..base.exchange_rate import conversion_sql, flush_rates

CONVERTED = ("amount_company", "state")


class CrmRoiCost(models.Model):
    """Keeps converted amounts right when exchange rates or a company's currency change."""

    _inherit = "crm.roi.cost"

    @api.model
    def _convert_anew(self, currencies):
        """Convert the costs whose rate came, went or was corrected; not before a company's KPI
        lock date.

        :param currencies: res.currency records whose rates have changed
        """
        flush_rates(self.env)
        self.env["res.company"].flush_model(["kpi_lock_date"])
        self.flush_model(["amount", "amount_company", "company_currency_id", "company_id",
                          "currency_id", "date_from"])
        # By SQL: a rate is valid for every cost, also those the user may not read.
        rows = self.env.execute_query(SQL(
            """SELECT cost.id FROM crm_roi_cost cost
               JOIN res_company company ON company.id = cost.company_id
               JOIN res_currency currency ON currency.id = cost.company_currency_id
               CROSS JOIN LATERAL (SELECT %(rate)s AS rate) exchange
               WHERE cost.currency_id <> cost.company_currency_id
                 AND (cost.currency_id = ANY(%(ids)s) OR cost.company_currency_id = ANY(%(ids)s))
                 AND (company.kpi_lock_date IS NULL OR cost.date_from >= company.kpi_lock_date)
                 AND ((cost.amount_company IS NULL) <> (exchange.rate IS NULL)
                      OR abs(cost.amount_company - cost.amount * exchange.rate)
                          > currency.rounding * 0.51)""",
            rate=conversion_sql(
                SQL("cost.currency_id"), SQL("cost.company_currency_id"), SQL("cost.company_id"),
                SQL("cost.date_from"),
            ),
            ids=list(currencies.ids),
        ))
        # Nothing but the machine's own conversion is written.
        self.sudo().browse(row[0] for row in rows)._compute_again(CONVERTED)

    @api.model
    def _convert_to_company(self, companies):
        """Convert what is not over yet into the new currency of these companies.

        Finished entries stay in the currency in which their days have been measured.
        """
        # Whoever may change a company's currency need not see its costs.
        for company in companies.sudo():
            today = company._kpi_today(company._kpi_timezone())
            running = self.sudo().search([
                ("company_id", "=", company.id), ("date_to", ">=", today),
            ])
            running._compute_again(("company_currency_id", *CONVERTED))

    def _compute_again(self, names):
        for name in names:
            self.env.add_to_compute(self._fields[name], self)
        self._recompute_recordset(names)
        self._share_anew()
