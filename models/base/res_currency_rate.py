from odoo import api, models
from odoo.tools import SQL


class ResCurrencyRate(models.Model):
    _inherit = "res.currency.rate"

    @api.model_create_multi
    def create(self, vals_list):
        rates = super().create(vals_list)
        rates._kpi_price_orders()
        self.env["crm.roi.cost"]._convert_anew(rates.currency_id)
        return rates

    def write(self, vals):
        result = super().write(vals)
        self._kpi_price_orders()
        self.env["crm.roi.cost"]._convert_anew(self.currency_id)
        return result

    def unlink(self):
        currencies = self.currency_id
        result = super().unlink()
        self.env["crm.roi.cost"]._convert_anew(currencies)
        return result

    def _kpi_price_orders(self):
        """Orders that had no exchange rate get their revenue once there is one."""
        # By SQL: the rate is valid for every order, also those the user may not read.
        self.env["sale.order"].flush_model(["currency_id", "net_revenue"])
        rows = self.env.execute_query(SQL(
            "SELECT id FROM sale_order WHERE currency_id = ANY(%s) AND net_revenue IS NULL",
            self.currency_id.ids,
        ))
        orders = self.env["sale.order"].browse(row[0] for row in rows)
        for name in ("net_revenue", "net_margin"):
            self.env.add_to_compute(orders._fields[name], orders)
