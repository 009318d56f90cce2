"""The customer's panel on the forms of tickets: a view of its own for each ruled model."""

import logging

from lxml import etree

from odoo import api, fields, models

from ..base.form_extension import PANEL

_logger = logging.getLogger(__name__)

# Finds a place in every form that is not empty, whatever others do to it later: before the first
# notebook of the sheet, else before the last part of the sheet, else of the form.
PLACE = (
    "(/form/sheet/notebook[1] | /form[not(sheet/notebook)]/sheet[1]/*[last()]"
    " | /form[not(sheet/*)]/*[last()])[1]"
)


class CrmPriorityRule(models.Model):
    _inherit = "crm.priority.rule"

    has_panel = fields.Boolean(
        "Show the Customer on the Ticket", default=True,
        help="Tier, lifecycle, open deals, last orders and previous tickets of the customer stand "
             "on the ticket's form.",
    )

    def _register_hook(self):
        super()._register_hook()
        if self.env.registry.updated_modules:
            # An app that has come or changed may have another form by now.
            self._sync_panel()

    @api.model
    def _sync_panel(self):
        """Give each model with an active rule that shows the customer one view extension, and
        take it from all others. A form that cannot take it stays as it is, and that is logged."""
        result = super()._sync_panel()
        # Views are the program's here: whoever may change rules need not be allowed to change them.
        Rule = self.env["crm.priority.rule"].sudo()
        rules = Rule.search([("has_panel", "=", True)])
        wanted = {rule.model_name: rule for rule in reversed(rules)}
        kept = Rule._panel_views()
        for name, view in kept.items():
            if name not in wanted:
                self._drop_panel(name, view)
        for name, rule in wanted.items():
            if name not in self.env:
                continue
            try:
                with self.env.cr.savepoint():
                    rule._write_panel()
            except Exception as error:
                # Whatever it is: the ticket's form matters more than what it shows of the customer.
                _logger.warning("The form of %s does not take the customer's panel: %s",
                                name, error)
        return result

    @api.model
    def _drop_panel(self, name, view):
        try:
            with self.env.cr.savepoint():
                view.unlink()
        except Exception as error:
            # Somebody's view may stand on it; an installation of another app must not fail.
            _logger.warning("The customer's panel on the form of %s stays: %s", name, error)

    @api.model
    def _panel_views(self):
        """:return: dict ``{model name: view}`` of the extensions that exist, archived ones too"""
        return self.env["crm.roi.form.extension"]._form_extensions(PANEL)

    def _write_panel(self):
        """Create the extension of the form of this rule's tickets, or bring it in line; it stays
        archived if somebody has archived it."""
        self.ensure_one()
        self.env["crm.roi.form.extension"]._extend_form(
            PANEL, self.model_name, "customer", self._panel_arch())

    def _panel_arch(self):
        widget = etree.Element("widget", {
            "name": "crm_customer_panel", "groups": "base.group_user",
            # The panel follows these when they are changed in the form.
            "options": repr({
                "partner_field": self.partner_path.partition(".")[0],
                "is_contact": self.partner_path.count(".") == 0,
                "priority_field": self.priority_field,
            }),
        })
        place = etree.Element("xpath", {"expr": PLACE, "position": "before"})
        place.append(widget)
        return etree.tostring(place, encoding="unicode")
