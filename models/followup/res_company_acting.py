from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    hot_notice = fields.Boolean(
        "Tell about Hot Leads", default=True,
        help="Whoever is responsible for a lead that becomes hot gets a notice.",
    )
    hot_activity_type_id = fields.Many2one(
        "mail.activity.type", "Activity for Hot Leads", ondelete="set null",
        domain="['|', ('res_model', '=', False), ('res_model', '=', 'crm.lead')]",
        default=lambda self: self.env.ref("mail.mail_activity_data_call", False),
        help="Scheduled for the same day. Empty: no activity, only the notice.",
    )
    hot_quiet_from = fields.Float(
        "Quiet from", default=19.0,
        help="Nobody is told from this hour on, in the recipient's own time zone.",
    )
    hot_quiet_to = fields.Float(
        "Quiet until", default=8.0, help="Who waits is told from this hour on.",
    )
    hot_quiet_weekend = fields.Boolean("Quiet on Weekends", default=True)
    hot_daily_cap = fields.Integer(
        "Notices per Person and Day", default=5,
        help="The best leads come first, the others on the following days. 0: no notices.",
    )
    hot_repeat_days = fields.Integer(
        "Not Again within Days", default=7,
        help="A lead that cools down and becomes hot again within so many days is not told again.",
    )
    followup_reminder = fields.Boolean(
        "Remind of Overdue Activities",
        help="Whoever has overdue activities on leads gets their list every working morning.",
    )
    followup_summary = fields.Boolean(
        "Weekly Summary for Team Leaders",
        help="Team leaders get the open, hot, overdue and idle leads of each salesperson every "
             "Monday.",
    )

    _hot_quiet_hours = models.Constraint(
        "CHECK (hot_quiet_from >= 0 AND hot_quiet_from < 24 AND hot_quiet_to >= 0"
        " AND hot_quiet_to < 24)",
        "Quiet hours lie between 0:00 and 23:59.",
    )
    _hot_cap_range = models.Constraint(
        "CHECK (hot_daily_cap BETWEEN 0 AND 50 AND hot_repeat_days BETWEEN 0 AND 365)",
        "People get 0 to 50 notices of hot leads a day; a lead is told again after 0 to 365 days.",
    )
