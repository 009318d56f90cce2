from odoo import api, fields, models

from ..base.optional_number import OptionalFloat

STATUSES = [("good", "Good"), ("warning", "Attention"), ("bad", "Bad")]
STANDING = ("attainment", "status", "value_text", "attainment_text", "projected_text", "pace_text")


class CrmKpiTarget(models.Model):
    """How far targets are reached: the same figures that the KPI board shows."""

    _inherit = "crm.kpi.target"

    period_text = fields.Char("Period in Words", compute="_compute_period_text")
    attainment = OptionalFloat(
        "Attainment", compute="_compute_standing", aggregator=None,
        help="Part of the target that is reached. Where lower is better: the target divided by "
             "the figure, so more than 100 % is good there, too.",
    )
    status = fields.Selection(STATUSES, compute="_compute_standing")
    value_text = fields.Char("So Far", compute="_compute_standing")
    drills = fields.Json("Records Behind", compute="_compute_drills")
    attainment_text = fields.Char("Reached", compute="_compute_standing")
    projected_text = fields.Char(
        "Projected End", compute="_compute_standing",
        help="What is summed over time goes on by working days, or by last year's season when the "
             "target does. Ratios and levels are taken to stay. Empty while less than a tenth of "
             "the period is over.",
    )
    pace_text = fields.Char("Pace", compute="_compute_standing")
    parts_text = fields.Char(
        "Sum of Parts", compute="_compute_parts_text",
        help="Of a company's target the targets of its teams for the same months, of a team's "
             "target those of its salespeople.",
    )

    @api.depends("date_from", "date_to", "period_type")
    @api.depends_context("lang")
    def _compute_period_text(self):
        for target in self:
            target.period_text = target.date_from and target._period_text()

    @api.depends("amount", "kpi_id", "company_id", "team_id", "user_id", "date_from", "date_to")
    @api.depends_context("uid", "lang")
    def _compute_standing(self):
        judged = self._judged()
        for target in self:
            Figures = self.env["crm.kpi.figures"].with_company(target.company_id)
            found, code = judged.get(target), target.kpi_id.code
            target.update({
                "attainment": _or_false(found["attainment"]),
                "status": found["status"],
                "value_text": Figures._text(code, found["value"]),
                "attainment_text": Figures._share_text(found["attainment"]),
                "projected_text": Figures._text(code, found["projected"]),
                "pace_text": Figures._pace_text(found["pace"], found["is_running"]),
            } if found else dict.fromkeys(STANDING, False))

    @api.depends("kpi_id", "company_id", "team_id", "user_id", "date_from", "date_to")
    def _compute_drills(self):
        for target in self:
            scope = {name: target[name].id for name in ("team_id", "user_id") if target[name]}
            Figures = self.env["crm.kpi.figures"].with_context(
                allowed_company_ids=target.company_id.ids)
            target.drills = target.date_to and {"value_text": Figures._drill_request(
                target.kpi_id.code, target._period(), scope)}

    def _judged(self):
        """What the figures say of each target whose figures the user may see.

        :return: dict ``{target: dict of value, attainment, projected, pace, status, is_running}``
        """
        found = {}
        saved = self.filtered(lambda target: target._origin.id and target._is_comparable())
        for (company, period), targets in saved.grouped(
            lambda t: (t.company_id, t._period())
        ).items():
            Figures = self.env["crm.kpi.figures"].with_company(company)
            today = Figures._today()
            values = targets._values_by_holder(period.elapsed(today))
            working_days = Figures._working_days(period)
            for target in targets:
                value = values.get(target, {}).get(())
                kpi = target.kpi_id.with_company(company)
                found[target] = {
                    **Figures._judged(kpi, value, target._amount_now(Figures), period,
                                      working_days, target._weights()),
                    "value": value, "is_running": period.is_running(today),
                }
        return found

    def _is_comparable(self):
        """Whether the figures the user may read are all that the target is about."""
        return self.user_id == self.env.user or self.env.su or self.env.user.has_group(
            "sales_team.group_sale_salesman_all_leads")

    def _amount_now(self, Figures):
        """The target in the company's present currency."""
        return self.amount * Figures._target_rate(
            self.kpi_id, self.month_ids[:1], self._period())

    def _weights(self):
        """:return: dict ``{month: target}`` when spread by the season, else ``None``"""
        if not self.month_ids or not all(month.is_seasonal for month in self.month_ids):
            return None
        return {month.month: month.amount for month in self.month_ids}

    @api.depends("kpi_id", "company_id", "team_id", "user_id", "date_from", "date_to")
    @api.depends_context("lang")
    def _compute_parts_text(self):
        parts = self._parts()
        for target in self:
            amount = parts.get(target)
            target.parts_text = amount is not None and self.env["crm.kpi.figures"]._text(
                target.kpi_id.code, amount, target.currency_id)

    def _parts(self):
        """Sums of the targets one level below, of what is summed over people.

        :return: dict ``{target: amount}``
        """
        whole = self.filtered(
            lambda t: t._origin.id and not t.user_id and t.kpi_id.kind != "formula")
        if not whole:
            return {}
        sums = {}
        for kpi, company, team, user, month, summed, amount in self.env[
            "crm.kpi.target.month"
        ]._read_group(
            [("kpi_id", "in", whole.kpi_id.ids), ("company_id", "in", whole.company_id.ids),
             ("month", ">=", min(whole.mapped("date_from"))),
             ("month", "<=", max(whole.mapped("date_to"))), ("team_id", "!=", False)],
            ["kpi_id", "company_id", "team_id", "user_id", "month:month", "is_summed"],
            ["amount:sum"],
        ):
            key = (kpi, company, team if user else self.env["crm.team"])
            sums.setdefault(key, []).append((month, summed, amount))
        return {target: total for target in whole
                if (total := target._total_of_parts(sums)) is not None}

    def _total_of_parts(self, sums):
        found = [
            (month, summed, amount)
            for month, summed, amount in sums.get((self.kpi_id, self.company_id, self.team_id), [])
            if self.date_from <= month <= self.date_to
        ]
        if not found:
            return None
        total = sum(amount for _month, _summed, amount in found)
        # A level is not summed over time: the average of its months.
        return total if found[0][1] else total / len({month for month, _s, _a in found})


def _or_false(value):
    return False if value is None else value
