from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

STEPS = {"monthly": relativedelta(months=1), "yearly": relativedelta(years=1)}
# What a generated period takes over from the recurring entry.
COPIED = (
    "name", "company_id", "category_id", "calculation", "quantity", "people", "unit_cost",
    "hours_per_week", "loss_rate", "has_ramp", "amount", "currency_id", "is_credit", "team_id",
    "feature_id", "campaign_id", "source_id", "medium_id", "lead_id", "partner_id", "note",
    "allocation_id",
)


class CrmRoiCost(models.Model):
    """Recurring entries: the entry is the first period, later ones are generated as they begin.

    Periods are numbered from the entry's own (0) and generated once each: one that a person
    deleted does not come back, one that was changed stays as changed.
    """

    _inherit = "crm.roi.cost"

    period_number = fields.Integer(readonly=True, copy=False, help="0 is the entry itself.")
    next_period = fields.Integer(
        default=1, readonly=True, copy=False, help="Number of the next period to generate."
    )
    period_ids = fields.One2many("crm.roi.cost", "template_id", "Generated Periods", readonly=True)
    period_count = fields.Integer("Periods", compute="_compute_period_count")

    _period_unique = models.UniqueIndex(
        "(template_id, period_number) WHERE template_id IS NOT NULL",
        "This period of the recurring cost has been generated already.",
    )

    @api.depends("period_ids")
    def _compute_period_count(self):
        counts = dict(self._read_group(
            [("template_id", "in", self.ids)], ["template_id"], ["__count"]
        ))
        for cost in self:
            cost.period_count = counts.get(cost, 0)

    @api.model_create_multi
    def create(self, vals_list):
        costs = super().create(vals_list)
        costs._generate_periods()
        return costs

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"recurrence", "recurrence_until"}:
            self._drop_periods_after_end()
            self._generate_periods()
        return result

    @api.constrains("recurrence", "recurrence_until", "date_from", "template_id")
    def _check_recurrence(self):
        for cost in self.filtered(lambda cost: cost.recurrence != "none"):
            if cost.template_id:
                raise ValidationError(self.env._(
                    "Cost “%(cost)s” of %(day)s was generated from a recurring cost and cannot "
                    "recur itself. Change the recurring cost instead.",
                    cost=cost.name, day=cost.date_from,
                ))
            if cost.recurrence_until and cost.recurrence_until < cost.date_from:
                raise ValidationError(self.env._(
                    "Cost “%(cost)s” repeats until %(end)s, before it begins on %(start)s. Correct "
                    "one of the dates.",
                    cost=cost.name, end=cost.recurrence_until, start=cost.date_from,
                ))

    def action_rewrite_periods(self):
        """Write the generated periods anew from the recurring entry, as it is now."""
        self.period_ids.unlink()
        self.next_period = 1
        self._generate_periods()

    def action_open_periods(self):
        """:return: action that lists the entry and the periods generated from it"""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_roi.crm_roi_cost_action")
        return {
            **action, "name": self.env._("Periods of %s", self.name), "context": {"create": False},
            "domain": ["|", ("id", "=", self.id), ("template_id", "=", self.id)],
        }

    @api.model
    def _generate_all_periods(self):
        """Generate the periods of all recurring entries that have begun by now."""
        self.search([("recurrence", "!=", "none")])._generate_periods()

    def _generate_periods(self):
        """Generate what has begun; a period that is still to come is no cost yet."""
        values = []
        for cost in self.filtered(lambda cost: cost.recurrence != "none"):
            company = cost.company_id
            last = company._kpi_today(company._kpi_timezone())
            if cost.recurrence_until:
                last = min(last, cost.recurrence_until)
            number = cost.next_period
            while cost._period(number)[0] <= last:
                values.append(cost._period_values(number))
                number += 1
            if number > cost.next_period:
                cost.next_period = number
        if values:
            self.create(values)

    def _period(self, number):
        """:return: ``(first day, last day)`` of a period; whole months stay whole months"""
        step = STEPS[self.recurrence] * number
        first = self.date_from + step
        return first, max(first, self._day_after() + step - relativedelta(days=1))

    def _period_values(self, number):
        first, last = self._period(number)
        values = {name: self._fields[name].convert_to_write(self[name], self) for name in COPIED}
        return {**values, "template_id": self.id, "period_number": number, "date_from": first,
                "date_to": last}

    def _drop_periods_after_end(self):
        """Periods that lie after the end of the recurrence never were a cost."""
        for cost in self.filtered("recurrence_until"):
            after = cost.period_ids.filtered(
                lambda period, end=cost.recurrence_until: period.date_from > end
            )
            if after:
                cost.next_period = min(after.mapped("period_number"))
                after.unlink()
