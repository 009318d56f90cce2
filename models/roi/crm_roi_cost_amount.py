import math
from datetime import date

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..base.exchange_rate import conversion_sql, flush_rates

LARGEST = 1e12
EARLIEST = date(1990, 1, 1)
LONGEST_DAYS = 3660
FACTORS = ("quantity", "people", "unit_cost", "hours_per_week", "loss_rate")


class CrmRoiCost(models.Model):
    """What a cost amounts to: entered or computed, and converted."""

    _inherit = "crm.roi.cost"

    @api.depends("date_from")
    def _compute_date_to(self):
        for cost in self:
            if not cost.date_to or (cost.date_from and cost.date_to < cost.date_from):
                cost.date_to = cost.date_from

    @api.depends("category_id")
    def _compute_calculation(self):
        # Not of the category's present setting: an old entry stays as it was calculated.
        for cost in self:
            cost.calculation = cost.category_id.calculation or "amount"

    @api.depends("company_id")
    def _compute_company_currency_id(self):
        # Not of the company's currency: what was entered in the old one stays what it was.
        for cost in self:
            cost.company_currency_id = cost.company_id.currency_id

    @api.depends("calculation", "quantity", "people", "unit_cost", "hours_per_week", "loss_rate",
                 "has_ramp", "is_credit")
    def _compute_amount(self):
        for cost in self:
            total = cost._calculated_amount()
            cost.amount = -abs(total) if cost.is_credit else abs(total)

    def _calculated_amount(self):
        """The amount before it is made a credit."""
        self.ensure_one()
        if self.calculation == "quantity":
            return self.quantity * self.people * self.unit_cost
        if self.calculation == "productivity":
            hours = self.quantity * self.people * self.hours_per_week
            # A loss that falls evenly to nothing is half of it on average.
            loss = self.loss_rate / 2 if self.has_ramp else self.loss_rate
            return hours * loss * self.unit_cost
        return self.amount

    # ------------------------------------------------------------
    # Company currency: never 1 : 1 because a rate is missing
    # ------------------------------------------------------------

    @api.depends("amount", "currency_id", "company_currency_id", "company_id", "date_from")
    def _compute_amount_company(self):
        rates = self._exchange_rates()
        for cost in self:
            rate = rates.get(cost._exchange())
            known = rate is not None
            target = cost.company_currency_id
            cost.amount_company = target.round(cost.amount * rate) if known else False
            cost.state = "ok" if known else "no_rate"

    def _exchange(self):
        """What a rate depends on: ``(currency id, company currency id, company id, day)``."""
        return (self.currency_id.id, self.company_currency_id.id, self.company_id.id,
                self.date_from)

    def _exchange_rates(self):
        """:return: dict ``{exchange: rate}``, without those that have no rate"""
        exchanges = {cost._exchange() for cost in self}
        rates = {one: 1.0 for one in exchanges if one[0] and one[0] == one[1]}
        foreign = [one for one in exchanges if all(one) and one not in rates]
        if not foreign:
            return rates
        flush_rates(self.env)
        rows = self.env.execute_query(SQL(
            """SELECT source, target, company, day, %s
               FROM (VALUES %s) AS exchange(source, target, company, day)""",
            conversion_sql(*map(SQL, (
                "exchange.source", "exchange.target", "exchange.company", "exchange.day",
            ))),
            SQL(", ").join(SQL("(%s, %s, %s, %s::date)", *one) for one in foreign),
        ))
        rates.update((row[:4], float(row[4])) for row in rows if row[4] is not None)
        return rates

    @api.depends("amount_company", "date_from", "date_to")
    def _compute_daily_amount(self):
        for cost in self:
            known = cost.date_from and cost.date_to and cost.date_to >= cost.date_from
            cost.days = (cost.date_to - cost.date_from).days + 1 if known else 0
            cost.daily_amount = (
                cost.amount_company / cost.days if known and cost.state == "ok" else False
            )

    # ------------------------------------------------------------
    # Totals: one currency, and nothing left out
    # ------------------------------------------------------------

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        name, _sep, aggregate = aggregate_spec.partition(":")
        if name not in ("amount", "amount_company") or aggregate not in ("sum", "sum_currency"):
            return super()._read_group_select(aggregate_spec, query)
        currency = SQL.identifier(self._table, self._fields[name].get_currency_field(self))
        return SQL(
            """CASE WHEN MIN(%(currency)s) = MAX(%(currency)s) AND COUNT(*) = COUNT(%(amount)s)
               THEN SUM(%(amount)s) END""",
            currency=currency, amount=SQL.identifier(self._table, name),
        )

    # ------------------------------------------------------------
    # Limits
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_no_numbers(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_no_numbers(vals)
        return super().write(vals)

    @api.model
    def _refuse_no_numbers(self, vals):
        """NaN and infinity would stop the program where it rounds; say it before."""
        for name in ("amount", *FACTORS):
            value = vals.get(name)
            if isinstance(value, float) and not math.isfinite(value):
                raise ValidationError(self.env._(
                    "Cost “%(cost)s”: the value of “%(field)s” is no number. Enter one.",
                    cost=vals.get("name") or self[:1].name or "",
                    field=self._fields[name]._description_string(self.env),
                ))

    @api.constrains("amount", *FACTORS)
    def _check_numbers(self):
        for cost in self:
            for name in FACTORS:
                if not 0 <= cost[name] <= LARGEST:
                    raise ValidationError(self.env._(
                        "Cost “%(cost)s”: %(field)s must be a number from 0 up. For a refund tick "
                        "“Credit” instead of entering a negative number.",
                        cost=cost.name, field=self._fields[name]._description_string(self.env),
                    ))
            if abs(cost.amount) > LARGEST:
                raise ValidationError(self.env._(
                    "Cost “%(cost)s”: the amount is larger than %(limit)s. Correct it.",
                    cost=cost.name, limit=f"{LARGEST:,.0f}",
                ))
            if cost.loss_rate > 1:
                raise ValidationError(self.env._(
                    "Cost “%s”: nobody loses more than 100 %% of their time. Correct the loss.",
                    cost.name,
                ))

    @api.constrains("amount", "is_credit")
    def _check_credit(self):
        for cost in self:
            if cost.amount < 0 and not cost.is_credit:
                raise ValidationError(self.env._(
                    "Cost “%(cost)s” is negative (%(amount)s). If it is a credit note or refund, "
                    "tick “Credit”; otherwise enter a positive amount.",
                    cost=cost.name, amount=cost.amount,
                ))
            if cost.amount > 0 and cost.is_credit:
                raise ValidationError(self.env._(
                    "Cost “%(cost)s” is a credit of %(amount)s. A credit reduces the cost: enter "
                    "it as a negative amount, or untick “Credit”.",
                    cost=cost.name, amount=cost.amount,
                ))

    @api.constrains("date_from", "date_to")
    def _check_period(self):
        for cost in self:
            if cost.date_to < cost.date_from:
                raise ValidationError(self.env._(
                    "Cost “%(cost)s” ends on %(end)s, before it begins on %(start)s. Correct one "
                    "of the dates.", cost=cost.name, end=cost.date_to, start=cost.date_from,
                ))
            too_long = (cost.date_to - cost.date_from).days >= LONGEST_DAYS
            if too_long or cost.date_from < EARLIEST:
                raise ValidationError(self.env._(
                    "Cost “%(cost)s” lasts from %(start)s to %(end)s. A cost lies after 1990 and "
                    "lasts ten years at most; check the years.",
                    cost=cost.name, end=cost.date_to, start=cost.date_from,
                ))
