"""What to do about a customer: last contact, planned activity, a call with one click."""

from odoo import fields, models
from odoo.tools import SQL, format_amount, format_date


class CrmCustomerValue(models.Model):
    _inherit = "crm.customer.value"

    last_contact_date = fields.Date(
        "Last Contact", compute="_compute_last_contact_date",
        help="Latest message with the customer, or completed activity, on its contacts, leads and "
             "orders. Internal notes do not count.",
    )
    next_activity_date = fields.Date("Next Activity", compute="_compute_next_activity_date")
    explanation = fields.Text(compute="_compute_explanation")

    def _compute_last_contact_date(self):
        # Whoever may see the customer may know when somebody was last in touch; only a date.
        self.env["mail.message"].flush_model()
        self.env["crm.lead"].flush_model(["partner_id"])
        latest = dict(self.env.execute_query(SQL(
            """SELECT contact.commercial_partner_id,
                      MAX(message.date AT TIME ZONE 'UTC' AT TIME ZONE %(timezone)s)::date
               FROM res_partner contact
               CROSS JOIN LATERAL (
                   SELECT 'res.partner' AS model, contact.id AS res_id
                   UNION ALL SELECT 'crm.lead', id FROM crm_lead WHERE partner_id = contact.id
                   UNION ALL SELECT 'sale.order', id FROM sale_order WHERE partner_id = contact.id
               ) document
               JOIN mail_message message
                    ON message.model = document.model AND message.res_id = document.res_id
               LEFT JOIN mail_message_subtype subtype ON subtype.id = message.subtype_id
               WHERE contact.commercial_partner_id = ANY(%(customers)s)
                 AND (message.mail_activity_type_id IS NOT NULL
                      OR message.message_type IN ('comment', 'email', 'email_outgoing')
                         AND message.is_internal IS NOT TRUE AND subtype.internal IS NOT TRUE)
               GROUP BY contact.commercial_partner_id""",
            customers=self.partner_id.ids, timezone=self.env.company._kpi_timezone(),
        )))
        for row in self:
            row.last_contact_date = latest.get(row.partner_id.id)

    def _compute_next_activity_date(self):
        for row in self:
            row.next_activity_date = row.partner_id.activity_date_deadline

    def _compute_explanation(self):
        for row in self:
            row.explanation = "\n".join(row._explanation_lines())

    def _explanation_lines(self):
        """Why the customer is worth what it is, in words."""
        def money(amount):
            return format_amount(self.env, amount, self.currency_id)

        if not self.order_day_count:
            return [self.env._("No purchase yet; the tier is set by hand.")]
        lines = [self.env._(
            "%(days)s order days since %(first)s, the latest %(silent)s days before %(date)s.",
            days=self.order_day_count, first=format_date(self.env, self.first_order_date),
            silent=self.days_silent, date=format_date(self.env, self.date),
        )]
        if self.customer_value is not False:
            lines.append(self.env._(
                "Value: %(orders).2f order days expected in twelve months × %(spend)s expected "
                "spend × %(rate).0f %% margin = %(value)s.",
                orders=self.predicted_order_count, spend=money(self.predicted_spend),
                rate=100 * self.margin_rate, value=money(self.customer_value),
            ))
        if self.prediction_error is not False:
            lines.append(self.env._(
                "For customers with as many order days, such forecasts were off by %(error).1f "
                "order days a year on average.", error=self.prediction_error,
            ))
        if self.probability_alive is not False:
            lines.append(self.env._(
                "Still a customer with a chance of %(chance).0f %%.",
                chance=100 * self.probability_alive,
            ))
        return lines

    def action_follow_up(self):
        """Plan a call with each customer for its salesperson, unless something is planned."""
        planned = self.filtered(lambda row: not row.next_activity_date)
        for row in planned:
            row.partner_id.activity_schedule(
                "mail.mail_activity_data_call", fields.Date.context_today(self),
                summary=self.env._("Call: the customer has been silent for %s days",
                                   row.days_silent),
                user_id=(row.user_id or self.env.user).id,
            )
        self.invalidate_recordset(["next_activity_date"])
        return {
            "type": "ir.actions.client", "tag": "display_notification",
            "params": {
                "type": "success" if planned else "info",
                "message": self.env._(
                    "%(new)s calls planned; %(old)s customers had an activity already.",
                    new=len(planned), old=len(self) - len(planned),
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_set_tier(self):
        """Form of a tier set by hand for this customer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window", "name": self.env._("Set Tier by Hand"),
            "res_model": "crm.customer.tier.override", "view_mode": "form", "target": "new",
            "context": {
                "default_partner_id": self.partner_id.id,
                "default_company_id": self.company_id.id,
                "default_tier_id": self.customer_tier_id.id,
            },
        }
