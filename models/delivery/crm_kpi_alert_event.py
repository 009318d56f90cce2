from odoo import fields, models

from ..base.optional_number import OptionalFloat


class CrmKpiAlertEvent(models.Model):
    """History of an alert: when it fired and when the figure recovered.

    Written by the scheduled action alone; figures are for who was told of them.
    """

    _name = "crm.kpi.alert.event"
    _description = "History of KPI Alerts"
    _order = "id desc"
    _rec_name = "day"

    alert_id = fields.Many2one(
        "crm.kpi.alert", required=True, readonly=True, index=True, ondelete="cascade",
    )
    company_id = fields.Many2one(related="alert_id.company_id", store=True, index=True)
    kpi_id = fields.Many2one(related="alert_id.kpi_id")
    owner_id = fields.Many2one(
        "res.users", "Told", readonly=True, index=True, ondelete="set null",
    )
    kind = fields.Selection(
        [("fired", "Fired"), ("recovered", "Recovered")], required=True, readonly=True,
    )
    episode = fields.Integer(required=True, readonly=True)
    day = fields.Date("Period From", required=True, readonly=True,
                      help="First day of the last period that was looked at.")
    value = OptionalFloat("Figure", readonly=True, aggregator=None)
    limit = OptionalFloat(readonly=True, aggregator=None)
    value_text = fields.Char("Value", compute="_compute_texts")
    limit_text = fields.Char("Compared With", compute="_compute_texts")
    drills = fields.Json(
        "Records Behind", readonly=True,
        help="As the alert was defined then: what opens the records of the figure.",
    )

    _once_uniq = models.UniqueIndex("(alert_id, episode, kind)")

    def _compute_texts(self):
        figures = self.env["crm.kpi.figures"]
        for event in self:
            code, money = event.kpi_id.code, event.company_id.currency_id
            event.value_text = figures._text(code, event.value, money)
            event.limit_text = figures._text(code, event.limit, money)
