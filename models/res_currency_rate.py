from odoo import api, models


class ResCurrencyRate(models.Model):
    _inherit = "res.currency.rate"

    @api.model_create_multi
    def create(self, vals_list):
        rates = super().create(vals_list)
        rates._kpi_price_orders()
        return rates

    def write(self, vals):
        result = super().write(vals)
        self._kpi_price_orders()
        return result

    def _kpi_price_orders(self):
        """Orders that had no exchange rate get their revenue once there is one."""
        # The rate is valid for every order in its currency, also those the user may not read.
        orders = self.env["sale.order"].sudo().search([
            ("currency_id", "in", self.currency_id.ids), ("net_revenue", "=", False),
        ])
        for name in ("net_revenue", "net_margin"):
            self.env.add_to_compute(orders._fields[name], orders)
