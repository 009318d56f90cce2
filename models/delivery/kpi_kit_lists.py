"""Sections of a report kit that list records: open deals by stage, customers slipping away."""

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_date

from ...tools.kit import Cell, Column, Section
from ..kpi.crm_kpi_text import NO_DATA

# Customers a kit names.
MOST_CUSTOMERS = 15


class KpiKitLists(models.AbstractModel):
    _name = "crm.kpi.kit.lists"
    _description = "Lists in a Report Kit"

    @api.model
    def _lists(self, schedule, period, scope):
        """:return: list of sections, None for one the reader may not see"""
        sections = []
        if schedule.with_stages:
            sections.append(self._stages(period, scope))
        if schedule.with_slipping:
            sections.append(self._slipping(scope))
        return sections

    @api.model
    def _stages(self, period, scope):
        """The opportunities that the KPI of open ones counted, by the stage they are in now."""
        if not self.env["crm.lead"].has_access("read"):
            return None
        _ = self.env._
        rows = self._stage_rows(period, scope)
        most = max((count for _stage, count, *_amounts in rows), default=0)
        total = [sum(row[place] or 0 for row in rows) for place in (1, 2, 3)]
        return Section(
            "stages", _("Pipeline by Stage"),
            (Column(_("Stage")), Column(_("Open Opportunities"), True, True),
             Column(_("Expected Revenue"), True, True),
             Column(_("Weighted by Probability"), True, True)),
            [(Cell(stage.name, stage.name or _("No stage")), self._integer(count, count / most),
              self._money(expected), self._money(weighted))
             for stage, count, expected, weighted in rows],
            total=(Cell(_("Total"), _("Total")), self._integer(total[0]), self._money(total[1]),
                   self._money(total[2])) if rows else None,
            notes=[_("Open at the end of the last measured night of the period; stage and amounts "
                     "are those of now.")],
            empty=_("No opportunity was open, or the night has not been measured."),
            chart_columns=(1,),
        )

    @api.model
    def _stage_rows(self, period, scope):
        days = Domain("day", ">=", period.first) & Domain("day", "<", period.stop)
        action = self.env["crm.kpi.snapshot"].action_drill(
            "open_count", list(days & self.env["crm.kpi.figures"]._scope_domain(scope)))
        Lead = self.env["crm.lead"].with_context(active_test=False)
        return Lead._read_group(
            action["domain"], ["stage_id"],
            ["__count", "expected_revenue:sum", "prorated_revenue:sum"], order="stage_id")

    @api.model
    def _slipping(self, scope):
        """The customers at risk with most at stake."""
        Value = self.env["crm.customer.value"]
        if not Value.has_access("read"):
            return None
        _ = self.env._
        domain = [("company_id", "=", self.env.company.id), ("lifecycle_stage", "=", "at_risk")]
        domain += [(name, "in", ids if isinstance(ids, list) else [ids])
                   for name, ids in scope.items() if name in ("team_id", "user_id")]
        customers = Value.search(
            domain, order="value_at_stake DESC NULLS LAST, id", limit=MOST_CUSTOMERS)
        return Section(
            "slipping", _("Customers Slipping Away"),
            (Column(_("Customer")), Column(_("At Stake a Year"), True),
             Column(_("Latest Purchase")), Column(_("Salesperson"), depth=1)),
            [self._customer_row(customer) for customer in customers],
            notes=[_("Silent for longer than usual, or more likely lost than not. At stake: the "
                     "margin of their last active year.")],
            empty=_("No customer is slipping away, as far as you may see."),
        )

    @api.model
    def _customer_row(self, customer):
        # The name of a colleague says no more than the customer's row does.
        person = customer.user_id.sudo().name or ""
        name, last = customer.partner_id.display_name, customer.last_order_date
        return (
            Cell(name, name), self._money(customer.value_at_stake),
            Cell(last or None, format_date(self.env, last) if last else NO_DATA, "date"),
            Cell(person or None, person),
        )

    @api.model
    def _integer(self, number, share=None):
        return Cell(number, self.env["crm.kpi"]._unit_text("count", number), "integer",
                    share=share)

    @api.model
    def _money(self, amount):
        if amount is None or amount is False:
            return Cell(None, NO_DATA, "money")
        return Cell(amount, self.env["crm.kpi.figures"]._text("open_revenue", amount), "money")
