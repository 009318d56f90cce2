from datetime import timedelta
from math import inf

from psycopg2.extras import Json

from odoo import api, fields, models
from odoo.tools import SQL, format_amount

from ...tools.purchase_model import BG, MBG, RATE, PurchaseModel
from ..base.optional_number import OptionalFloat, OptionalInteger, OptionalMonetary

METHODS = [
    (MBG, "MBG/NBD"), (BG, "BG/NBD"), (RATE, "Shrunken historical rate"), ("none", "No purchases"),
]
SPENDS = [("gamma_gamma", "Gamma-Gamma"), ("mean", "Shrunken mean")]
# Parameters are found anew after so many days; figures follow every night.
FIT_DAYS = timedelta(days=28)


class CrmCustomerForecast(models.Model):
    """How the value of a company's customers is forecast: model, parameters, limits and error."""

    _name = "crm.customer.forecast"
    _inherit = ["crm.customer.machine"]
    _description = "Customer Forecast"
    _order = "fit_day desc, id desc"
    _rec_name = "fit_day"
    _log_access = False

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    fit_day = fields.Date("Fitted on", readonly=True)
    day = fields.Date("Figures as of", readonly=True, help="Purchases before this day are in.")
    is_stale = fields.Boolean(readonly=True, help="The next run fits it anew.")
    basis = fields.Selection(
        [("orders", "Confirmed sales orders"), ("invoices", "Posted invoices")], readonly=True,
    )
    method = fields.Selection(METHODS, "Model of Purchases", readonly=True)
    parameters = fields.Json(readonly=True)
    alive_parameters = fields.Json(readonly=True)
    log_likelihood = OptionalFloat(readonly=True, digits=(16, 2))
    spend_method = fields.Selection(SPENDS, "Model of Spend", readonly=True)
    spend_parameters = fields.Json(readonly=True)
    mean_spend = OptionalMonetary("Mean Spend per Order Day", readonly=True)
    margin_rate = OptionalFloat("Margin Rate", readonly=True)
    reasons = fields.Json(readonly=True)
    hold_out_days = OptionalInteger("Held-out Days", readonly=True)
    hold_out_customers = OptionalInteger("Customers Tried on", readonly=True)
    hold_out_actual = OptionalInteger(
        "Order Days, Actual", readonly=True, help="Order days in the days held out.",
    )
    hold_out_predicted = OptionalFloat(
        "Order Days, Foretold", readonly=True, digits=(16, 1),
        help="Order days in the days held out, as the model foretells them from what was known "
             "before.",
    )
    hold_out_error = OptionalFloat(
        "Hold-out Error", readonly=True, help="Foretold beyond actual, as a share of actual.",
    )
    group_errors = fields.Json(readonly=True)
    limits = fields.Json(
        readonly=True, help="Thresholds of scores, of silence and of tiers, kept until the next "
                            "fit.",
    )
    customer_count = fields.Integer("Customers", readonly=True)
    repeat_count = fields.Integer("Customers who Came Back", readonly=True)
    risk_days = OptionalInteger("At Risk After (Days)", readonly=True)
    lapse_days = OptionalInteger("Lapsed After (Days)", readonly=True)
    explanation = fields.Text(compute="_compute_explanation")

    _company_idx = models.Index("(company_id, fit_day)")

    @api.depends("method", "reasons", "hold_out_error", "spend_method")
    @api.depends_context("lang")
    def _compute_explanation(self):
        for forecast in self:
            lines = [forecast._model_text(), *forecast._reason_texts(), forecast._spend_text()]
            forecast.explanation = "\n".join(line for line in lines if line)

    def _model_text(self):
        if self.method == "none":
            return self.env._("There are no purchases yet, so there is nothing to forecast.")
        label = dict(self._fields["method"]._description_selection(self.env))[self.method]
        if not self.hold_out_days:
            return self.env._("%s, not tried on held-out days: the history is too short.", label)
        if self.hold_out_error is False:
            return self.env._("%s. Nothing was bought in the held-out days.", label)
        return self.env._(
            "%(model)s. For %(customers)s customers, it foretold %(predicted).0f order days in the "
            "last %(days)s days without having seen them; there were %(actual)s (%(error)+.0f %%).",
            model=label, customers=self.hold_out_customers, predicted=self.hold_out_predicted,
            days=self.hold_out_days, actual=self.hold_out_actual,
            error=100 * self.hold_out_error,
        )

    def _reason_texts(self):
        labels = dict(self._fields["method"]._description_selection(self.env))
        texts = {
            "few_repeat": self.env._(
                "Fewer than 100 customers have bought again: too few to learn from who stays away. "
                "Each customer's own rate is used, drawn towards that of all; it cannot tell who "
                "is lost."),
            "short": self.env._(
                "The history is shorter than eight months: too short to learn from who stays away. "
                "Each customer's own rate is used, drawn towards that of all; it cannot tell who "
                "is lost."),
            "degenerate": self.env._(
                "%s was not used: on this history it says that nobody, or everybody, is ever lost."
            ),
            "no_fit": self.env._("%s was not used: its parameters could not be found."),
            "no_alive": self.env._(
                "%s was not used: it takes everybody who bought once for a customer still."),
            "worse": self.env._("%s was tried and foretold the held-out days less well."),
        }
        return [
            texts[code] % labels[kind] if kind else texts[code] for code, kind in self.reasons or ()
        ]

    def _spend_text(self):
        if not self.spend_method or self.mean_spend is False:
            return ""
        label = dict(self._fields["spend_method"]._description_selection(self.env))
        return self.env._(
            "Spend per order day: %(model)s, %(mean)s on average.",
            model=label[self.spend_method],
            mean=format_amount(self.env, self.mean_spend, self.currency_id),
        )

    # ------------------------------------------------------------
    # For the engine
    # ------------------------------------------------------------

    @api.model
    def _latest(self, company):
        """The company's forecast in use, or an empty recordset."""
        return self.search([("company_id", "=", company.id)], limit=1)

    def _is_fit(self, company, today):
        """Whether it can still be used for ``company`` on ``today``."""
        return bool(
            self and not self.is_stale and self.basis == company.customer_basis
            and today - self.fit_day < FIT_DAYS
        )

    def _purchase_model(self):
        return PurchaseModel(**self.parameters) if self.parameters else None

    def _alive_model(self):
        return PurchaseModel(**self.alive_parameters) if self.alive_parameters else None

    @api.model
    def _store(self, values):
        """Insert a forecast; past the ORM, which lets nobody write them.

        :param values: dict of columns; lists and dicts become JSON
        :return: the record
        """
        names = list(values)
        columns = [
            self._fields[name].convert_to_column_insert(values[name], self) for name in names
        ]
        forecast_id = self.env.execute_query(SQL(
            "INSERT INTO crm_customer_forecast (%s) VALUES (%s) RETURNING id",
            SQL(", ").join(SQL.identifier(name) for name in names),
            SQL(", ").join(SQL("%s", column) for column in columns),
        ))[0][0]
        return self.browse(forecast_id)

    def _set_day(self, day, count):
        self.env.execute_query(SQL(
            "UPDATE crm_customer_forecast SET day = %s, customer_count = %s WHERE id = ANY(%s)"
            " RETURNING id", day, count, self.ids,
        ))
        self.invalidate_recordset(["day", "customer_count"])

    def _keep_tiers(self, tier_ids, least):
        """Keep the least value of each tier until the next fit; nothing while there is none."""
        if inf in least:
            return
        tiers = {"ids": tier_ids, "least": [None if value == -inf else value for value in least]}
        self.env.execute_query(SQL(
            "UPDATE crm_customer_forecast SET limits = limits || %s WHERE id = ANY(%s)"
            " RETURNING id", Json({"tiers": tiers}), self.ids,
        ))
        self.invalidate_recordset(["limits"])

    @api.model
    def _set_stale(self, companies):
        self.flush_model()
        self.env.execute_query(SQL(
            "UPDATE crm_customer_forecast SET is_stale = TRUE WHERE company_id = ANY(%s)"
            " RETURNING id", companies.ids,
        ))
        self.invalidate_model(["is_stale"])
