import logging
from collections import defaultdict

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import split_every

from .crm_roi_bill_rule import ALL_CONDITIONS, BILLS, MAPPING

_logger = logging.getLogger(__name__)

LINES_PER_STEP = 1000
# A change of these may take or leave lines.
DECIDING = {*ALL_CONDITIONS, "active", "company_id", "date_from", "sequence"}


class CrmRoiBillRule(models.Model):
    """Keeps the costs in step with posted bills: what should be there is computed from the rules
    and compared with what is there, so that doing it again changes nothing."""

    _inherit = "crm.roi.bill.rule"

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        rules._follow_companies()
        return rules

    def write(self, vals):
        companies = self.company_id
        result = super().write(vals)
        mapped = {name: vals[name] for name in MAPPING if name in vals}
        if mapped and self.cost_ids:
            self.cost_ids.write(mapped)
        if DECIDING & vals.keys():
            self._follow_companies(companies)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_without_costs(self):
        for rule in self:
            if rule.cost_ids:
                raise UserError(self.env._(
                    "The bill rule “%(rule)s” has made %(count)s cost entries. Archive it: the "
                    "entries stay and no new ones are made.",
                    rule=rule.name, count=len(rule.cost_ids),
                ))

    def _follow_companies(self, companies=None):
        # Managers of sales set the rules but may not read bills; costs get what the rules say.
        everything = self.sudo().with_context(active_test=False)
        companies = (companies or self.company_id) | self.company_id
        everything._follow_all(everything.search([("company_id", "in", companies.ids)]))

    @api.model
    def _follow_nightly(self):
        """Catch up with bills of all companies: whatever a hook has missed."""
        self._follow_all(self.with_context(active_test=False).search([]))

    @api.model
    def _follow_all(self, rules):
        """Bring the costs of ``rules`` (all of some companies) in step with all bills."""
        costs = self.env["crm.roi.cost"].search([("bill_rule_id", "in", rules.ids)])
        costs.filtered(lambda cost: not cost.move_line_id).unlink()
        wanted = Domain.OR(
            rule._line_domain() & rule._date_domain() for rule in rules if rule.active
        )
        Line = self.env["account.move.line"]
        lines = Line.search(wanted | Domain("id", "in", costs.exists().move_line_id.ids))
        for ids in split_every(LINES_PER_STEP, lines.ids):
            self._follow_lines(Line.browse(ids))

    def _date_domain(self):
        if not self.date_from:
            return Domain.TRUE
        return Domain("move_id.invoice_date", ">=", self.date_from)

    @api.model
    def _follow_lines(self, lines):
        """Create, update and delete the costs of bill lines.

        :param lines: posted and other lines; those that are not posted lose their costs
        """
        lines = lines.with_prefetch()  # lines of a new bill are not read together
        rules = self.with_context(active_test=False).search(
            [("company_id", "in", lines.company_id.ids)]
        )
        known = defaultdict(dict)
        for cost in self.env["crm.roi.cost"].search(
            [("move_line_id", "in", lines.ids), ("bill_rule_id", "!=", False)]
        ):
            known[cost.move_line_id][cost.bill_rule_id] = cost
        values, gone = [], self.env["crm.roi.cost"]
        for line in lines:
            wanted = rules._amounts(line, known[line])
            for rule, cost in known[line].items():
                if rule not in wanted:
                    gone += cost
                elif line.company_currency_id.compare_amounts(cost.amount, wanted[rule]):
                    cost.write({"amount": wanted[rule], "is_credit": wanted[rule] < 0})
            values += [
                rule._cost_values(line, amount) for rule, amount in wanted.items()
                if rule not in known[line]
            ]
        gone.unlink()
        self.env["crm.roi.cost"].create(values)

    def _amounts(self, line, known):
        """What each of these rules, in their order, takes of a line.

        :param known: rules that have taken from the line already; archived, they keep it
        :return: dict ``{rule: amount in company currency}``; together at most the line's amount
        """
        amounts, taken = {}, 0.0
        if line.parent_state != "posted" or line.display_type != "product" \
                or line.move_id.move_type not in BILLS:
            return amounts
        day = line.move_id.invoice_date or line.date
        currency = line.company_currency_id
        for rule in self:
            if rule.active or rule in known:
                is_dated = not rule.date_from or rule.date_from <= day
                share = min(rule._share(line), 1.0 - taken) if is_dated else 0.0
                amount = currency.round(line.balance * (taken + share)) \
                    - currency.round(line.balance * taken)
                taken += share
                if not currency.is_zero(amount):
                    amounts[rule] = currency.round(amount)
        return amounts

    def _cost_values(self, line, amount):
        move = line.move_id
        label = (line.name or line.product_id.display_name or "").strip().partition("\n")[0]
        return {
            "name": f"{move.name}: {label}" if label else move.name,
            "company_id": line.company_id.id,
            "date_from": move.invoice_date or line.date,
            "calculation": "amount", "amount": amount, "is_credit": amount < 0,
            "currency_id": line.company_currency_id.id,
            "partner_id": move.commercial_partner_id.id,
            "move_line_id": line.id, "bill_rule_id": self.id,
            **{name: self[name].id for name in MAPPING},
        }
