from odoo import api, fields, models

from ..base.optional_number import OptionalFloat


class CrmCustomerCurve(models.Model):
    """How many customers have bought again within so many days of their first purchase."""

    _name = "crm.customer.curve"
    _inherit = ["crm.customer.machine"]
    _description = "Repeat-Purchase Curve"
    _order = "company_id, days, kind"
    _rec_name = "days"
    _log_access = False

    company_id = fields.Many2one("res.company", readonly=True, index=True, ondelete="cascade")
    days = fields.Integer("Days After First Purchase", readonly=True, aggregator=None)
    kind = fields.Selection(
        [("kaplan_meier", "Customers watched long enough (Kaplan-Meier)"),
         ("naive", "All customers (naive)")],
        readonly=True,
        help="Kaplan-Meier counts every customer only for as long as there was time to buy again. "
             "The naive ratio divides by all customers, also those of yesterday, and is too low.",
    )
    share = OptionalFloat(
        "Bought Again", readonly=True, aggregator="avg", digits=(6, 4),
        help="Share of customers who have bought again.",
    )
    low = OptionalFloat("From", readonly=True, aggregator=None, digits=(6, 4))
    high = OptionalFloat(
        "To", readonly=True, aggregator=None, digits=(6, 4), help="95 % confidence interval.",
    )
    at_risk_count = fields.Integer(
        "Still Watched", readonly=True, aggregator=None,
        help="Customers who were watched for so long and had not bought again before.",
    )

    @api.readonly
    def action_drill(self, figure):
        """Action that opens the customers that the curve was computed from.

        :param figure: name of a field; all points of a curve rest on the same customers
        :return: dict of an ``ir.actions.act_window``
        """
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window", "res_model": "crm.customer.value",
            "name": self._fields[figure]._description_string(self.env),
            "domain": [("company_id", "=", self.company_id.id), ("order_day_count", ">", 0)],
            "views": [(False, "list"), (False, "form")], "context": {"create": False},
        }
