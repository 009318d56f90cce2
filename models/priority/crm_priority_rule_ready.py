"""Rules that are there as soon as a known ticket app is, switched off until somebody wants them."""

import logging
from typing import NamedTuple

from odoo import api, models

_logger = logging.getLogger(__name__)

ACTIVE_PARAMETER = "crm_roi.priority_rules_active"


class Known(NamedTuple):
    """What is known of a ticket model; the first way to a customer that it has is taken."""

    paths: tuple
    open_domain: str


KNOWN = {
    # Two apps have a model of this name: the community's stages are closed, the other's folded.
    "helpdesk.ticket": Known(("partner_id",), "[('stage_id.closed', '=', False)]"),
    "project.task": Known(
        ("partner_id",), "[('state', 'not in', ['1_done', '1_canceled'])]",
    ),
    "maintenance.request": Known(
        ("partner_id", "owner_user_id.partner_id"), "[('stage_id.done', '=', False)]",
    ),
    "repair.order": Known(("partner_id",), "[('state', 'not in', ['done', 'cancel'])]"),
}
FOLDED = "[('stage_id.fold', '=', False)]"


class CrmPriorityRule(models.Model):
    _inherit = "crm.priority.rule"

    def _register_hook(self):
        super()._register_hook()
        if self.env.registry.updated_modules:
            self._make_ready()

    @api.model
    def _make_ready(self, companies=None):
        """Give companies a rule for each known ticket model that is installed and has none yet.

        :param companies: all when omitted
        """
        # Runs at the end of an installation, on behalf of no user.
        Rule = self.sudo().with_context(active_test=False)
        companies = companies or Rule.env["res.company"].search([])
        have = {(rule.model_name, rule.company_id) for rule in Rule.search([])}
        is_active = Rule.env["ir.config_parameter"].get_param(ACTIVE_PARAMETER) == "True"
        for name in KNOWN:
            new = [company for company in companies if (name, company) not in have]
            if name not in self.env or not new:
                continue
            try:
                with Rule.env.cr.savepoint():
                    Rule.create([
                        {**Rule._ready_values(name, company), "active": is_active}
                        for company in new
                    ])
            except Exception:
                # An app that calls another thing a ticket must still be installed.
                _logger.warning("No ready-made priority rule for %s", name, exc_info=True)

    @api.model
    def _ready_values(self, model_name, company):
        """:return: values of the ready-made rule: the best tiers one step up"""
        Model, known = self.env[model_name], KNOWN[model_name]
        open_domain = known.open_domain
        if "stage_id.closed" in open_domain and "closed" not in Model.stage_id._fields:
            open_domain = FOLDED
        return {
            "name": self.env._("%s: the best customers first", Model._description),
            "model_name": model_name,
            "company_id": company.id,
            "partner_path": next(
                path for path in known.paths if path.split(".")[0] in Model._fields
            ),
            "open_domain": open_domain,
            "line_ids": [
                (0, 0, {"tier_id": tier.id, "choice": choice})
                for tier, choice in self._ready_lines(model_name, company)
            ],
        }

    @api.model
    def _ready_lines(self, model_name, company):
        """:return: pairs of the best tiers and the highest priorities, best first; never down to
            the lowest priority"""
        values = self.env[model_name]._fields["priority"].get_values(self.env)
        choices = [f"{model_name},priority,{value}" for value in values[:0:-1]]
        tiers = self.env["crm.customer.tier"].search([("company_id", "=", company.id)], limit=2)
        return list(zip(tiers, choices, strict=False))
